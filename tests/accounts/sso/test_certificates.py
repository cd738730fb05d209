"""Certificates as people paste them."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from accounts.sso.certificates import (
    CertificateError,
    certificate_end,
    new_service_provider_key,
    rsa_private_key,
    signers_in,
    stored_certificates,
    usable_certificates,
    weakness,
)
from tests.saml_keys import key_pair


def test_a_pem_certificate_is_read() -> None:
    assert stored_certificates(key_pair("idp").certificate) == (key_pair("idp").certificate,)


def test_several_are_read_each_once_whatever_stands_between() -> None:
    one, two = key_pair("idp").certificate, key_pair("idp-next").certificate
    assert stored_certificates(f"Subject: Okta\r\n{one}\n\n{two}{one}") == (one, two)


def test_bare_base64_is_read_as_okta_and_entra_show_it() -> None:
    assert stored_certificates(f"  {key_pair('idp').body}\n") == (key_pair("idp").certificate,)


def test_an_expired_certificate_is_read_and_its_end_is_known() -> None:
    (pem,) = stored_certificates(key_pair("idp-expired").certificate)
    assert certificate_end(pem) < datetime.now(UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "received nothing"),
        ("see attachment.", "received other text"),
        ("AAAA", "a damaged one"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "a damaged one"),
        ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", "a damaged one"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "a private key"),
    ],
)
def test_what_is_no_certificate_is_told_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(CertificateError, match=words):
        stored_certificates(text)


def test_a_new_key_and_its_certificate_belong_together_and_last_ten_years() -> None:
    private_pem, pem = new_service_provider_key("Torque SSO for Acme")
    private_key = load_pem_private_key(private_pem.encode(), None)
    assert isinstance(private_key, rsa.RSAPrivateKey)
    assert x509.load_pem_x509_certificate(pem.encode()).public_key() == private_key.public_key()
    assert certificate_end(pem) > datetime.now(UTC) + timedelta(days=3600)


def test_more_certificates_than_a_login_can_try_are_refused() -> None:
    with pytest.raises(CertificateError, match="at most 20"):
        stored_certificates("".join(key_pair(f"many-{number}-ec").certificate for number in range(21)))


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        ("weak-1024", "received an RSA key of 1024 bits"),
        ("weak-p224", "received the elliptic curve secp224r1 of 224 bits"),
    ],
)
def test_a_weak_key_is_refused_where_it_comes_in(owner: str, words: str) -> None:
    with pytest.raises(CertificateError, match=f"Expected an RSA key of 2048 to 8192 bits.*{words}"):
        signers_in([key_pair(owner).certificate])


def test_a_weak_key_that_is_stored_is_shown_and_not_used() -> None:
    weak, strong = key_pair("weak-1024").certificate, key_pair("idp").certificate
    assert stored_certificates(weak + strong) == (weak, strong)
    assert usable_certificates(weak + strong) == (strong,)
    assert weakness(weak) == "an RSA key of 1024 bits"


def test_an_elliptic_curve_key_is_none_of_ours() -> None:
    with pytest.raises(ValueError, match="not an RSA key"):
        rsa_private_key(key_pair("idp-ec").private_pem)
