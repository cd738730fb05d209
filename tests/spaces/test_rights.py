"""Rights are the union of one's own and all groups', each with its why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.group_roles import give_space_roles
from spaces.placing import place_user
from spaces.rights import rights_of
from spaces.spaces import space_role_named
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def put_in_group(cast: Cast, user: User, name: str, role: str) -> None:
    group, _ = groups.create_group(cast.acme, name, acting=OPERATOR)
    give_space_roles(group, [(cast.space("Trial"), space_role_named(cast.acme, role))], acting=OPERATOR)
    group_members.add_member(group, user, acting=OPERATOR)


def test_own_role_and_group_role_in_one_space_are_both_held(cast: Cast) -> None:
    place_user(cast.bob, cast.space("Trial"), space_role_named(cast.acme, "Space Member"), acting=OPERATOR)
    put_in_group(cast, cast.bob, "Devs", "Space Developer")
    (trial,) = rights_of(cast.bob).spaces
    assert trial.roles == ("Space Member", "Space Developer")
    assert trial.why == ("Space Member: added by hand", "Space Developer: through group Devs")


def test_a_groups_account_role_adds_its_permissions(cast: Cast) -> None:
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    group, _ = groups.create_group(cast.acme, "Admins", acting=OPERATOR, account_role=admin)
    assert rights_of(cast.bob).permissions == ()
    group_members.add_member(group, cast.bob, acting=OPERATOR)
    assert "Manage Users" in rights_of(cast.bob).permissions


def test_the_number_of_queries_does_not_grow_with_the_groups(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rights_of(cast.bob)
        return len(captured)

    put_in_group(cast, cast.bob, "One", "Space Member")
    before = queries()
    for number in range(10):
        put_in_group(cast, cast.bob, f"Group {number}", "Space Developer")
    assert queries() == before == 3


def test_a_place_in_another_accounts_space_cannot_be_given(cast: Cast) -> None:
    role = space_role_named(cast.globex, "Space Member")
    with pytest.raises(ActionRefused):
        place_user(cast.charlie, cast.space("Trial"), role, acting=OPERATOR)
