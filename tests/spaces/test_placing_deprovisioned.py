"""Deprovisioning removes a user, and nobody else, from spaces."""

import pytest

from accounts.audit.audit import OPERATOR
from spaces.models import SpaceMembership
from spaces.placing import leave_spaces, place_user
from spaces.spaces import space_role_named
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_leaver_is_in_no_space_and_it_is_shown_in_which_they_were(cast: Cast) -> None:
    for user in (cast.bob, cast.alice):
        for name, role in (("QA", "Space Member"), ("DevOps", "Space Admin")):
            place_user(user, cast.space(name), space_role_named(cast.acme, role), acting=OPERATOR)
    assert leave_spaces(cast.bob) == {
        "spaces": [
            {"space": "DevOps", "role": "Space Admin", "origin": "manual"},
            {"space": "QA", "role": "Space Member", "origin": "manual"},
        ]
    }
    assert set(SpaceMembership.objects.values_list("user_id", flat=True)) == {cast.alice.pk}
