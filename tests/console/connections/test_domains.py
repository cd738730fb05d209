"""The domains of a connection: claimed, verified, removed."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.models import Connection, EmailDomain
from common.outbound import dns_records
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The TXT records of every domain."""
    found: list[str] = []
    monkeypatch.setattr(dns_records, "txt_records", lambda domain, account_id: found)
    return found


def claim(browser: Client, okta: Connection, domain: str = "new.example") -> EmailDomain:
    browser.post(f"/sso/{okta.pk}/domains", {"domain": domain})
    return EmailDomain.objects.get(domain=domain)


def test_a_claimed_domain_shows_the_record_to_add(as_alice: Client, okta: Connection) -> None:
    row = claim(as_alice, okta)
    page = as_alice.get(f"/sso/{okta.pk}/domains")
    assertContains(page, f"torque-domain-verification={row.proof_token}")
    assertContains(page, "not verified")


def test_it_is_verified_once_the_record_is_there(as_alice: Client, okta: Connection, records: list[str]) -> None:
    row = claim(as_alice, okta)
    address = f"/sso/{okta.pk}/domains/{row.pk}/check"
    assertContains(as_alice.post(address, follow=True), "received no TXT record")
    records.append(f"torque-domain-verification={row.proof_token}")
    assertContains(as_alice.post(address, follow=True), "verified.")
    assert EmailDomain.objects.get(pk=row.pk).proved_at


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("gmail.com", "public mail domain"),
        ("globex.example", "verified by another account"),
        ("acme.example", "of this connection already"),
        ("not a domain", "Expected an e-mail domain"),
        ("", "required"),
    ],
)
def test_what_cannot_be_claimed_is_shown(as_alice: Client, okta: Connection, domain: str, expected: str) -> None:
    page = as_alice.post(f"/sso/{okta.pk}/domains", {"domain": domain})
    assertContains(page, expected)
    assert b"Globex" not in page.content


def test_removing_one_asks(as_alice: Client, okta: Connection) -> None:
    row = claim(as_alice, okta)
    address = f"/sso/{okta.pk}/domains/{row.pk}/remove"
    assertContains(as_alice.get(address), "no longer routes users of")
    as_alice.post(address, {"confirmed": "yes"})
    assert not EmailDomain.objects.filter(pk=row.pk).exists()


def test_a_domain_of_another_connection_is_not_there(as_alice: Client, okta: Connection, cast: Cast) -> None:
    theirs = EmailDomain.objects.get(domain="globex.example")
    for what in ("check", "remove"):
        assert as_alice.post(f"/sso/{okta.pk}/domains/{theirs.pk}/{what}").status_code == 404


def test_an_account_admin_includes_sub_domains_and_leaves_them_out(as_alice: Client, okta: Connection) -> None:
    row = EmailDomain.objects.get(domain="acme.example")
    address = f"/sso/{okta.pk}/domains/{row.pk}/subdomains"
    assertContains(as_alice.post(address, {"included": "yes"}, follow=True), "now includes its subdomains")
    assertContains(as_alice.get(f"/sso/{okta.pk}/domains"), 'value="yes" id="sub-')
    assert EmailDomain.objects.get(pk=row.pk).with_subdomains
    assertContains(as_alice.post(address, {}, follow=True), "no longer includes its subdomains")
    assert not EmailDomain.objects.get(pk=row.pk).with_subdomains
