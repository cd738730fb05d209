"""`create_connection`: what it prints, and how it refuses what is odd without keeping half of it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Connection, EmailDomain
from accounts.permissions import Permission
from common.outbound import guarded_http
from tests.support.cast import Cast
from tests.support.certificate_chains import chain
from tests.support.commands import run
from tests.support.factories import TENANT
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
SAML = ("--vendor", "okta", "--protocol", "saml")
ENTRA = ("--vendor", "entra", "--protocol", "oidc", "--client-id", "c1")


@pytest.fixture
def three_fields(tmp_path: Path) -> tuple[str, ...]:
    """The issuer URI, single sign-on URL and signing certificate of the public description."""
    certificate = tmp_path / "idp.pem"
    certificate.write_text(key_pair("idp").certificate)
    return (
        *SAML,
        "--issuer",
        "http://www.okta.com/exk1",
        "--sso-url",
        "https://x/sso",
        "--certificate",
        str(certificate),
    )


def test_the_three_fields_make_a_live_saml_connection(cast: Cast, three_fields: tuple[str, ...]) -> None:
    found = run("create_connection", "Acme", "Okta", *three_fields, "--domain", "acme.example", "--live")
    assert set(found) == {
        "connection", "start_url", "entity_id", "acs_url", "metadata_url", "slo_url", "redirect_uri", "logout_uri",
        "post_logout_redirect_uri", "initiate_login_url"
    }  # fmt: skip
    assert found["acs_url"].endswith(f"/api/accounts/acme/saml/{found['connection']}/acs")
    assert Connection.objects.get().state == "live"


def test_no_address_given_to_an_identity_provider_holds_an_underscore(
    cast: Cast, three_fields: tuple[str, ...]
) -> None:
    assert not [
        address for address in run("create_connection", "Acme", "My_Okta", *three_fields).values() if "_" in address
    ]


def test_entra_needs_only_tenant_and_client_id(cast: Cast) -> None:
    found = run("create_connection", "Acme", "Azure", *ENTRA, "--tenant-id", TENANT, "--live")
    connection = Connection.objects.get()
    assert found["redirect_uri"].endswith("/api/accounts/idp-callback")
    assert found["logout_uri"].endswith(f"/api/accounts/acme/oidc/{found['connection']}/logout")
    assert found["post_logout_redirect_uri"].endswith("/login")
    assert connection.issuer == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert connection.flow == "id_token"


def test_code_with_pkce_without_a_secret_is_warned_of(cast: Cast) -> None:
    result = StringIO()
    for name, flow in (("Code", ("--flow", "code")), ("Front", ())):
        call_command("create_connection", "Acme", name, *ENTRA, "--tenant-id", TENANT, *flow, stderr=result)
    assert result.getvalue().count("No client secret is kept. Code with PKCE needs one") == 1
    assert set(Connection.objects.values_list("name", "flow")) == {("Code", "code"), ("Front", "id_token")}


def test_what_requests_ask_for_can_be_said(cast: Cast) -> None:
    asked = ("--extra-scope", "groups", "--prompt", "login", "--max-age", "60", "--acr-values", "phr")
    run("create_connection", "Acme", "Azure", *ENTRA, "--tenant-id", TENANT, *asked, "--omit-login-hint")
    row = Connection.objects.get()
    assert (row.extra_scopes, row.prompt, row.max_age, row.acr_values) == ("groups", "login", 60, "phr")
    assert row.omit_login_hint
    with pytest.raises(CommandError, match="Extra scopes: Expected words"):
        run("create_connection", "Acme", "B", *ENTRA, "--tenant-id", TENANT, "--extra-scope", "ü")


def test_a_key_of_its_own_is_made_and_its_certificate_printed(cast: Cast) -> None:
    found = run("create_connection", "Acme", "Azure", *ENTRA, "--tenant-id", TENANT, "--client-auth", "private_key")
    row = Connection.objects.get()
    assert (row.client_auth, row.sp_certificate) == ("private_key", found["client_certificate"])
    assert found["jwks_uri"].endswith(f"/api/accounts/acme/oidc/{row.pk}/jwks")
    assert "PRIVATE" not in str(found)


def test_domains_may_include_their_sub_domains(cast: Cast) -> None:
    domain = ("--domain", "acme.example", "--with-subdomains")
    run("create_connection", "Acme", "Azure", *ENTRA, "--tenant-id", TENANT, *domain)
    assert Connection.objects.get().domains.get().with_subdomains


def test_a_client_secret_is_encrypted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTRA_SECRET", "very-secret-value")
    run("create_connection", "Acme", "Azure", *ENTRA, "--tenant-id", TENANT, "--client-secret-env", "ENTRA_SECRET")
    stored = Connection.objects.extra(select={"raw": "client_secret"}).values_list("raw", flat=True).get()
    assert (Connection.objects.get().flow, Connection.objects.get().client_secret) == ("code", "very-secret-value")
    assert "very-secret-value" not in stored


def test_a_tenant_that_is_no_guid_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match=r"a GUID shown on the app's overview; received 'acme\.com'"):
        run("create_connection", "Acme", "Azure", *ENTRA, "--tenant-id", "acme.com")


def test_metadata_without_a_certificate_are_refused_and_nothing_is_kept(cast: Cast, tmp_path: Path) -> None:
    metadata = tmp_path / "metadata.xml"
    metadata.write_text(
        '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor'
        ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><SingleSignOnService'
        ' Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://x/"/>'
        "</IDPSSODescriptor></EntityDescriptor>"
    )
    with pytest.raises(CommandError, match="certificate"):
        run("create_connection", "Acme", "Okta", *SAML, "--metadata", str(metadata), "--live")
    assert not Connection.objects.exists()


def test_a_domain_that_another_account_owns_is_refused_without_naming_it(
    cast: Cast, three_fields: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError, match=r"'globex\.example' is verified by another account") as refused:
        run("create_connection", "Acme", "Okta", *three_fields, "--domain", "globex.example")
    assert "Globex" not in str(refused.value)
    assert not Connection.objects.exists()


@pytest.mark.parametrize("domain", ["gmail.com", "localhost", "a b.example", "x", "@", "acme.example/evil"])
def test_what_no_company_can_own_is_refused(cast: Cast, three_fields: tuple[str, ...], domain: str) -> None:
    with pytest.raises(CommandError):
        run("create_connection", "Acme", "Okta", *three_fields, "--domain", domain)


def test_a_domain_named_by_the_operator_counts_as_verified(cast: Cast, three_fields: tuple[str, ...]) -> None:
    run("create_connection", "Acme", "Okta", *three_fields, "--domain", "Bücher.example")
    assert EmailDomain.objects.get(domain="xn--bcher-kva.example").proved_at


def test_an_incomplete_connection_does_not_go_live_and_is_not_kept(cast: Cast) -> None:
    with pytest.raises(
        CommandError, match="expected the IdP issuer URI, the IdP single sign-on URL, a signing certificate"
    ):
        run("create_connection", "Acme", "Okta", *SAML, "--live")
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--attribute", "shoe_size=x", "received shoe_size"),
        ("--default-space", "Atlantis", "received 'Atlantis'"),
        ("--authn-context", "Password", r"contexts, each a URI such as urn:oasis.*received 'Password'"),
        ("--slo-url", "x/slo", r"Expected --slo-url as an http\(s\) address; received 'x/slo'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    cast: Cast, three_fields: tuple[str, ...], option: str, value: str, expected: str
) -> None:
    with pytest.raises(CommandError, match=expected):
        run("create_connection", "Acme", "Okta", *three_fields, option, value)
    assert not Connection.objects.exists()


def test_a_name_that_is_taken_is_refused(cast: Cast, three_fields: tuple[str, ...]) -> None:
    run("create_connection", "Acme", "Okta", *three_fields)
    with pytest.raises(CommandError, match="A connection named 'Okta' exists already"):
        run("create_connection", "Acme", "Okta", *three_fields)


def test_metadata_may_come_from_an_address(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []

    def fetch(url: str, account_id: None) -> bytes:
        fetched.append(url)
        return IDP_METADATA.replace("CERTIFICATE", key_pair("idp").body).encode()

    monkeypatch.setattr(guarded_http, "fetch", fetch)
    run("create_connection", "Acme", "Okta", *SAML, "--metadata", "https://acme.okta.example/metadata", "--live")
    connection = Connection.objects.get()
    assert fetched == [connection.metadata_url] == ["https://acme.okta.example/metadata"]
    assert connection.metadata_read_at is not None
    assert (connection.idp_entity_id, connection.sso_url) == ("http://www.okta.com/exk1", "https://x/sso")


def test_the_logout_addresses_may_be_given_as_fields(cast: Cast, three_fields: tuple[str, ...]) -> None:
    addresses = ("--slo-url", "https://x/slo", "--slo-response-url", "https://x/answers", "--slo-by-post")
    found = run("create_connection", "Acme", "Okta", *three_fields, *addresses)
    connection = Connection.objects.get()
    assert (connection.slo_url, connection.slo_response_url) == ("https://x/slo", "https://x/answers")
    assert connection.slo_by_post
    assert found["slo_url"] == found["acs_url"].replace("/acs", "/slo")


def test_requests_may_be_sent_by_post(cast: Cast, three_fields: tuple[str, ...]) -> None:
    run("create_connection", "Acme", "Okta", *three_fields, "--sso-by-post")
    assert Connection.objects.get().sso_by_post


def test_what_requests_ask_for_may_be_given(cast: Cast, three_fields: tuple[str, ...]) -> None:
    asked = (
        "--force-authn",
        "--name-id-policy",
        "emailAddress",
        "--authn-context",
        "urn:a",
        "--authn-context",
        "urn:b",
    )
    run("create_connection", "Acme", "Okta", *three_fields, *asked, "--accept-response-signature-over-encryption")
    row = Connection.objects.get()
    assert (row.force_authn, row.authn_contexts, row.authn_comparison) == (True, "urn:a urn:b", "exact")
    assert row.name_id_policy == "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    assert row.accept_response_signature_over_encryption


def test_metadata_out_of_reach_are_refused_in_a_sentence(cast: Cast) -> None:
    with pytest.raises(CommandError, match=r"http://127\.0\.0\.1:1/metadata"):
        run("create_connection", "Acme", "Okta", *SAML, "--metadata", "http://127.0.0.1:1/metadata")


IDP_METADATA = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="http://www.okta.com/exk1">'
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">'
    '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>CERTIFICATE</X509Certificate>'
    "</X509Data></KeyInfo></KeyDescriptor><SingleSignOnService"
    ' Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://x/sso"/></IDPSSODescriptor>'
    "</EntityDescriptor>"
)


def test_enabled_by_the_operator_its_logins_give_what_mapped_groups_give_and_it_says_so(
    cast: Cast, three_fields: tuple[str, ...]
) -> None:
    run("create_group", "Acme", "Admins", "--idp-identifier", "G1", "--account-role", "Account Admin")
    result = StringIO()
    call_command("create_connection", "Acme", "Okta", *three_fields, "--live", stdout=StringIO(), stderr=result)
    assert Connection.objects.get().agreed_permissions == sorted(Permission)
    assert "Group 'Admins', which gives Manage Roles," in result.getvalue()


def test_of_a_chain_only_the_end_is_kept_and_the_rest_is_shown(
    cast: Cast, three_fields: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "idp.pem").write_text(chain().root + chain().intermediate + chain().leaf)
    run("create_connection", "Acme", "Okta", *three_fields)
    assert Connection.objects.get().idp_certificates == chain().leaf


def test_a_weak_certificate_is_refused(cast: Cast, three_fields: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "idp.pem").write_text(key_pair("weak-1024").certificate)
    with pytest.raises(CommandError, match="received an RSA key of 1024 bits"):
        run("create_connection", "Acme", "Okta", *three_fields)
    assert not Connection.objects.exists()
