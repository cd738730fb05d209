"""Each time that an identity provider's message holds, with each time there should not be: understood or refused."""

import base64
import re
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import Client
from hypothesis import HealthCheck, given, settings

from accounts.connections.certificates import certificates
from accounts.connections.provider.saml_metadata import read_metadata
from accounts.models import SignedInSession, User
from accounts.sso.logout import oidc_views
from accounts.sso.refusal import LoginRefused
from tests.support import oidc_messages, saml_logout_messages, saml_reading
from tests.support.cast import Cast
from tests.support.dates import NUMBERS, TEXTS, any_number, any_text
from tests.support.factories import saml_connection
from tests.support.idp_metadata import published
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.oidc_messages import NOW, Provider, at, sign
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import response, setting

XML_TEXTS = [text for text in TEXTS if "\0" not in text]
SAML_TIMES = [
    ("/p:Response", "IssueInstant"),
    ("//a:Assertion", "IssueInstant"),
    ("//a:Conditions", "NotBefore"),
    ("//a:Conditions", "NotOnOrAfter"),
    ("//a:SubjectConfirmationData", "NotBefore"),
    ("//a:SubjectConfirmationData", "NotOnOrAfter"),
    ("//a:AuthnStatement", "AuthnInstant"),
    ("//a:AuthnStatement", "SessionNotOnOrAfter"),
]
NEVER = "9999-12-31T23:59:59.9999999Z"  # as .NET writes it


@pytest.mark.parametrize(("path", "name"), SAML_TIMES)
def test_a_saml_response_is_read_or_refused(path: str, name: str) -> None:
    for text in XML_TEXTS:
        with suppress(LoginRefused):
            saml_reading.read(response(edit=setting(path, name, text)))


@settings(max_examples=20, deadline=None)
@given(any_text)
def test_a_saml_response_with_any_text_as_a_time_is_read_or_refused(text: str) -> None:
    text = re.sub(r"[^\t\n -\ud7ff\ue000-\ufffd]", "", text)
    for path, name in SAML_TIMES:
        with suppress(LoginRefused):
            saml_reading.read(response(edit=setting(path, name, text)))


@pytest.mark.django_db
def test_a_session_without_end_at_the_identity_provider_ends_here(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(timezone="Pacific/Kiritimati")
    journey = SamlJourney(signed_connection(cast.acme))
    endless = setting("//a:AuthnStatement", "SessionNotOnOrAfter", NEVER)
    assert journey.log_in(edit=endless).headers["Location"] == "/"
    assert SignedInSession.objects.get().ends_at.year < 2100
    assert journey.browser.get("/profile").status_code == 200


@pytest.mark.parametrize("name", ["IssueInstant", "NotOnOrAfter"])
def test_a_logout_request_is_read_or_refused(name: str) -> None:
    for text in XML_TEXTS:
        message = saml_logout_messages.logout_message(edit=setting("/p:LogoutRequest", name, text))
        with suppress(LoginRefused):
            saml_logout_messages.read(saml_logout_messages.came(message, "post"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["exp", "iat", "nbf", "auth_time"])
def test_an_id_token_is_read_or_refused(entra: Provider, name: str) -> None:
    for value in NUMBERS:
        with suppress(LoginRefused):
            entra.read(id_token=sign({**entra.payload(), name: value}))


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_number)
def test_an_id_token_with_any_number_as_a_time_is_read_or_refused(entra: Provider, value: Any) -> None:
    for name in ("exp", "iat", "nbf", "auth_time"):
        with suppress(LoginRefused):
            entra.read(id_token=sign({**entra.payload(), name: value}))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_a_logout_token_is_read_or_refused(okta: Provider, name: str) -> None:
    okta.claims = oidc_messages.shape("okta/oidc/logout.json")
    good = okta.payload(nonce=None, nbf=None, exp=at(minutes=2))
    for value in NUMBERS:
        with suppress(LoginRefused):
            oidc_views.read_token(okta.connection, sign({**good, name: value}, typ="logout+jwt"), NOW)


@pytest.mark.parametrize("name", ["validUntil", "cacheDuration"])
def test_metadata_is_read_whatever_it_says_of_its_own_life(name: str) -> None:
    """It is read again every hour, so nothing is kept longer because of it."""
    for text in XML_TEXTS:
        document = published("idp").replace(b"entityID=", f'{name}="{text}" entityID='.encode(), 1)
        assert read_metadata(document).certificates == (key_pair("idp").certificate,)


def certificate(end: bytes) -> str:
    """A certificate that ends at a GeneralizedTime of 15 characters; its signature is over another one."""
    key = key_pair("idp").private_key
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    never = datetime(9999, 12, 31, 23, 59, 59)  # in UTC, as the builder takes it
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = builder.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(never)
    der = built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER).replace(b"99991231235959Z", end)
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


@pytest.mark.django_db
@pytest.mark.parametrize("end", [b"99991231235959Z", b"00010101000000Z"])
def test_a_certificate_at_the_end_of_time_is_shown_everywhere(cast: Cast, end: bytes) -> None:
    User.objects.filter(pk=cast.alice.pk).update(timezone="Pacific/Kiritimati" if end[0] == ord("9") else "Etc/GMT+12")
    connection = saml_connection(cast.acme, idp_certificates=key_pair("idp").certificate)
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    assert browser.post(f"/sso/{connection.pk}/certificates", {"text": certificate(end)}).status_code == 302
    assert browser.get(f"/sso/{connection.pk}/certificates").status_code == 200
    assert browser.get("/sso").status_code == 200


@pytest.mark.parametrize("end", [b"00000101000000Z", b"99991332235959Z", b"9999123123595AZ"])
def test_a_certificate_with_an_end_that_is_none_is_refused(end: bytes) -> None:
    with pytest.raises(certificates.CertificateError, match="a damaged one"):
        certificates.stored_certificates(certificate(end))
