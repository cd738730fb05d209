"""Their values, in each of the ways they can be given, and the client secret."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.connections.drafts import with_draft
from accounts.models import AuditEntry, Connection
from tests.support.cast import Cast
from tests.support.drafts import publish
from tests.support.factories import TENANT
from tests.support.idp_metadata import OKTA, published
from tests.support.oidc_messages import Web
from tests.support.saml_keys import key_pair
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
URL = "https://acme.okta.example/metadata"


@pytest.fixture
def draft(as_alice: Client) -> Connection:
    as_alice.post("/sso/new", {"name": "New", "kind": "okta-saml"})
    return Connection.objects.get(name="New")


def send(browser: Client, connection: Connection, way: str, **fields: Any) -> Any:
    named = {f"{way}-{name}": value for name, value in fields.items()}
    return browser.post(f"/sso/{connection.pk}/provider", {"way": way, **named}, follow=True)


def read(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def test_our_values_have_the_vendors_own_names(as_alice: Client, okta: Connection, azure: Connection) -> None:
    page = as_alice.get(f"/sso/{okta.pk}/provider")
    for label in ("Single sign-on URL", "Audience URI (SP Entity ID)", f"/api/accounts/acme/saml/{okta.pk}/acs"):
        assertContains(page, label)
    page = as_alice.get(f"/sso/{azure.pk}/provider")
    for label in ("Redirect URIs", "/api/accounts/idp-callback", "Directory (tenant) ID", "Application (client) ID"):
        assertContains(page, label)


def test_metadata_are_read_from_their_address_and_shown_as_read(as_alice: Client, draft: Connection, web: Web) -> None:
    web.pages[URL] = published("idp")
    page = send(as_alice, draft, "address", metadata_url=URL)
    assertRedirects(page, f"/sso/{draft.pk}/set-up")
    row = read(draft)
    assert (row.idp_entity_id, row.metadata_url) == (OKTA, URL)
    assert row.idp_certificates == key_pair("idp").certificate
    assertContains(page, "All required details are entered.")
    assert row.metadata_read_at is not None
    assertNotContains(as_alice.get(f"/sso/{draft.pk}"), "not read yet")


def test_metadata_read_into_a_draft_are_read_once_it_is_live(as_alice: Client, okta: Connection, web: Web) -> None:
    web.pages[URL] = published("idp")
    send(as_alice, okta, "address", metadata_url=URL)
    assert read(okta).metadata_read_at is None  # of what is live
    publish(okta)
    assert (read(okta).metadata_url, read(okta).metadata_read_at is None) == (URL, False)


def test_reading_what_is_there_already_is_a_reading_too(as_alice: Client, draft: Connection, web: Web) -> None:
    web.pages[URL] = published("idp")
    send(as_alice, draft, "address", metadata_url=URL)
    Connection.objects.update(metadata_read_at=None, metadata_problem="Nobody answered.")
    page = send(as_alice, draft, "address", metadata_url=URL)
    assertContains(page, "No changes")
    assert (read(draft).metadata_problem, read(draft).metadata_read_at is None) == ("", False)


def test_metadata_are_read_from_a_file_and_called_so(as_alice: Client, draft: Connection) -> None:
    send(as_alice, draft, "file", file=SimpleUploadedFile("idp.xml", published("idp")))
    assert read(draft).idp_entity_id == OKTA
    page = as_alice.get(f"/sso/{draft.pk}")
    assertNotContains(page, "not read yet")
    assertContains(page, "entered manually")


def test_metadata_are_read_from_pasted_text(as_alice: Client, draft: Connection) -> None:
    send(as_alice, draft, "file", text=published("idp").decode())
    assert read(draft).idp_entity_id == OKTA


def test_the_three_fields_are_enough(as_alice: Client, draft: Connection) -> None:
    fields = {"issuer": "http://x", "sso_url": "https://x/sso", "text": key_pair("idp").body}
    send(as_alice, draft, "fields", **fields)
    row = read(draft)
    assert (row.idp_entity_id, row.sso_url) == ("http://x", "https://x/sso")
    assert row.idp_certificates == key_pair("idp").certificate


def test_a_provider_that_takes_posts_only_is_read_from_its_metadata(as_alice: Client, draft: Connection) -> None:
    send(as_alice, draft, "file", text=published("idp", binding="HTTP-POST").decode())
    assert (read(draft).sso_url, read(draft).sso_by_post) == ("https://acme.okta.example/sso", True)


def test_the_binding_of_requests_may_be_chosen(as_alice: Client, draft: Connection) -> None:
    fields = {"issuer": "http://x", "sso_url": "https://x/sso", "text": key_pair("idp").body}
    send(as_alice, draft, "fields", **fields, sso_by_post="on")
    assert read(draft).sso_by_post
    assertContains(as_alice.get(f"/sso/{draft.pk}/provider"), 'id="id_fields-sso_by_post" checked')
    send(as_alice, draft, "fields", **fields)
    assert not read(draft).sso_by_post


OPTIONS = {
    "force_authn": "on",
    "name_id_policy": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "authn_contexts": "urn:a:Password\r\n\r\nurn:a:X509\r\nurn:a:Password",
    "authn_comparison": "minimum",
    "accept_response_signature_over_encryption": "on",
}


def test_what_requests_ask_for_waits_in_the_draft_until_it_is_published(as_alice: Client, okta: Connection) -> None:
    assertContains(send(as_alice, okta, "options", **OPTIONS), "Saved in the draft")
    assert not read(okta).force_authn
    publish(okta)
    row = read(okta)
    assert (row.force_authn, row.authn_contexts, row.authn_comparison) == (True, "urn:a:Password urn:a:X509", "minimum")
    assert row.accept_response_signature_over_encryption
    assertContains(as_alice.get(f"/sso/{okta.pk}/provider"), "urn:a:Password\nurn:a:X509</textarea>")


def test_a_draft_says_in_words_what_requests_will_ask_for(as_alice: Client, okta: Connection) -> None:
    send(as_alice, okta, "options", **OPTIONS)
    page = as_alice.get(f"/sso/{okta.pk}")
    assertContains(page, "Accept encrypted assertions without their own signature")
    assertContains(page, "at least as strong as one of them")


def test_the_weaker_signature_is_offered_with_a_warning(as_alice: Client, okta: Connection) -> None:
    assertContains(as_alice.get(f"/sso/{okta.pk}/provider"), "Weaker: the signature then covers the encrypted text")


@pytest.mark.parametrize("contexts", ["Password", "urn:a b", "https:", " ".join(f"urn:{n}" for n in range(9))])
def test_what_is_no_authentication_context_is_refused(as_alice: Client, okta: Connection, contexts: str) -> None:
    page = send(as_alice, okta, "options", **{**OPTIONS, "authn_contexts": contexts})
    assertContains(page, "Expected up to 8 authentication contexts, each a URI such as urn:oasis")
    assert with_draft(okta).authn_contexts == ""


@pytest.mark.parametrize(
    ("way", "fields", "expected"),
    [
        ("address", {"metadata_url": "http://127.0.0.1:1/x"}, "http://127.0.0.1:1/x"),
        ("address", {}, "This field is required"),
        ("file", {}, "Choose a file or paste its text"),
        ("file", {"text": "<html>"}, "a web page"),
        ("file", {"file": SimpleUploadedFile("m.xml", b"\x00\xff<x")}, "Expected SAML metadata"),
        ("file", {"file": SimpleUploadedFile("m.xml", b"<" * (1024 * 1024 + 1))}, "at most 1024 KB"),
        ("fields", {"issuer": "x", "sso_url": "javascript:x", "text": "x"}, "http(s) address"),
        ("fields", {"issuer": "x", "sso_url": "https://x", "text": "x!"}, "BEGIN CERTIFICATE"),
    ],
)
def test_what_cannot_be_used_is_shown_and_nothing_is_kept(
    as_alice: Client, draft: Connection, way: str, fields: dict[str, Any], expected: str
) -> None:
    assertContains(send(as_alice, draft, way, **fields), expected)
    assert read(draft).idp_entity_id == ""


def test_a_live_connection_goes_on_while_its_draft_is_saved(as_alice: Client, okta: Connection) -> None:
    fields = {"issuer": okta.idp_entity_id, "sso_url": "https://moved.example/sso"}
    page = send(as_alice, okta, "fields", **fields)
    assertContains(page, "Saved in the draft. Live settings are unchanged.")
    assert read(okta).sso_url == okta.sso_url
    expected = AuditEntry.objects.get(action="connection.draft-saved").changes
    assert expected == {"sso_url": [okta.sso_url, "https://moved.example/sso"]}
    assertContains(as_alice.get(f"/sso/{okta.pk}/provider"), "You are viewing a draft")


def test_entra_needs_tenant_and_client_id(as_alice: Client, azure: Connection) -> None:
    fields = {"tenant_id": TENANT, "client_id": "c2", "flow": "code"}
    send(as_alice, azure, "openid", **fields)
    row = with_draft(azure)
    assert (row.issuer, row.client_id, row.flow) == (azure.issuer, "c2", "code")
    assertContains(send(as_alice, azure, "openid", **{**fields, "tenant_id": "acme.com"}), "a GUID shown")


@pytest.fixture
def new_entra(as_alice: Client) -> Connection:
    as_alice.post("/sso/new", {"name": "New", "kind": "entra-oidc"})
    return Connection.objects.get(name="New")


def test_a_new_connection_starts_with_code_and_pkce_and_asks_for_the_secret(
    as_alice: Client, new_entra: Connection
) -> None:
    assert as_alice.get(f"/sso/{new_entra.pk}/provider").context["ways"]["openid"]["flow"].value() == "code"
    page = send(as_alice, new_entra, "openid", tenant_id=TENANT, client_id="c", flow="code")
    assertRedirects(page, f"/sso/{new_entra.pk}/provider")
    assertContains(page, "Enter the client secret below, or choose the other flow.")
    assertContains(as_alice.get(f"/sso/{new_entra.pk}/set-up"), "The client secret is missing.")


ASKED = {"extra_scopes": " groups  offline_access ", "prompt": "login", "max_age": "0", "acr_values": "phr"}


def test_what_requests_ask_for_goes_into_the_draft_and_is_shown(as_alice: Client, azure: Connection) -> None:
    assertNotContains(as_alice.get(f"/sso/{azure.pk}/provider"), '<details class="way" open>')
    send(as_alice, azure, "openid", tenant_id=TENANT, client_id="c", flow="code", omit_login_hint="on", **ASKED)
    row = with_draft(azure)
    assert (row.extra_scopes, row.prompt, row.max_age, row.acr_values) == ("groups offline_access", "login", 0, "phr")
    assert row.omit_login_hint
    page = as_alice.get(f"/sso/{azure.pk}/provider")
    for words in ('<details class="way" open>', "<li>sign in again</li>", "<li>0</li>"):
        assertContains(page, words)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("extra_scopes", 'a"b', "Expected words, separated by spaces."),
        ("acr_values", "größe", "Expected words, separated by spaces."),
        ("prompt", "none", "Select a valid choice"),
        ("max_age", "-1", "greater than or equal to 0"),
        ("max_age", "9999999999", "less than or equal to 2592000"),
    ],
)
def test_what_no_request_can_ask_for_is_refused(
    as_alice: Client, azure: Connection, field: str, text: str, expected: str
) -> None:
    fields = {"tenant_id": TENANT, "client_id": "c", "flow": "code", field: text}
    assertContains(send(as_alice, azure, "openid", **fields), expected)
    assert with_draft(azure).client_id == azure.client_id


def test_the_flow_without_a_secret_asks_for_none(as_alice: Client, new_entra: Connection) -> None:
    assertContains(as_alice.get(f"/sso/{new_entra.pk}/provider"), "id_token by form_post (needs no client secret)")
    page = send(as_alice, new_entra, "openid", tenant_id=TENANT, client_id="c", flow="id_token")
    assertRedirects(page, f"/sso/{new_entra.pk}/set-up")
    assertContains(page, "All required details are entered.")


def test_a_client_secret_is_kept_and_shown_to_nobody(as_alice: Client, azure: Connection, cast: Cast) -> None:
    value = secret("hush-hush-client-secret")
    day = (timezone.now() + timedelta(days=20)).date().isoformat()
    fields = {"secret-client_secret": value, "secret-expires_at": day}
    page = as_alice.post(f"/sso/{azure.pk}/secret", fields, follow=True)
    assertContains(page, "Stored encrypted")
    assert (read(azure).client_secret, with_draft(azure).client_secret) == ("", value)
    publish(azure)
    assert read(azure).client_secret == value
    for path in ("", "/provider", "/general", "/domains", "/people", "/attributes"):
        assertNotContains(as_alice.get(f"/sso/{azure.pk}{path}"), value)
    assertContains(as_alice.get("/sso"), "days left")


def test_a_secret_that_is_refused_does_not_come_back(as_alice: Client, azure: Connection) -> None:
    fields = {"secret-client_secret": "hush", "secret-expires_at": "2020-01-01"}
    page = as_alice.post(f"/sso/{azure.pk}/secret", fields)
    assertContains(page, "Expected a secret that is still good")
    assertNotContains(page, "hush")


def test_removing_the_secret_asks(as_alice: Client, azure: Connection) -> None:
    azure.client_secret = "s3cret"
    azure.save()
    assertContains(as_alice.post(f"/sso/{azure.pk}/secret/remove"), "logins then fail unless")
    assert read(azure).client_secret
    as_alice.post(f"/sso/{azure.pk}/secret/remove", {"confirmed": "yes"})
    publish(azure)
    assert read(azure).client_secret == ""
