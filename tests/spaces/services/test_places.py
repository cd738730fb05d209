"""Who is placed in a space by hand, and taken out of it."""

import pytest

from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Origin, User
from accounts.models.user import UserState
from accounts.services.audit import OPERATOR
from spaces.models import SpaceMembership
from spaces.services.spaces import place_user, remove_from_space, space_role_named
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def place(cast: Cast, user: User, role: str) -> SpaceMembership:
    return place_user(user, cast.space("QA"), space_role_named(cast.acme, role), acting=OPERATOR)


def test_a_new_role_is_written_down_beside_the_one_before(cast: Cast) -> None:
    place(cast, cast.bob, "Space Member")
    place(cast, cast.bob, "Space Admin")
    told = AuditEntry.objects.filter(action="user.placed-in-space").order_by("at").values_list("changes", flat=True)
    assert list(told) == [
        {"QA": [None, "Space Member"]},
        {"QA": ["Space Member", "Space Admin"]},
    ]


def test_a_place_that_a_login_gave_is_by_hand_once_somebody_sets_it(cast: Cast) -> None:
    place(cast, cast.bob, "Space Member")
    SpaceMembership.objects.update(origin=Origin.IDP)
    assert place(cast, cast.bob, "Space Member").origin == Origin.MANUAL


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
