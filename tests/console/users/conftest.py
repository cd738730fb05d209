"""Fixtures of these pages, see `tests.support.page_fixtures`."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.groups.groups import create_group
from accounts.groups.members import add_member
from spaces.group_roles import give_space_roles
from spaces.placing import place_users
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.page_fixtures import acme, alice, as_alice, as_alice_of, bob, entra, globex

__all__ = ["acme", "alice", "as_alice", "as_alice_of", "bob", "entra", "globex"]


@pytest.fixture
def placed(cast: Cast) -> Cast:
    """Bob is in DevOps himself, and Petra through her group, which is in QA too."""
    member = space_role_named(cast.acme, "Space Member")
    place_users([cast.bob.pk], cast.space("DevOps"), member, acting=OPERATOR)
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    add_member(devs, cast.petra, acting=OPERATOR)
    give_space_roles(devs, [(cast.space("DevOps"), member), (cast.space("QA"), member)], acting=OPERATOR)
    return cast


@pytest.fixture
def bob_with_rights(cast: Cast) -> Cast:
    """Bob has a role in Trial himself, and one in QA through group Devs."""
    place_users([cast.bob.pk], cast.space("Trial"), space_role_named(cast.acme, "Space Member"), acting=OPERATOR)
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    add_member(devs, cast.bob, acting=OPERATOR)
    give_space_roles(devs, [(cast.space("QA"), space_role_named(cast.acme, "Space Admin"))], acting=OPERATOR)
    return cast
