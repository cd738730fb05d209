"""Clean-up after deprovisioning: all access is removed, noted for an admin, and does not come back."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import alerts, tasks
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import cleanup, end_access
from accounts.groups import members as group_members
from accounts.models import (
    Alert,
    ApiToken,
    AuditEntry,
    ExternalIdentity,
    FormerAccess,
    GroupMembership,
    SignedInSession,
    User,
)
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.tokens import tokens
from spaces.models import SpaceMembership
from spaces.placing import place_user
from spaces.spaces import create_space, space_role_named
from tests.conftest import LogIn
from tests.support import changing
from tests.support.cast import PASSWORD, Cast
from tests.support.changing import erase
from tests.support.factories import claims, mapped_group, saml_connection

pytestmark = pytest.mark.django_db


def furnish(cast: Cast, user: User) -> None:
    """A space, a group, a token and a session."""
    place_user(user, cast.space("QA"), space_role_named(cast.acme, "Space Developer"), acting=OPERATOR)
    group_members.add_member(mapped_group(cast.acme, "Ops"), user, acting=OPERATOR)
    tokens.issue_token(user, "laptop", [], acting=OPERATOR)
    Client().post("/login", {"email": user.email, "password": PASSWORD})


def deprovisioned(cast: Cast, user: User) -> User:
    return end_access.deprovision(user.pk, cast.acme, acting=OPERATOR)


def has(user: User) -> list[int]:
    own = [model.objects.filter(user=user) for model in (SpaceMembership, GroupMembership)]
    living = [
        ApiToken.objects.filter(user=user, revoked_at=None),
        SignedInSession.objects.filter(user=user, ended_at=None),
    ]
    return [found.count() for found in (*own, *living)]


def test_everything_a_deprovisioned_user_had_is_removed(cast: Cast) -> None:
    furnish(cast, cast.bob)
    assert has(cast.bob) == [1, 1, 1, 1]
    deprovisioned(cast, cast.bob)
    assert cleanup.finish(cast.bob.pk)
    assert has(cast.bob) == [0, 0, 0, 0]


def test_an_admin_can_see_what_a_leaver_had(cast: Cast) -> None:
    furnish(cast, cast.bob)
    left = deprovisioned(cast, cast.bob)
    cleanup.finish(cast.bob.pk)
    noted = FormerAccess.objects.get(user=cast.bob)
    assert noted.ended_at == left.deprovisioned_at
    assert noted.spaces == [{"space": "QA", "role": "Space Developer", "origin": "manual"}]
    assert (noted.groups, noted.tokens) == ([{"group": "Ops", "origin": "manual"}], ["laptop"])


def test_short_tokens_of_a_leaver_end_and_are_not_shown(cast: Cast) -> None:
    tokens.issue_short_token(cast.bob)
    deprovisioned(cast, cast.bob)
    cleanup.finish(cast.bob.pk)
    assert ApiToken.objects.get().revoked_at is not None
    assert FormerAccess.objects.get(user=cast.bob).tokens == []


def test_the_audit_log_says_so_once_however_often_it_is_asked_for(cast: Cast) -> None:
    furnish(cast, cast.bob)
    deprovisioned(cast, cast.bob)
    assert [cleanup.finish(cast.bob.pk) for _ in range(5)] == [True, False, False, False, False]
    entry = AuditEntry.objects.get(action="user.clean-up-finished")
    assert entry.changes == {
        "spaces": [["QA (Space Developer)"], []],
        "groups": [["Ops"], []],
        "tokens": [["laptop"], []],
    }


def test_the_sessions_of_a_leaver_are_marked_ended_and_keep_nothing_of_the_idp(cast: Cast) -> None:
    furnish(cast, cast.bob)
    open_session = SignedInSession.objects.get(user=cast.bob)
    open_session.logout_hints = '{"name_id": "bob"}'
    open_session.save()
    left = deprovisioned(cast, cast.bob)
    cleanup.finish(cast.bob.pk)
    session = SignedInSession.objects.get(user=cast.bob)
    assert (session.ended_at, session.ended_by, session.logout_hints) == (left.deprovisioned_at, "end of access", "")


def test_nothing_is_due_for_who_is_here(cast: Cast) -> None:
    furnish(cast, cast.bob)
    assert not cleanup.finish(cast.bob.pk)
    assert has(cast.bob) == [1, 1, 1, 1]


def test_others_keep_what_they_have(cast: Cast) -> None:
    furnish(cast, cast.alice)
    deprovisioned(cast, cast.bob)
    cleanup.finish(cast.bob.pk)
    assert has(cast.alice) == [1, 1, 1, 1]


def queries_of_a_finish(cast: Cast, user: User) -> int:
    deprovisioned(cast, user)
    with CaptureQueriesContext(connection) as made:
        cleanup.finish(user.pk)
    return len(made)


def test_a_finish_asks_the_database_as_often_for_many_memberships_as_for_one(cast: Cast) -> None:
    furnish(cast, cast.bob)
    furnish(cast, cast.alice)
    User.objects.filter(pk=cast.petra.pk).update(account_role=cast.alice.account_role, state="active")
    role = space_role_named(cast.acme, "Space Member")
    for number in range(30):
        space, _ = create_space(cast.acme, f"Space {number}", acting=OPERATOR)
        place_user(cast.alice, space, role, acting=OPERATOR)
        group_members.add_member(mapped_group(cast.acme, f"Group {number}"), cast.alice, acting=OPERATOR)
        tokens.issue_token(cast.alice, f"token {number}", [], acting=OPERATOR)
    assert queries_of_a_finish(cast, cast.bob) == queries_of_a_finish(cast, cast.alice)
    changes = AuditEntry.objects.get(action="user.clean-up-finished", object_id=cast.alice.pk).changes
    assert len(changes["spaces"][0]) == 31


def test_a_second_deprovisioning_with_nothing_to_remove_keeps_the_first_note(cast: Cast) -> None:
    furnish(cast, cast.bob)
    for verb in (end_access.deprovision, end_access.restore, end_access.deprovision, end_access.restore):
        verb(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert FormerAccess.objects.get(user=cast.bob).tokens == ["laptop"]


@pytest.mark.parametrize("way", ["restore", "revise", "provision"])
def test_restoring_before_the_clean_up_brings_nothing_back(cast: Cast, way: str) -> None:
    furnish(cast, cast.bob)
    deprovisioned(cast, cast.bob)
    record = UserRecord("bob@acme.example", emails=("bob@acme.example",), first_name="Bob", active=True)
    ways: dict[str, Callable[[], User]] = {
        "restore": lambda: end_access.restore(cast.bob.pk, cast.acme, acting=OPERATOR),
        "revise": lambda: changing.revise(cast.bob.pk, cast.acme, record, acting=OPERATOR),
        "provision": lambda: provisioning.provision(cast.acme, record, acting=OPERATOR),
    }
    back = ways[way]()
    assert (back.pk, back.state, has(back)) == (cast.bob.pk, "active", [0, 0, 0, 0])
    assert User.objects.get(pk=back.pk).clean_up_due_since is None
    assert FormerAccess.objects.filter(user=back).exists()


def test_a_late_message_takes_nothing_from_who_is_restored(cast: Cast) -> None:
    deprovisioned(cast, cast.bob)
    furnish(cast, end_access.restore(cast.bob.pk, cast.acme, acting=OPERATOR))
    assert not cleanup.finish(cast.bob.pk)
    assert has(cast.bob) == [1, 1, 1, 1]


def test_of_an_erased_person_the_clean_up_leaves_no_note_and_no_identity(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    dana = log_in(claims(okta, space_names=("Trial",), space_roles=("Space Member",)), okta).user
    deprovisioned(cast, dana)
    cleanup.finish(dana.pk)
    erase(dana.pk, cast.acme, acting=OPERATOR)
    assert cleanup.finish(dana.pk)
    assert not FormerAccess.objects.filter(user=dana).exists()
    assert not ExternalIdentity.objects.filter(user=dana).exists()


def test_a_warning_about_the_owner_of_a_token_is_over_when_they_are_out(cast: Cast) -> None:
    alerts.raise_alert(cast.acme.pk, "token-owner", str(cast.bob.pk), "Bob owns the token.")
    deprovisioned(cast, cast.bob)
    cleanup.finish(cast.bob.pk)
    assert Alert.objects.get().resolved_at is not None


WITHOUT_ACCESS = UserRecord("bob@acme.example", emails=("bob@acme.example",), active=False)


@pytest.mark.parametrize("end", [end_access.deprovision, erase, partial(changing.revise, record=WITHOUT_ACCESS)])
def test_each_end_of_access_wakes_the_clean_up_after_commit(
    cast: Cast, end: Any, django_capture_on_commit_callbacks: Any
) -> None:
    furnish(cast, cast.bob)
    with django_capture_on_commit_callbacks(execute=True):
        end(cast.bob.pk, cast.acme, acting=OPERATOR)
        assert User.objects.get(pk=cast.bob.pk).clean_up_due_since is not None
    assert has(cast.bob) == [0, 0, 0, 0]


def test_the_sweep_finishes_what_a_lost_message_left(cast: Cast) -> None:
    furnish(cast, cast.bob)
    deprovisioned(cast, cast.bob)
    assert cleanup.due() == [cast.bob.pk]
    tasks.sweep()
    assert (cleanup.due(), has(cast.bob)) == ([], [0, 0, 0, 0])


def test_who_was_announced_without_access_has_nothing_to_clean_up(cast: Cast) -> None:
    provisioning.provision(cast.acme, UserRecord("ann@acme.example", active=False), acting=OPERATOR)
    assert cleanup.due() == []


def test_a_group_sync_that_comes_late_gives_a_leaver_nothing(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    mapped_group(cast.acme, "Ops", "Ops")
    dana = log_in(claims(okta, group_ids=("Ops",)), okta).user
    deprovisioned(cast, dana)
    cleanup.finish(dana.pk)
    ExternalIdentity.objects.update(synced_sequence=0)
    tasks.sync_groups_after_login(str(ExternalIdentity.objects.get().pk))
    assert not GroupMembership.objects.exists()


def test_a_finish_of_one_account_leaves_the_others_alone(cast: Cast) -> None:
    deprovisioned(cast, cast.bob)
    User.objects.filter(pk=cast.charlie.pk).update(clean_up_due_since=timezone.now(), state="deprovisioned")
    cleanup.finish(cast.bob.pk)
    assert cleanup.due() == [cast.charlie.pk]
