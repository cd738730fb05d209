"""What groups give in spaces."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Group
from spaces.group_roles import Pair, give_space_roles, take_space_role
from spaces.models import GroupSpaceRole, Space, SpaceRole
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.factories import mapped_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(cast: Cast) -> Group:
    return mapped_group(cast.acme, "Ops")


def pair(cast: Cast, space: str, role: str) -> Pair:
    return cast.space(space), space_role_named(cast.acme, role)


def given() -> set[str]:
    return {f"{grant.space}: {grant.role}" for grant in GroupSpaceRole.objects.all()}


def test_pairs_are_added_once(cast: Cast, ops: Group) -> None:
    pairs = [pair(cast, "Trial", "Space Member"), pair(cast, "Trial", "Space Admin")]
    assert give_space_roles(ops, pairs, acting=OPERATOR) == 2
    assert give_space_roles(ops, pairs, acting=OPERATOR) == 0
    entry = AuditEntry.objects.get(action="group.space-roles-changed")
    assert entry.changes == {"space_roles": [[], ["Trial: Space Member", "Trial: Space Admin"]]}


def test_one_is_taken_away(cast: Cast, ops: Group) -> None:
    give_space_roles(ops, [pair(cast, "Trial", "Space Member"), pair(cast, "QA", "Space Member")], acting=OPERATOR)
    assert take_space_role(ops, *pair(cast, "Trial", "Space Member"), acting=OPERATOR)
    assert not take_space_role(ops, *pair(cast, "Trial", "Space Member"), acting=OPERATOR)
    assert given() == {"QA: Space Member"}


def test_spaces_of_another_account_are_refused(cast: Cast, ops: Group) -> None:
    theirs = Space.objects.get(account=cast.globex, name="Trial"), SpaceRole.objects.filter(account=cast.globex)[0]
    with pytest.raises(ActionRefused, match="own account"):
        give_space_roles(ops, [theirs], acting=OPERATOR)
