"""Sign-in rules of a connection change together or not at all."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection
from spaces.sign_in_rules import change_sign_in_rules, placement_of
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return saml_connection(cast.acme)


def change(connection: Connection, **rules: Any) -> bool:
    usual = {"changes": {}, "grantable_account_roles": [], "default_space": "", "default_role": "Space Member"}
    return change_sign_in_rules(connection, **{**usual, **rules}, acting=OPERATOR)


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="connection").order_by("at").values_list("action", flat=True)
    )


def test_a_default_placement_is_set_shown_and_taken_away(okta: Connection) -> None:
    assert change(okta, default_space="QA")
    assert placement_of(okta) == ("QA", "Space Member")
    assert not change(okta, default_space="QA")
    assert change(okta)
    assert placement_of(okta) is None
    assert actions() == ["connection.default-placement-changed"] * 2


def test_an_unknown_space_keeps_all_as_it_was(okta: Connection) -> None:
    with pytest.raises(ActionRefused, match="Atlantis"):
        change(okta, changes={"update_policy": "first"}, default_space="Atlantis")
    assert Connection.objects.get().update_policy == "contact"
    assert actions() == []
