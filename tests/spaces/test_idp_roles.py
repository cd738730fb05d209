"""Spaces from a login: what is changed, and what stays."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, Connection, Origin
from spaces.idp_roles import apply_idp_roles, map_login
from spaces.models import SpaceMembership
from spaces.placing import place_user
from spaces.role_mapping import Code, Decision
from spaces.spaces import set_default_placement, space_role_named
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return saml_connection(cast.acme)


def log_in(cast: Cast, okta: Connection, spaces: str, roles: str = "", *, first: bool = True) -> tuple[Decision, ...]:
    assignment = map_login(cast.bob, okta, spaces, roles, first=first)
    return apply_idp_roles(cast.bob, okta, assignment, first=first, acting=OPERATOR)


def test_a_new_space_and_another_role_are_decisions_and_audited_as_sentences(cast: Cast, okta: Connection) -> None:
    assert log_in(cast, okta, "QA", "Space Member") == (Decision(Code.ADDED, "QA", "Space Member"),)
    assert log_in(cast, okta, "QA", "Space Admin", first=False) == (
        Decision(Code.ROLE_CHANGED, "QA", "Space Admin", "Space Member"),
    )
    entry = AuditEntry.objects.filter(action="user.spaces-mapped").latest("at")
    assert entry.changes == {"spaces": [None, ["Space 'QA': role changed from 'Space Member' to 'Space Admin'."]]}


def test_a_manually_assigned_role_stays(cast: Cast, okta: Connection) -> None:
    place_user(cast.bob, cast.space("QA"), space_role_named(cast.acme, "Space Admin"), acting=OPERATOR)
    assert log_in(cast, okta, "QA", "Space Member") == (
        Decision(Code.MANUAL_KEPT, "QA", "Space Member", "Space Admin"),
    )


@pytest.mark.parametrize(
    ("first", "has_default", "code"),
    [(False, True, Code.LEFT_ALONE), (True, True, Code.DEFAULT_USED), (True, False, Code.NO_DEFAULT)],
)
def test_a_login_without_a_usable_space(
    cast: Cast, okta: Connection, first: bool, has_default: bool, code: Code
) -> None:
    if has_default:
        set_default_placement(okta, "QA", "Space Member")
    assert map_login(cast.bob, okta, "", "", first=first).decisions == (Decision(code),)


def test_the_default_space_is_only_for_a_first_login(cast: Cast, okta: Connection) -> None:
    set_default_placement(okta, "QA", "Space Member")
    assert log_in(cast, okta, "", first=False) == ()
    log_in(cast, okta, "")
    assert SpaceMembership.objects.get(user=cast.bob).origin == Origin.DEFAULT


def test_unnamed_spaces_of_the_connection_are_removed_where_it_says_so(cast: Cast, okta: Connection) -> None:
    log_in(cast, okta, "QA, Trial")
    okta.remove_unmapped_spaces = True
    assert log_in(cast, okta, "QA", first=False) == (Decision(Code.REMOVED, "Trial"),)
