"""The SAML service provider as the sign-in views see it: requests out, our metadata, answers in."""

import base64
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from accounts.connections.provider.saml_metadata import MetadataError, read_metadata
from accounts.models import Connection, SignInTransaction
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import service_provider
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import ISSUERS, Element, response, set_attribute

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
STATE = "s" * 43
REQUEST_ID = "id0123456789abcdef"


@pytest.fixture
def connection(cast: Cast) -> Connection:
    return entra(cast)


def entra(cast: Cast, account: Any = None, **settings: Any) -> Connection:
    usual = {
        "vendor": "entra",
        "idp_entity_id": ISSUERS["entra"],
        "sso_url": "https://login.microsoftonline.com/5d1f8a52/saml2",
        "idp_certificates": key_pair("idp").certificate,
    }
    return saml_connection(account or cast.acme, **{**usual, **settings})


def with_key(connection: Connection) -> Connection:
    pair = key_pair("sp")
    connection.sp_private_key, connection.sp_certificate = pair.private_pem, pair.certificate
    return connection


def sent(url: str) -> tuple[Element, dict[str, list[str]]]:
    """The AuthnRequest and the query of a redirect."""
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15)), query


def address_of(connection: Connection, login_hint: str = "") -> str:
    return service_provider.authn_request(connection, STATE, REQUEST_ID, login_hint).address


def answer(connection: Connection, **changes: Any) -> dict[str, str]:
    usual = {
        "now": datetime.now(UTC),
        "acs_url": service_provider.acs_url(connection),
        "sp_entity_id": service_provider.entity_id(connection),
        "issuer": connection.idp_entity_id,
        "request_id": REQUEST_ID,
    }
    return {"SAMLResponse": response(connection.vendor, **{**usual, **changes}), "RelayState": STATE}


def read(connection: Connection, **changes: Any) -> IdentityClaims:
    transaction = SignInTransaction(connection=connection, request_id=REQUEST_ID)
    return service_provider.read_answer(connection, answer(connection, **changes), transaction)


def test_the_request_names_us_and_where_to_answer(connection: Connection) -> None:
    request, query = sent(address_of(connection))
    assert request.get("ID") == REQUEST_ID
    assert request.get("AssertionConsumerServiceURL") == service_provider.acs_url(connection)
    assert [child.text for child in request] == [service_provider.entity_id(connection)]
    assert query["RelayState"] == [STATE]


def test_the_request_asks_for_nothing_that_could_refuse_people(connection: Connection) -> None:
    """No NameIDPolicy, no RequestedAuthnContext, no Subject (`protocol.md` 8.1)."""
    request, _ = sent(address_of(connection, "bob@acme.example"))
    assert [etree.QName(child).localname for child in request] == ["Issuer"]
    assert request.get("ForceAuthn") is None


def test_the_login_hint_goes_as_a_query_parameter(connection: Connection) -> None:
    _, query = sent(address_of(connection, "bob+x@acme.example"))
    assert query["login_hint"] == ["bob+x@acme.example"]


def test_an_address_with_a_query_keeps_it(connection: Connection) -> None:
    connection.sso_url += "?app=1"
    _, query = sent(address_of(connection))
    assert query["app"] == ["1"]


def test_a_signed_request_verifies_with_our_certificate(connection: Connection) -> None:
    with_key(connection).sign_requests = True
    url = address_of(connection, "bob@acme.example")
    signed, _, rest = urlsplit(url).query.partition("&Signature=")
    signature = base64.b64decode(parse_qs(f"Signature={rest}")["Signature"][0])
    public_key = x509.load_pem_x509_certificate(connection.sp_certificate.encode()).public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    public_key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert [part.partition("=")[0] for part in signed.split("&")] == ["SAMLRequest", "RelayState", "SigAlg"]


def test_signing_without_a_key_is_refused_in_a_sentence(connection: Connection) -> None:
    connection.sign_requests = True
    with pytest.raises(LoginRefused, match="Make a key for the connection"):
        address_of(connection)


def test_our_metadata_names_the_entity_and_the_acs(connection: Connection) -> None:
    entity = etree.fromstring(service_provider.service_provider_metadata(connection))
    (acs,) = entity.iter(f"{MD}AssertionConsumerService")
    assert entity.get("entityID") == service_provider.entity_id(connection)
    assert (acs.get("Location"), acs.get("index"), acs.get("isDefault")) == (
        service_provider.acs_url(connection),
        "0",
        "true",
    )
    assert "_" not in urlsplit(service_provider.acs_url(connection)).path


