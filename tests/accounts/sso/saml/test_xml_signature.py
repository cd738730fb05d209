"""Which certificates, keys and algorithms a signature may be of."""

import pytest

from tests.support.saml_keys import key_pair
from tests.support.saml_messages import (
    response,
)
from tests.support.saml_reading import read
from tests.support.saml_signing import ECDSA_SHA256, EXCLUSIVE, RSA_SHA1, RSA_SHA512, SHA1, SHA512, Signing

pytestmark = pytest.mark.usefixtures("no_outgoing_request")


def test_any_of_several_certificates_may_fit() -> None:
    certificates = (key_pair("idp-before").certificate, key_pair("idp").certificate)
    assert read(response(), certificates=certificates).name_id == "bob@acme.example"


def test_certificates_of_every_kind_may_stand_beside_the_one_that_fits() -> None:
    kinds = ("not a certificate", key_pair("idp").certificate, key_pair("idp-ec").certificate)
    by_ec = response(signing=Signing(key="idp-ec", algorithm=ECDSA_SHA256))
    assert read(by_ec, certificates=kinds).assertion_id == "_a1"
    assert read(response(), certificates=tuple(reversed(kinds))).assertion_id == "_a1"


def test_a_configured_certificate_that_expired_still_counts_because_its_key_is_pinned() -> None:
    message = response(signing=Signing(key="idp-expired"))
    assert read(message, certificates=(key_pair("idp-expired").certificate,)).assertion_id == "_a1"


def test_an_elliptic_curve_key_may_sign() -> None:
    message = response(signing=Signing(key="idp-ec", algorithm=ECDSA_SHA256))
    assert read(message, certificates=(key_pair("idp-ec").certificate,)).assertion_id == "_a1"


def test_sha_512_may_be_used_throughout() -> None:
    assert read(response(signing=Signing(algorithm=RSA_SHA512, digest=SHA512))).assertion_id == "_a1"


def test_sha_1_counts_where_the_connection_allows_it() -> None:
    assert read(response(signing=Signing(algorithm=RSA_SHA1, digest=SHA1)), allow_sha1=True).assertion_id == "_a1"


def test_canonicalization_may_be_named_with_comments_as_there_are_none() -> None:
    message = response(signing=Signing(canonicalization=f"{EXCLUSIVE}WithComments"))
    assert read(message).assertion_id == "_a1"
