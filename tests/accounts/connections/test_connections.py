"""Connections are created, enabled, disabled and deleted; what may not be is refused."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections import connections, enforcement
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection
from accounts.models.identity import ConnectionState
from tests.support.cast import Cast
from tests.support.enforcing import enforce
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db


def test_a_draft_names_what_it_lacks_and_cannot_be_enabled(cast: Cast) -> None:
    draft = connections.create_draft(cast.acme, "New", "okta", "oidc", acting=OPERATOR)
    assert connections.missing(draft) == ["the issuer (or tenant ID)", "the client ID"]
    with pytest.raises(ActionRefused, match="not complete"):
        connections.enable(draft, acting=OPERATOR)


def test_a_complete_connection_is_enabled_and_audited(okta: Connection) -> None:
    connections.disable(okta, acting=OPERATOR)
    connections.enable(okta, acting=OPERATOR)
    assert Connection.objects.get().state == ConnectionState.LIVE
    assert AuditEntry.objects.get(action="connection.enabled").changes["state"] == ["disabled", "live"]


def test_a_deleted_connection_takes_its_domain_along_and_is_shown(okta: Connection) -> None:
    connections.disable(okta, acting=OPERATOR)
    connections.delete_connection(okta, acting=OPERATOR)
    assert AuditEntry.objects.get(action="connection.deleted").object_label == "Okta"
    with pytest.raises(ActionRefused, match="deleted in the meantime"):
        connections.locked(okta)


def test_the_last_live_connection_stays_while_sso_is_enforced(cast: Cast) -> None:
    enforce(cast)
    okta, entra = Connection.objects.get(), oidc_connection(cast.acme)
    connections.disable(entra, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="the last live connection"):
        connections.disable(okta, acting=OPERATOR)
    enforcement.lift_enforcement(cast.acme, acting=OPERATOR)
    connections.disable(okta, acting=OPERATOR)


def test_only_a_live_connection_is_disabled_and_only_another_deleted(okta: Connection) -> None:
    with pytest.raises(ActionRefused, match="Disable it first"):
        connections.delete_connection(okta, acting=OPERATOR)
    connections.disable(okta, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="'Okta' is disabled"):
        connections.disable(okta, acting=OPERATOR)
