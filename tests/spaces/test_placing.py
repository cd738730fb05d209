"""Spaces assigned manually, to one user or many, and removed."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, User
from accounts.models.user import UserState
from accounts.users import users
from spaces.models import SpaceMembership
from spaces.placing import place_user, place_users, remove_from_space
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def place(cast: Cast, user: User, role: str) -> bool:
    return place_user(user, cast.space("QA"), space_role_named(cast.acme, role), acting=OPERATOR)


def test_each_change_is_an_entry_about_the_person(cast: Cast) -> None:
    member, admin = (space_role_named(cast.acme, f"Space {name}") for name in ("Member", "Admin"))
    qa, both = cast.space("QA"), [cast.bob.pk, cast.petra.pk]
    assert place_users([cast.bob.pk], qa, member, acting=OPERATOR) == 1
    assert place_users(both, qa, admin, acting=OPERATOR) == 2
    assert place_users(both, qa, admin, acting=OPERATOR) == 0
    entries = AuditEntry.objects.filter(action="user.placed-in-space", object_id=cast.bob.pk).order_by("at")
    assert [entry.changes for entry in entries] == [
        {"QA": [None, "Space Member"]},
        {"QA": ["Space Member", "Space Admin"]},
    ]


def test_what_a_login_gave_becomes_given_by_hand(cast: Cast) -> None:
    role = space_role_named(cast.acme, "Space Member")
    SpaceMembership.objects.create(
        account=cast.acme,
        user=cast.bob,
        space=cast.space("QA"),
        role=role,
        origin="idp",
        connection=saml_connection(cast.acme),
    )
    assert place_users([cast.bob.pk], cast.space("QA"), role, acting=OPERATOR) == 1
    membership = SpaceMembership.objects.get(user=cast.bob)
    assert (membership.origin, membership.connection) == ("manual", None)


def test_people_and_roles_of_another_account_are_not_touched(cast: Cast) -> None:
    role = space_role_named(cast.acme, "Space Member")
    assert place_users([cast.charlie.pk], cast.space("QA"), role, acting=OPERATOR) == 0
    with pytest.raises(ActionRefused):
        place_users([cast.bob.pk], cast.space("QA"), space_role_named(cast.globex, "Space Member"), acting=OPERATOR)


def test_many_cost_as_much_as_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    many = [users.provision_pending(cast.acme, f"p{n}@acme.example", acting=OPERATOR).pk for n in range(40)]
    with django_assert_max_num_queries(9):
        assert place_users(many, cast.space("QA"), space_role_named(cast.acme, "Space Member"), acting=OPERATOR) == 40


def test_who_is_deprovisioned_is_placed_nowhere(cast: Cast) -> None:
    cast.bob.state = UserState.DEPROVISIONED
    with pytest.raises(ActionRefused, match=r"bob@acme\.example is deprovisioned"):
        place(cast, cast.bob, "Space Member")


def test_taking_away_takes_one_role_of_one_person(cast: Cast) -> None:
    for user in (cast.alice, cast.bob):
        place(cast, user, "Space Member")
    assert remove_from_space(cast.bob, cast.space("QA"), acting=OPERATOR)
    assert list(SpaceMembership.objects.values_list("user__email", flat=True)) == [cast.alice.email]
    entry = AuditEntry.objects.get(action="user.taken-out-of-space")
    assert entry.changes == {"QA": ["Space Member", None]}


def test_taking_away_what_is_not_there_changes_nothing(cast: Cast) -> None:
    assert not remove_from_space(cast.bob, cast.space("QA"), acting=OPERATOR)
    assert not remove_from_space(cast.charlie, cast.space("QA"), acting=OPERATOR)
    assert not AuditEntry.objects.filter(action="user.taken-out-of-space").exists()
