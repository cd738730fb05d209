"""Who waits for a row sees what was done meanwhile, of the row and of what hangs on it; and nobody waits in a ring."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import wake_up
from accounts.audit import audit
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import cleanup, end_access, guard, holds, retention
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.groups import sync as group_sync
from accounts.models import AccountRole, ExternalIdentity, Group, GroupMembership, HeldDeparture, User
from accounts.permissions import ACCOUNT_ADMIN, ACCOUNT_MEMBER
from accounts.sso.login.complete import complete_login
from accounts.tokens import tokens
from accounts.users import users
from accounts.users.locking import locked
from spaces.models import SpaceMembership, SpaceRole
from spaces.placing import place_user, remove_from_space
from tests.integration.waiting import elsewhere, start_waiting
from tests.support.cast import Cast
from tests.support.changing import erase
from tests.support.factories import claims, known_at, mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db(transaction=True)


def hold(user: User, *, erase: bool) -> None:
    with locked(user.pk, user.account) as found:
        guard.hold(found, OPERATOR, erase=erase)


def admin(cast: Cast) -> AccountRole:
    return users.role_named(cast.acme, ACCOUNT_ADMIN)


def test_a_person_who_gets_another_role_meanwhile_is_found_with_it(cast: Cast) -> None:
    def read() -> str:
        with locked(cast.bob.pk, cast.acme) as bob:
            return bob.account_role.name

    with transaction.atomic():
        users.set_account_role(User.objects.get(pk=cast.bob.pk), admin(cast), acting=OPERATOR)
        waiting = start_waiting(read)
    assert waiting.result() == ACCOUNT_ADMIN


def test_a_deprovisioning_that_is_held_meanwhile_is_held_once(cast: Cast) -> None:
    with transaction.atomic():
        hold(cast.petra, erase=False)
        waiting = start_waiting(partial(hold, cast.petra, erase=True))
    waiting.result()
    assert HeldDeparture.objects.get(user=cast.petra).erase


def test_who_comes_back_while_they_are_being_held_is_held_no_more(cast: Cast) -> None:
    def keep() -> bool:
        with locked(cast.petra.pk, cast.acme) as petra:
            return guard.keep(petra, OPERATOR)

    with transaction.atomic():
        hold(cast.petra, erase=False)
        waiting = start_waiting(keep)
    assert waiting.result()
    assert not HeldDeparture.objects.exists()


def test_two_changes_of_a_role_are_shown_one_after_the_other(cast: Cast) -> None:
    stale = User.objects.select_related("account_role").get(pk=cast.bob.pk)
    with transaction.atomic():
        users.set_account_role(User.objects.get(pk=cast.bob.pk), admin(cast), acting=OPERATOR)
        member = users.role_named(cast.acme, ACCOUNT_MEMBER)
        waiting = start_waiting(partial(users.set_account_role, stale, member, acting=OPERATOR))
    assert waiting.result()
    received = audit.AuditEntry.objects.filter(action="user.account-role-changed").order_by("at")
    assert [entry.changes["account_role"] for entry in received] == [
        [ACCOUNT_MEMBER, ACCOUNT_ADMIN], [ACCOUNT_ADMIN, ACCOUNT_MEMBER]
    ]  # fmt: skip


def test_nobody_demotes_who_is_made_more_than_they_are_meanwhile(cast: Cast) -> None:
    bob = User.objects.select_related("account_role").get(pk=cast.bob.pk)
    less = AccountRole.objects.create(account=cast.acme, name="Nothing", permissions=[])
    by = audit.person(cast.petra)
    with transaction.atomic():
        users.set_account_role(User.objects.get(pk=bob.pk), admin(cast), acting=OPERATOR)
        waiting = start_waiting(partial(users.set_account_role, bob, less, acting=by))
    assert "which you do not have" in str(waiting.exception())


def test_nobody_gives_by_a_group_what_it_is_made_to_allow_meanwhile(cast: Cast) -> None:
    group = mapped_group(cast.acme, "Hands")
    by = audit.person(cast.bob)
    with transaction.atomic():
        groups.update_group(Group.objects.get(pk=group.pk), {"account_role": admin(cast)}, acting=OPERATOR)
        waiting = start_waiting(partial(group_members.add_member, group, cast.bob, acting=by))
    assert "which you do not have" in str(waiting.exception())


def test_a_role_in_a_space_that_is_changed_meanwhile_is_taken_away(cast: Cast) -> None:
    first, second = SpaceRole.objects.filter(account=cast.acme).order_by("name")[:2]
    place_user(cast.bob, cast.space("QA"), first, acting=OPERATOR)
    with transaction.atomic():
        place_user(cast.bob, cast.space("QA"), second, acting=OPERATOR)
        waiting = start_waiting(partial(remove_from_space, cast.bob, cast.space("QA"), acting=OPERATOR))
    assert waiting.result()
    assert not SpaceMembership.objects.filter(user=cast.bob).exists()


def test_a_program_that_logs_in_while_its_person_gets_another_role_has_that_role(cast: Cast) -> None:
    with transaction.atomic():
        users.set_account_role(User.objects.get(pk=cast.bob.pk), admin(cast), acting=OPERATOR)
        waiting = start_waiting(partial(tokens.issue_short_token, cast.bob))
    assert set(waiting.result()[0].permissions) == set(admin(cast).permissions)


def test_a_group_sync_that_waits_finds_out_who_is_out_meanwhile(cast: Cast) -> None:
    group = mapped_group(cast.acme, "QA")
    identity = known_at(saml_connection(cast.acme), cast.bob, group.idp_identifier)
    ExternalIdentity.objects.filter(pk=identity.pk).update(login_sequence=1)
    with transaction.atomic():
        ExternalIdentity.objects.select_for_update().get(pk=identity.pk)
        User.objects.filter(pk=cast.bob.pk).update(state="deprovisioned")
        waiting = start_waiting(partial(group_sync.sync_idp_groups, identity.pk))
    waiting.result()
    assert not GroupMembership.objects.exists()


def test_who_erases_waits_for_the_account_before_they_hold_the_person(cast: Cast) -> None:
    with transaction.atomic():
        type(cast.acme).objects.select_for_update(no_key=True).get(pk=cast.acme.pk)
        waiting = start_waiting(partial(erase, cast.petra.pk, cast.acme, acting=OPERATOR))
        assert User.objects.select_for_update(nowait=True).get(pk=cast.petra.pk)
    assert waiting.result().label == "petra@acme.example"


def test_an_admin_who_leaves_does_not_wait_for_the_account(cast: Cast) -> None:
    users.set_account_role(cast.bob, admin(cast), acting=OPERATOR)
    with transaction.atomic():
        type(cast.acme).objects.select_for_update(no_key=True).get(pk=cast.acme.pk)
        elsewhere(partial(end_access.deprovision, cast.alice.pk, cast.acme, acting=OPERATOR))
    assert User.objects.get(pk=cast.alice.pk).state == "deprovisioned"


def test_of_two_admins_who_remove_each_other_the_second_is_the_last(cast: Cast) -> None:
    users.set_account_role(cast.bob, admin(cast), acting=OPERATOR)
    with transaction.atomic():
        end_access.deprovision(cast.alice.pk, cast.acme, acting=OPERATOR)
        waiting = start_waiting(partial(end_access.deprovision, cast.bob.pk, cast.acme, acting=OPERATOR))
    assert "last account admin" in str(waiting.exception())


def test_a_login_does_not_wait_for_who_is_erased(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake_up, "on_deprovisioned", lambda user_id: None)
    okta = saml_connection(cast.acme)
    identity = known_at(okta, cast.bob)
    erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    login = claims(okta, subject=identity.subject, email="bob@acme.example")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=cast.bob.pk)
        elsewhere(partial(complete_login, login, okta))
    assert ExternalIdentity.objects.get(subject=identity.subject).user_id != cast.bob.pk


def test_a_held_user_who_is_deprovisioned_is_locked_after_the_account(cast: Cast) -> None:
    hold(cast.petra, erase=True)
    with transaction.atomic():
        type(cast.acme).objects.select_for_update(no_key=True).get(pk=cast.acme.pk)
        waiting = start_waiting(partial(holds.release_one, cast.acme, cast.petra.pk, OPERATOR))
        assert User.objects.select_for_update(nowait=True).get(pk=cast.petra.pk)
    assert waiting.result()


def test_who_is_restored_meanwhile_is_kept_although_their_time_was_over(cast: Cast) -> None:
    end_access.deprovision(cast.petra.pk, cast.acme, acting=OPERATOR)
    User.objects.filter(pk=cast.petra.pk).update(deprovisioned_at=timezone.now() - timedelta(days=31))
    with transaction.atomic():
        end_access.restore(cast.petra.pk, cast.acme, acting=OPERATOR)
        waiting = start_waiting(retention.erase_expired)
    assert waiting.result() == 0
    assert User.objects.get(pk=cast.petra.pk).state == "pending"


def test_a_login_whose_person_is_renamed_meanwhile_starts_over(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    login = claims(okta, subject="s", email="petra@acme.example")
    with transaction.atomic():
        User.objects.filter(pk=cast.petra.pk).update(email="p@x.example", email_key="p@x.example", user_name_key="p")
        waiting = start_waiting(partial(complete_login, login, okta))
    assert waiting.result().user.pk != cast.petra.pk


def test_a_clean_up_does_not_stop_who_puts_the_person_in_a_group_from_ending(cast: Cast) -> None:
    membership = put_in(cast.bob, mapped_group(cast.acme, "QA"))
    User.objects.filter(pk=cast.bob.pk).update(state="deprovisioned", clean_up_due_since=membership.created_at)
    with transaction.atomic():
        GroupMembership.objects.select_for_update().get(pk=membership.pk)
        put_in(cast.bob, mapped_group(cast.acme, "Dev"))
        waiting = start_waiting(partial(cleanup.finish, cast.bob.pk))
    assert waiting.result()
