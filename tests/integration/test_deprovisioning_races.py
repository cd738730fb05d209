"""The end of access at two places at once: PostgreSQL decides, one wins, and nobody is half out."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import wake_up
from accounts.audit import audit
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import cleanup, end_access, guard, holds, retention
from accounts.errors import ActionRefused
from accounts.groups import members as group_members
from accounts.groups import sync as group_sync
from accounts.models import Account, AuditEntry, ExternalIdentity, FormerAccess, GroupMembership, HeldDeparture, User
from accounts.permissions import ACCOUNT_ADMIN, ACCOUNT_MEMBER
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.sso.login.complete import complete_login
from accounts.tokens import tokens
from accounts.users import users
from spaces.models import SpaceMembership
from spaces.placing import place_user
from spaces.spaces import space_role_named
from tests.integration.test_races import at_once
from tests.support import changing
from tests.support.cast import Cast
from tests.support.changing import erase
from tests.support.factories import claims, mapped_group, saml_connection

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20
SCIM = Actor("provisioning (Okta)", automatic=True)


@pytest.fixture(autouse=True)
def _nobody_finishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clean-up is done by the test, not after commit."""
    monkeypatch.setattr(wake_up, "on_deprovisioned", lambda user_id: None)


def tried(verb: Callable[..., Any], *arguments: Any) -> Callable[[], str]:
    def run() -> str:
        try:
            verb(*arguments)
        except ActionRefused:  # as the last admin, or as somebody who is no admin any more
            return "refused"
        return "done"

    return run


def make_admins(cast: Cast, *people: User) -> None:
    User.objects.filter(pk__in=[user.pk for user in people]).update(
        account_role=users.role_named(cast.acme, ACCOUNT_ADMIN), state="active"
    )


def admins(cast: Cast) -> int:
    return User.objects.in_account(cast.acme).filter(account_role__name=ACCOUNT_ADMIN, state="active").count()


def demote(cast: Cast, whom: User, by: User) -> None:
    user = User.objects.select_related("account_role").get(pk=whom.pk)
    users.set_account_role(user, users.role_named(cast.acme, ACCOUNT_MEMBER), acting=audit.person(by))


def deprovision(cast: Cast, whom: User, by: User) -> None:
    end_access.deprovision(whom.pk, cast.acme, acting=audit.person(by))


def remove(cast: Cast, whom: User, by: User) -> None:
    erase(whom.pk, cast.acme, acting=audit.person(by))


@pytest.mark.parametrize(
    ("one", "other"), [(demote, demote), (deprovision, deprovision), (demote, deprovision), (deprovision, remove)]
)
def test_of_two_admins_who_remove_each_other_one_is_refused(cast: Cast, one: Any, other: Any) -> None:
    for number in range(ROUNDS):
        bob = users.create_password_user(cast.acme, f"bob{number}@acme.example", None, acting=OPERATOR)
        alice = users.create_password_user(cast.acme, f"alice{number}@acme.example", None, acting=OPERATOR)
        User.objects.in_account(cast.acme).update(account_role=users.role_named(cast.acme, ACCOUNT_MEMBER))
        make_admins(cast, alice, bob)
        done = at_once(tried(one, cast, alice, bob), tried(other, cast, bob, alice))
        assert sorted(done) == ["done", "refused"]
        assert admins(cast) == 1


def test_a_clean_up_delivered_five_times_at_once_is_done_once(cast: Cast) -> None:
    for number in range(ROUNDS):
        user = users.create_password_user(cast.acme, f"p{number}@acme.example", None, acting=OPERATOR)
        place_user(user, cast.space("QA"), space_role_named(cast.acme, "Space Member"), acting=OPERATOR)
        tokens.issue_token(user, "t", [], acting=OPERATOR)
        deprovision(cast, user, cast.alice)
        assert sorted(at_once(*[lambda user=user: cleanup.finish(user.pk)] * 5)) == [False] * 4 + [True]
        assert AuditEntry.objects.filter(action="user.clean-up-finished", object_id=user.pk).count() == 1
        assert FormerAccess.objects.get(user=user).tokens == ["t"]
    assert not SpaceMembership.objects.exists()


def test_a_clean_up_beside_a_restore_leaves_nothing_of_before(cast: Cast) -> None:
    for number in range(ROUNDS):
        user = users.create_password_user(cast.acme, f"p{number}@acme.example", None, acting=OPERATOR)
        group_members.add_member(mapped_group(cast.acme, f"Group {number}"), user, acting=OPERATOR)
        deprovision(cast, user, cast.alice)
        at_once(
            lambda user=user: cleanup.finish(user.pk),
            lambda user=user: end_access.restore(user.pk, cast.acme, acting=OPERATOR),
        )
        user.refresh_from_db()
        assert (user.state, user.clean_up_due_since) == ("active", None)
        assert AuditEntry.objects.filter(action="user.clean-up-finished", object_id=user.pk).count() == 1
    assert not GroupMembership.objects.exists()


