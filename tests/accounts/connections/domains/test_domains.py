"""E-mail domains: claimed, verified by DNS, taken from a connection (R16)."""

from typing import Any
from uuid import UUID

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.connections.domains import domains
from accounts.connections.domains.sign_in_choices import live_connections_for_email
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection, EmailDomain
from common.outbound import dns_records
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The world's TXT records, by domain."""
    records: dict[str, Any] = {}

    def txt_records(domain: str, account_id: UUID) -> list[str]:
        if isinstance(found := records.get(domain, []), Exception):
            raise found
        return list(found)

    monkeypatch.setattr(dns_records, "txt_records", txt_records)
    return records


def claimed(connection: Connection, text: str = "New.Example") -> EmailDomain:
    return domains.claim_domain(connection, text, acting=OPERATOR)


def draft(cast: Cast) -> Connection:
    return connections.create_draft(cast.acme, "B", "okta", "oidc", acting=OPERATOR)


def actions() -> list[str]:
    return list(AuditEntry.objects.filter(object_label="new.example").order_by("at").values_list("action", flat=True))


def test_a_claimed_domain_leads_nobody_anywhere_until_it_is_verified(okta: Connection, dns: dict[str, Any]) -> None:
    row = claimed(okta)
    assert live_connections_for_email("dana@new.example") == []
    dns["new.example"] = ["v=spf1 -all", domains.expected_record(row)]
    domains.verify_domain(row, acting=OPERATOR)
    assert live_connections_for_email("dana@new.example") == [okta]
    assert actions() == ["domain.claimed", "domain.proved"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], "received no TXT record"),
        (["v=spf1 -all", "x"], "received 2 TXT records, none of them ours"),
        (["torque-domain-verification=other"], "received 'torque-domain-verification=other'"),
        (["torque-domain-verification="], "received 'torque-domain-verification='"),
        (dns_records.LookUpFailed("DNS is silent."), "DNS is silent"),
    ],
)
def test_without_the_record_it_stays_unverified(
    okta: Connection, dns: dict[str, Any], found: Any, expected: str
) -> None:
    row, dns["new.example"] = claimed(okta), found
    with pytest.raises(ActionRefused, match=expected):
        domains.verify_domain(row, acting=OPERATOR)
    assert EmailDomain.objects.get(domain="new.example").proved_at is None


def test_two_accounts_get_different_records_and_the_first_to_verify_wins(
    cast: Cast, okta: Connection, dns: dict[str, Any]
) -> None:
    ours, theirs = claimed(okta), claimed(saml_connection(cast.globex))
    dns["new.example"] = [domains.expected_record(ours), domains.expected_record(theirs)]
    assert len(set(dns["new.example"])) == 2
    domains.verify_domain(theirs, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="verified by another account") as refused:
        domains.verify_domain(ours, acting=OPERATOR)
    assert "Globex" not in str(refused.value)


@pytest.mark.parametrize("text", ["globex.example", "gmail.com", "nonsense", "acme.example"])
def test_what_cannot_be_claimed(okta: Connection, text: str) -> None:
    with pytest.raises(ActionRefused):
        claimed(okta, text)


def test_a_domain_verified_once_serves_another_connection_at_once(cast: Cast, okta: Connection) -> None:
    row = domains.claim_domain(draft(cast), "acme.example", acting=OPERATOR)
    assert row.proved_at


def test_a_domain_is_given_up_with_its_last_connection(cast: Cast, okta: Connection) -> None:
    other = draft(cast)
    row = domains.claim_domain(other, "acme.example", acting=OPERATOR)
    domains.remove_domain(other, row, acting=OPERATOR)
    assert EmailDomain.objects.filter(domain="acme.example").exists()
    domains.remove_domain(okta, row, acting=OPERATOR)
    assert not EmailDomain.objects.filter(domain="acme.example").exists()
    assert AuditEntry.objects.filter(action="domain.removed").count() == 2


def test_a_domain_that_is_gone_is_not_removed_twice(okta: Connection) -> None:
    row = claimed(okta)
    domains.remove_domain(okta, row, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="any more"):
        domains.remove_domain(okta, EmailDomain(pk=row.pk, account=okta.account, domain="x"), acting=OPERATOR)
