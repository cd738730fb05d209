"""Certificates as people paste them."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from accounts.connections.certificates.certificates import (
    CertificateError,
    Signers,
    certificate_end,
    new_service_provider_key,
    rsa_private_key,
    signers_in,
    stored_certificates,
    usable_certificates,
    weakness,
)
from tests.support.certificate_chains import certificate, chain
from tests.support.saml_keys import key_pair


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
def test_what_is_no_certificate_is_shown_in_a_sentence(text: str, words: str) -> None:
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


# --- Chains -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_a_pasted_chain_only_the_end_signs_and_the_others_are_shown(order: tuple[int, ...]) -> None:
    parts = (chain().leaf, chain().intermediate, chain().root)
    found = signers_in(["".join(parts[place] for place in order)])
    assert found.certificates == (chain().leaf,)
    assert sorted(sentence.split("'")[1] for sentence in found.left_out) == ["intermediate", "root"]


def test_a_chain_in_several_files_is_one_too() -> None:
    assert signers_in([chain().leaf, chain().intermediate]).certificates == (chain().leaf,)


def test_a_weak_authority_does_not_stand_in_the_way_of_the_leaf() -> None:
    weak = chain(root="root-1024")
    assert signers_in([weak.leaf + weak.intermediate + weak.root]).certificates == (weak.leaf,)


def test_a_weak_leaf_is_refused_whoever_issued_it() -> None:
    weak = chain(leaf="leaf-1024")
    with pytest.raises(CertificateError, match="an RSA key of 1024 bits"):
        signers_in([weak.leaf + weak.intermediate + weak.root])


def test_an_authority_beside_a_present_leaf_is_no_signer() -> None:
    with pytest.raises(CertificateError, match=r"certificate that signs logins\. .*'intermediate' was left out"):
        signers_in([chain().intermediate], beside=[chain().leaf])


def test_one_self_signed_authority_stays_for_many_providers_ship_it() -> None:
    alone = certificate("idp", is_authority=True)
    assert signers_in([alone]) == Signers((alone,), ())
    assert signers_in([key_pair("idp").certificate + alone]).left_out == ()


def test_a_certificate_renewed_with_the_same_key_stays_beside_the_old_one() -> None:
    old, new = (certificate("idp", is_authority=True, days=days) for days in (10, 700))
    assert signers_in([old + new]).certificates == (old, new)


def test_two_self_signed_ones_of_the_same_name_both_stay() -> None:
    old, new = (certificate("idp", key=key, is_authority=True) for key in ("idp", "idp-next"))
    assert signers_in([old + new]).certificates == (old, new)


def test_a_name_alone_makes_no_issuer() -> None:
    stranger = certificate("intermediate", key="idp-next", is_authority=True)
    assert signers_in([chain().leaf + stranger]).certificates == (chain().leaf, stranger)