def test_a_group_sync_beside_the_end_of_access_leaves_no_membership(cast: Cast) -> None:
    mapped_group(cast.acme, "Ops", "Ops")
    okta = saml_connection(cast.acme)
    for number in range(ROUNDS):
        login = claims(okta, subject=f"s{number}", email=f"p{number}@acme.example", group_ids=("Ops",))
        done = complete_login(login, okta)
        GroupMembership.objects.all().delete()
        ExternalIdentity.objects.update(synced_sequence=0)

        def leave(user: User = done.user) -> None:
            deprovision(cast, user, cast.alice)
            cleanup.finish(user.pk)

        at_once(lambda done=done: group_sync.sync_idp_groups(done.record.identity_id), leave)
        assert not GroupMembership.objects.exists()


@pytest.mark.parametrize("verb", [end_access.deprovision, erase])
def test_an_admin_who_signs_in_and_is_deprovisioned_at_once_waits_for_nobody_who_waits_for_them(
    cast: Cast, verb: Any
) -> None:
    okta = saml_connection(cast.acme)
    for number in range(ROUNDS):
        who = {"subject": f"s{number}", "email": f"p{number}@acme.example"}
        user = complete_login(claims(okta, **who), okta).user
        make_admins(cast, user)
        login = claims(okta, **who)
        at_once(
            lambda login=login: complete_login(login, okta),
            lambda user=user: verb(user.pk, cast.acme, acting=OPERATOR),
        )
        user.refresh_from_db()
        assert user.state == "deprovisioned"


def held_person(cast: Cast, number: int) -> User:
    record = UserRecord(f"p{number}@acme.example", emails=(f"p{number}@acme.example",))
    user = provisioning.provision(cast.acme, record, acting=SCIM)
    HeldDeparture.objects.create(account=cast.acme, user=user, asked_by=SCIM.label)
    return user


def test_a_release_beside_a_reactivation_ends_with_a_person_who_is_here(cast: Cast) -> None:
    """In either order: the IdP's last word is that the user has access."""
    for number in range(ROUNDS):
        user = held_person(cast, number)
        record = UserRecord(user.user_name, emails=(user.email,), active=True)
        at_once(
            lambda: holds.release_all(cast.acme, OPERATOR),
            lambda user=user, record=record: changing.revise(user.pk, cast.acme, record, acting=SCIM),
        )
        user.refresh_from_db()
        assert user.state == "pending"
        assert not HeldDeparture.objects.exists()


def test_two_decisions_at_once_are_one_for_each_person(cast: Cast) -> None:
    people = [held_person(cast, number) for number in range(ROUNDS)]
    deprovisioned, kept = at_once(
        lambda: holds.release_all(cast.acme, OPERATOR),
        lambda: holds.drop_all(cast.acme, OPERATOR),
    )
    assert deprovisioned + kept == ROUNDS
    gone = User.objects.filter(pk__in=[user.pk for user in people], state="deprovisioned").count()
    assert (gone, HeldDeparture.objects.count()) == (deprovisioned, 0)


def test_eight_deprovisionings_at_once_raise_one_alert(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "AT_LEAST", 1)
    people = [provisioning.provision(cast.acme, UserRecord(f"p{n}"), acting=SCIM) for n in range(10)]
    for user in people[:2]:
        end_access.deprovision(user.pk, cast.acme, acting=OPERATOR)
    cast.acme.refresh_from_db()
    at_once(*(lambda u=u: end_access.deprovision(u.pk, cast.acme, acting=SCIM) for u in people[2:]))
    assert cast.acme.alert_set.count() == 1
    assert User.objects.filter(state="deprovisioned").count() == 10


def test_a_restore_beside_the_end_of_retention_erases_nobody_who_is_here(cast: Cast) -> None:
    Account.objects.update(retention_days=0)
    for number in range(ROUNDS):
        user = users.create_password_user(cast.acme, f"p{number}@acme.example", None, acting=OPERATOR)
        deprovision(cast, user, cast.alice)

        def restore(user: User = user) -> str:
            try:
                return end_access.restore(user.pk, cast.acme, acting=OPERATOR).state
            except User.DoesNotExist:
                return "erased"

        erased, restored = at_once(retention.erase_expired, restore)
        user.refresh_from_db()
        assert (erased, restored, bool(user.erased_at)) in {(1, "erased", True), (0, "active", False)}
        if not user.erased_at:
            erase(user.pk, cast.acme, acting=OPERATOR)