def test_our_metadata_says_what_we_sign_and_want_signed(connection: Connection) -> None:
    connection.sign_requests = True
    (descriptor,) = etree.fromstring(service_provider.service_provider_metadata(connection))
    assert (descriptor.get("WantAssertionsSigned"), descriptor.get("AuthnRequestsSigned")) == ("true", "true")


def test_our_metadata_shows_the_certificate_for_both_uses_and_never_the_key(connection: Connection) -> None:
    xml = service_provider.service_provider_metadata(with_key(connection))
    uses = [key.get("use") for key in etree.fromstring(xml).iter(f"{MD}KeyDescriptor")]
    assert uses == ["signing", "encryption"]
    assert key_pair("sp").body.encode() in xml
    assert connection.sp_private_key[40:90].encode() not in xml


def test_our_metadata_without_a_key_shows_no_certificate(connection: Connection) -> None:
    assert b"KeyDescriptor" not in service_provider.service_provider_metadata(connection)


def test_our_metadata_takes_logout_messages_by_both_bindings(connection: Connection) -> None:
    services = list(
        etree.fromstring(service_provider.service_provider_metadata(with_key(connection))).iter(
            f"{MD}SingleLogoutService"
        )
    )
    assert [item.get("Binding", "").rpartition(":")[2] for item in services] == ["HTTP-Redirect", "HTTP-POST"]
    assert {item.get("Location") for item in services} == {service_provider.acs_url(connection).replace("/acs", "/slo")}


def test_our_metadata_without_a_key_names_no_logout(connection: Connection) -> None:
    assert b"SingleLogoutService" not in service_provider.service_provider_metadata(connection)


def test_our_own_metadata_is_not_an_identity_providers(connection: Connection) -> None:
    with pytest.raises(MetadataError, match="a service provider's metadata"):
        read_metadata(service_provider.service_provider_metadata(connection))


def test_an_answer_becomes_claims(connection: Connection) -> None:
    claims = read(connection)
    assert (claims.connection_id, claims.email, claims.first_name) == (connection.id, "bob@acme.example", "Bob")
    assert claims.subject.endswith("/0b6bd2a4-6a1f-4b5c-9d2c-3f1d7f0ae901")
    assert claims.space_names == ("Trial,DevOps",)
    assert claims.user_names == ("bob.becker@acme.example", "bob@acme.example")
    assert len(claims.group_ids or ()) == 2


def test_groups_too_many_for_entra_are_overage(connection: Connection) -> None:
    assert read(connection, shape="groups-link").groups_overage


def test_an_attribute_name_that_never_arrives_is_remarked(connection: Connection) -> None:
    connection.attribute_names = {"space_name": "team"}
    assert any("“team”, which did not arrive" in remark for remark in read(connection).remarks)


def test_an_encrypted_answer_is_opened_with_the_connections_key(connection: Connection) -> None:
    claims = read(with_key(connection), encrypted_for=key_pair("sp").certificate)
    assert claims.email == "bob@acme.example"


def test_a_connection_with_an_unreadable_certificate_is_refused_in_a_sentence(connection: Connection) -> None:
    connection.idp_certificates = "gone"
    with pytest.raises(LoginRefused, match="Read the identity provider's metadata again"):
        read(connection)


def test_a_form_without_a_response_is_refused(connection: Connection) -> None:
    with pytest.raises(LoginRefused):
        service_provider.read_answer(connection, {}, SignInTransaction(connection=connection, request_id=REQUEST_ID))


def test_an_answer_for_one_account_is_refused_by_every_other_connection(cast: Cast) -> None:
    """Even with the same IdP and key on both, as with one Entra tenant serving two accounts (check 18)."""
    ours, theirs = entra(cast), entra(cast, cast.globex)
    transaction = SignInTransaction(connection=theirs, request_id=REQUEST_ID)
    with pytest.raises(LoginRefused, match="one for"):
        service_provider.read_answer(theirs, answer(ours), transaction)


def test_two_thousand_groups_fit(connection: Connection) -> None:
    groups = [f"6c3a1d2e-51a4-4f0b-9a43-{number:012d}" for number in range(2000)]

    def fill(root: Element) -> None:
        set_attribute(root, "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", groups)

    assert read(connection, edit=fill).group_ids == tuple(groups)


def test_pysaml2_is_imported_only_when_it_is_needed() -> None:
    module = "accounts.sso.saml.service_provider"
    code = f"import django, sys; django.setup(); import {module}; sys.exit('saml2' in sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "torque_sso.settings", "PATH": ""}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
