"""The certificates of a SAML connection; the key of an OpenID connection, and its JWK Set for anybody."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.drafts import with_draft
from accounts.models import Connection
from tests.support.cast import Cast
from tests.support.certificate_chains import chain
from tests.support.drafts import publish
from tests.support.factories import TENANT, oidc_connection, saml_connection
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db


def path(okta: Connection, what: str = "") -> str:
    return f"/sso/{okta.pk}/certificates{what}"


def test_it_shows_whose_they_are_and_how_long_they_last(as_alice: Client, okta: Connection) -> None:
    page = as_alice.get(path(okta))
    assertContains(page, fingerprint(key_pair("idp").certificate))
    assertContains(page, "days left")
    assertNotContains(page, "Remove")
    assertNotContains(page, "errorlist")


def test_one_is_added_and_the_old_one_removed_after_a_yes(as_alice: Client, okta: Connection) -> None:
    page = as_alice.post(path(okta), {"text": key_pair("next").certificate}, follow=True)
    assertContains(page, "1 certificate added in the draft. Live settings are unchanged.")
    old = {"fingerprint": fingerprint(key_pair("idp").certificate)}
    assertContains(as_alice.post(path(okta, "/remove"), old), "Logins signed with its key are refused")
    as_alice.post(path(okta, "/remove"), {**old, "confirmed": "yes"})
    assert Connection.objects.get().idp_certificates == key_pair("idp").certificate
    publish(okta)
    assert Connection.objects.get().idp_certificates == key_pair("next").certificate


def test_the_last_one_of_a_live_connection_is_not_removed(as_alice: Client, okta: Connection) -> None:
    last = {"fingerprint": fingerprint(key_pair("idp").certificate), "confirmed": "yes"}
    assertContains(as_alice.post(path(okta, "/remove"), last, follow=True), "This is the last certificate")
    assert Connection.objects.get().idp_certificates == okta.idp_certificates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "paste its text"),
        ("nonsense!", "BEGIN CERTIFICATE"),
        (key_pair("idp").private_pem, "a private key"),
        (key_pair("weak-1024").certificate, "received an RSA key of 1024 bits"),
    ],
    ids=["nothing", "nonsense", "private key", "weak"],
)
def test_an_invalid_certificate_is_refused(as_alice: Client, okta: Connection, text: str, expected: str) -> None:
    assertContains(as_alice.post(path(okta), {"text": text}), expected)


@pytest.mark.parametrize(
    ("where", "way"),
    [("certificates", ""), ("provider", "fields-"), ("provider", "file-")],
    ids=["more", "fields", "file"],
)
def test_a_private_key_does_not_come_back(as_alice: Client, okta: Connection, where: str, way: str) -> None:
    fields = {"way": way.rstrip("-"), "fields-issuer": "x", "fields-sso_url": "https://x"}
    page = as_alice.post(f"/sso/{okta.pk}/{where}", {**fields, f"{way}text": key_pair("idp").private_pem})
    assertContains(page, "received a private key")
    assertNotContains(page, "BEGIN PRIVATE KEY")
    assert Connection.objects.get().idp_certificates == okta.idp_certificates


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "DER"])
def test_a_file_of_any_program_is_taken(as_alice: Client, okta: Connection, encoding: str) -> None:
    pem = key_pair("next").certificate
    der = load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    file = SimpleUploadedFile("idp.cer", der if encoding == "DER" else pem.encode(encoding))
    assertContains(as_alice.post(path(okta), {"file": file}, follow=True), "1 certificate added")


def test_ours_is_to_be_downloaded_without_its_key(as_alice: Client, okta: Connection) -> None:
    file = as_alice.get(path(okta, "/own"))
    assert file.content.decode() == key_pair("sp").certificate
    assert file.headers["Content-Disposition"].startswith("attachment")
    Connection.objects.update(sp_certificate="")
    assert as_alice.get(path(okta, "/own")).status_code == 404


def test_a_connection_without_certificates_has_no_such_page(as_alice: Client, azure: Connection) -> None:
    assert as_alice.get(path(azure)).status_code == 404


def test_of_a_chain_only_the_end_is_added_and_the_others_are_named(as_alice: Client, okta: Connection) -> None:
    pasted = chain(leaf="next").leaf + chain(leaf="next").intermediate + chain(leaf="next").root
    page = as_alice.post(path(okta), {"text": pasted}, follow=True)
    assertContains(page, "1 certificate added")
    assertContains(page, "The certificate &#x27;root&#x27; was left out")
    assertContains(page, "The certificate &#x27;intermediate&#x27; was left out")


def test_no_more_are_kept_than_a_login_can_try(as_alice: Client, okta: Connection) -> None:
    many = "".join(key_pair(f"many-{number}-ec").certificate for number in range(20))
    assertContains(as_alice.post(path(okta), {"text": many}), "Expected at most 20 certificates; with these it has 21.")


def test_a_weak_one_of_before_is_shown_as_such_and_removed(as_alice: Client, okta: Connection) -> None:
    weak = key_pair("weak-1024").certificate
    Connection.objects.update(idp_certificates=okta.idp_certificates + weak)
    assertContains(as_alice.get(path(okta)), "too weak: an RSA key of 1024 bits")
    assertContains(as_alice.get(f"/sso/{okta.pk}"), "has an RSA key of 1024 bits: logins signed with it are refused")
    as_alice.post(path(okta, "/remove"), {"fingerprint": fingerprint(weak), "confirmed": "yes"})
    publish(okta)
    assert Connection.objects.get().idp_certificates == okta.idp_certificates


def jwks(client: Client, connection: Connection) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"/api/accounts/acme/oidc/{connection.pk}/jwks").json()["keys"]
    return found


def test_a_key_is_made_downloaded_and_chosen(as_alice: Client, azure: Connection) -> None:
    page = as_alice.post(f"/sso/{azure.pk}/client-key", follow=True)
    assertContains(page, "Key created.")
    file = as_alice.get(f"/sso/{azure.pk}/client-key/certificate")
    assert file.content.startswith(b"-----BEGIN CERTIFICATE-----")
    fields = {"way": "openid", "openid-tenant_id": TENANT, "openid-client_id": "c", "openid-flow": "code"}
    page = as_alice.post(f"/sso/{azure.pk}/provider", {**fields, "openid-client_auth": "private_key"}, follow=True)
    assert with_draft(azure).client_auth == "private_key"
    assertContains(page, "private key of this connection (private_key_jwt)")


def test_the_next_key_is_used_after_a_question(as_alice: Client, azure: Connection) -> None:
    for _ in range(2):
        as_alice.post(f"/sso/{azure.pk}/client-key")
    first, second = jwks(as_alice, azure)
    assertContains(as_alice.post(f"/sso/{azure.pk}/client-key/use"), "Use the next key of Azure?")
    assert jwks(as_alice, azure) == [first, second]
    as_alice.post(f"/sso/{azure.pk}/client-key/use", {"confirmed": "yes"})
    assert jwks(as_alice, azure) == [second]


def test_anybody_reads_the_public_keys(client: Client, azure: Connection) -> None:
    assert jwks(client, azure) == []


def test_a_saml_connection_and_one_of_another_account_have_no_such_address(client: Client, cast: Cast) -> None:
    for connection in (saml_connection(cast.acme), oidc_connection(cast.globex)):
        assert client.get(f"/api/accounts/acme/oidc/{connection.pk}/jwks").status_code == 404


def test_a_connection_by_key_is_not_complete_without_one(as_alice: Client, cast: Cast) -> None:
    draft = oidc_connection(cast.acme, state="draft", client_auth="private_key")
    page = as_alice.post(f"/sso/{draft.pk}/enable", follow=True)
    assertContains(page, "expected a key of this connection")
