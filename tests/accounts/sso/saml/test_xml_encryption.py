"""Encrypted assertions (`protocol.md` 8.4 check 16): the signature rules hold inside, and all failures look alike."""

import base64
from typing import Any

import pytest
from lxml import etree

from tests.support.saml_encryption import AES128_CBC, AES128_GCM, AES256_CBC, OAEP_SHA256, RSA_1_5, TRIPLE_DES, encrypt
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import (
    Edit,
    Element,
    adding,
    assertion,
    encode,
    find,
    removing,
    repeating,
    response,
    setting,
    unsigned,
    writing,
)
from tests.support.saml_reading import code, refusal
from tests.support.saml_signing import Signing, sign

pytestmark = pytest.mark.usefixtures("no_outgoing_request")

XENC = "http://www.w3.org/2001/04/xmlenc#"
DATA = "//*[local-name()='EncryptedData']"
KEY = "//*[local-name()='EncryptedKey']"


def sealed(outside: Edit | None = None, algorithm: str = AES256_CBC, **options: Any) -> str:
    """An assertion sealed for us; `outside` changes what is around the ciphertext."""
    encryption = {"algorithm": algorithm}
    return response(encrypted_for=key_pair("sp").certificate, encryption=encryption, edit_signed=outside, **options)


def sealed_code(message: str, **changes: Any) -> str:
    return code(message, decryption_key=key_pair("sp").private_pem, **changes)


def test_without_a_key_on_the_connection_the_admin_is_shown_to_make_one() -> None:
    assert "Make a key for the connection" in refusal(sealed()).next_step


@pytest.mark.parametrize("algorithm", [AES256_CBC, AES128_GCM])
def test_a_wrong_key_noise_and_a_changed_ciphertext_give_the_same_refusal(algorithm: str) -> None:
    ours, other = key_pair("sp").private_pem, key_pair("other").private_pem
    noise = writing(f"{DATA}/*[local-name()='CipherData']/*", "A" * 400)
    short = writing(f"{DATA}/*[local-name()='CipherData']/*", "AAAA")
    found = {
        refusal(sealed(algorithm=algorithm), decryption_key=other).args,
        refusal(sealed(noise, algorithm), decryption_key=ours).args,
        refusal(sealed(short, algorithm), decryption_key=ours).args,
        refusal(sealed(writing(f"{KEY}//*[local-name()='CipherValue']", "AAAA"), algorithm), decryption_key=ours).args,
    }
    assert [code for code, *_ in found] == ["saml-decryption"]


@pytest.mark.parametrize("fill", [0, 17, 255])
def test_padding_that_cannot_be_is_refused_like_everything_else(fill: int) -> None:
    message = response(encrypted_for=key_pair("sp").certificate, encryption={"fill": fill})
    assert sealed_code(message) == "saml-decryption"


def test_a_content_without_a_single_block_is_refused() -> None:
    vector = base64.b64encode(bytes(16)).decode()
    assert sealed_code(sealed(writing(f"{DATA}/*[local-name()='CipherData']/*", vector))) == "saml-decryption"


def test_a_key_of_another_length_than_the_algorithms_is_refused() -> None:
    claim = setting("//*[local-name()='EncryptedData']/*[local-name()='EncryptionMethod']", "Algorithm", AES128_CBC)
    assert sealed_code(sealed(claim)) == "saml-decryption"


@pytest.mark.parametrize(
    "edit",
    [
        adding(f"{KEY}/*[local-name()='EncryptionMethod']", f"{{{XENC}}}OAEPparams"),
        setting("//ds:DigestMethod", "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        setting("//*[local-name()='MGF']", "Algorithm", "urn:example:mask"),
    ],
    ids=["a label", "an unknown digest", "an unknown mask"],
)
def test_unknown_parameters_of_the_key_transport_are_refused(edit: Edit) -> None:
    certificate = key_pair("sp").certificate
    message = response(encrypted_for=certificate, encryption={"transport": OAEP_SHA256}, edit_signed=edit)
    assert sealed_code(message) == "saml-decryption"


def test_triple_des_is_refused() -> None:
    swap = "//*[local-name()='EncryptedData']/*[local-name()='EncryptionMethod']"

    def claim(root: Element) -> None:
        find(root, swap).set("Algorithm", TRIPLE_DES)

    assert sealed_code(sealed(claim)) == "saml-encryption-algorithm"


def test_the_old_rsa_padding_is_refused_before_it_is_tried() -> None:
    sp = key_pair("sp")
    message = response(encrypted_for=sp.certificate, encryption={"transport": RSA_1_5})
    assert sealed_code(message) == "saml-encryption-algorithm"


@pytest.mark.parametrize(
    "edit",
    [repeating(KEY), removing(KEY), repeating(DATA), removing(DATA), removing(f"{KEY}//*[local-name()='CipherValue']")],
    ids=["two keys", "no key", "two contents", "no content", "no cipher value"],
)
def test_parts_missing_or_twice_are_refused(edit: Edit) -> None:
    assert sealed_code(sealed(edit)) == "saml-encryption-shape"


def test_a_reference_to_a_ciphertext_elsewhere_is_not_followed() -> None:
    def refer(root: Element) -> None:
        data = find(root, f"{DATA}/*[local-name()='CipherData']")
        data.remove(data[0])
        adding(f"{DATA}/*[local-name()='CipherData']", f"{{{XENC}}}CipherReference")(root)
        data[0].set("URI", "http://evil.example/")

    assert sealed_code(sealed(refer)) == "saml-encryption-shape"


def test_an_unsigned_assertion_inside_is_refused() -> None:
    assert sealed_code(sealed(signed="none")) == "saml-unsigned"


def test_the_responses_signature_is_not_enough_unless_the_connection_says_so() -> None:
    assert sealed_code(sealed(signed="response")) == "saml-unsigned"


def test_no_signature_at_all_is_refused_even_where_the_responses_would_be_enough() -> None:
    message = sealed(signed="none")
    assert sealed_code(message, accept_response_signature_over_encryption=True) == "saml-unsigned"


def test_a_wrong_signature_inside_is_refused_even_where_the_responses_would_be_enough() -> None:
    def sign_wrongly(root: Element) -> None:
        sign(assertion(root), Signing(key="attacker"))

    message = sealed(signed="response", edit=sign_wrongly)
    assert sealed_code(message, accept_response_signature_over_encryption=True) == "saml-signature"


def test_anybody_can_encrypt_so_a_foreign_signature_inside_is_refused() -> None:
    assert sealed_code(sealed(signing=Signing(key="attacker"))) == "saml-signature"


def test_two_assertions_one_of_them_encrypted_are_refused() -> None:
    message = sealed(adding("/p:Response", "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion"))
    assert sealed_code(message) == "saml-shape"


def test_an_assertion_hidden_in_the_encrypted_one_is_refused() -> None:
    def hide(root: Element) -> None:
        adding("//a:AttributeValue", "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")(root)

    assert sealed_code(sealed(edit=hide)) == "saml-decryption"


def test_something_else_than_an_assertion_inside_is_refused() -> None:
    root = unsigned("entra")
    element = assertion(root)
    element.tag = "{urn:oasis:names:tc:SAML:2.0:assertion}Advice"
    encrypt(element, key_pair("sp").certificate)
    assert sealed_code(encode(etree.tostring(root))) == "saml-decryption"
