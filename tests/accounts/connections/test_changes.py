"""Changes of a connection: what is saved, what is refused, and the audit entry."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.connections import changes as connection_changes
from accounts.connections import connections
from accounts.errors import ActionRefused
from accounts.models import AccountRole, AuditEntry, Connection
from tests.support.cast import Cast
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db


def update(connection: Connection, **changes: Any) -> bool:
    return connection_changes.update_connection(connection, changes, acting=OPERATOR)


def test_a_change_is_one_entry_with_before_and_after(okta: Connection) -> None:
    assert update(okta, name="Okta 2", clock_skew=60)
    assert AuditEntry.objects.get(action="connection.changed").changes == {"name": ["Okta", "Okta 2"]}
    assert not update(okta, name="Okta 2")
    assert AuditEntry.objects.filter(action="connection.changed").count() == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"clock_skew": 301}, "Expected a clock skew of 0 to 300 seconds; received 301"),
        ({"clock_skew": -1}, "Clock skew"),
        ({"sso_url": ""}, "Expected the IdP single sign-on URL, because 'Okta' is live, not a draft"),
        ({"name": "Taken"}, "A connection named 'Taken' exists already"),
        ({"name": ""}, "Name: "),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"update_policy": "never"}, "Update policy: "),
        ({"attribute_names": {"shoe_size": "x"}}, "received shoe_size"),
        ({"state": "disabled"}, "fields of a connection that may be changed; received state"),
        ({"client_secret": "x"}, "received client_secret"),
    ],
)
def test_what_no_connection_may_be_is_refused_in_a_sentence(
    cast: Cast, okta: Connection, changes: dict[str, Any], expected: str
) -> None:
    connections.create_draft(cast.acme, "Taken", "okta", "oidc", acting=OPERATOR)
    with pytest.raises(ActionRefused, match=expected):
        update(okta, **changes)
    assert not AuditEntry.objects.filter(action="connection.changed").exists()


def test_another_provider_makes_us_forget_what_the_first_published(cast: Cast) -> None:
    entra = oidc_connection(cast.acme, discovery={"issuer": "x"}, signing_keys={"keys": []}, metadata_problem="x")
    update(entra, issuer="https://other.example")
    row = Connection.objects.get(pk=entra.pk)
    assert (row.discovery, row.signing_keys, row.metadata_problem) == ({}, {}, "")


def test_roles_to_grant_are_set_and_shown_by_name(cast: Cast, okta: Connection) -> None:
    role = AccountRole.objects.create(account=cast.acme, name="Auditor")
    connection_changes.update_connection(okta, {}, acting=OPERATOR, grantable_account_roles=[role])
    assert list(okta.grantable_account_roles.all()) == [role]
    connection_changes.update_connection(okta, {}, acting=OPERATOR, grantable_account_roles=[])
    expected = AuditEntry.objects.filter(action="connection.changed").order_by("at").values_list("changes", flat=True)
    assert list(expected) == [
        {"grantable_account_roles": [[], ["Auditor"]]},
        {"grantable_account_roles": [["Auditor"], []]},
    ]


def test_roles_of_another_account_are_refused(cast: Cast, okta: Connection) -> None:
    role = AccountRole.objects.in_account(cast.globex).first()
    assert role
    with pytest.raises(ActionRefused, match="of this account"):
        connection_changes.update_connection(okta, {}, acting=OPERATOR, grantable_account_roles=[role])


def test_a_client_secret_is_encrypted_and_in_no_audit_entry(cast: Cast) -> None:
    entra, ends = oidc_connection(cast.acme), timezone.now() + timedelta(days=90)
    connection_changes.set_client_secret(entra, "very-secret-value", ends, acting=OPERATOR)
    row = Connection.objects.get()
    assert (row.client_secret, row.client_secret_expires_at) == ("very-secret-value", ends)
    assert row.client_secret_set_at
    entry = AuditEntry.objects.get(action="connection.client-secret-set")
    assert entry.changes["client_secret"] == [None, "set"]
    assert "very-secret-value" not in str(entry.changes)


def test_a_client_secret_that_has_ended_is_refused_and_an_empty_one_removes_it(cast: Cast) -> None:
    entra, over = oidc_connection(cast.acme, client_secret="s3cret"), timezone.now() - timedelta(days=1)
    with pytest.raises(ActionRefused, match="still good"):
        connection_changes.set_client_secret(entra, "other", over, acting=OPERATOR)
    connection_changes.set_client_secret(entra, "", None, acting=OPERATOR)
    assert Connection.objects.get().client_secret == ""
    assert AuditEntry.objects.get(action="connection.client-secret-removed").changes["client_secret"] == ["set", None]
