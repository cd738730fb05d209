"""Advisories about ID tokens, for OpenID Connect: rows 16, 21, 23, 28, 34 and 35."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accounts.models import User
from tests.advisories.outside import refused_oidc, signed_in_as
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney
from tests.support.oidc_messages import Provider, Web, b64, jwk, number, rsa_key, shape, sign

pytestmark = pytest.mark.django_db
VICTIM = "alice@acme.example"


def test_16_the_token_that_is_changed_here_signs_in_as_it_is(oidc: OidcJourney) -> None:
    assert oidc.log_in(email=VICTIM, preferred_username=VICTIM).status_code == 303
    assert signed_in_as(oidc.browser) == VICTIM


NOW = int(time.time())
IGNORED: dict[str, tuple[dict[str, Any], str]] = {
    "another audience": ({"aud": "other"}, "oidc-audience"),
    "no audience": ({"aud": None}, "oidc-audience"),
    "an audience that contains ours": ({"aud": "11111111-2222-3333-4444-555555555555-x"}, "oidc-audience"),
    "another party": ({"azp": "other"}, "oidc-authorized-party"),
    "over": ({"exp": NOW - 3600, "iat": NOW - 7000, "nbf": NOW - 7000}, "oidc-expired"),
    "never over": ({"exp": None}, "oidc-time-claim"),
    "over as text": ({"exp": "9999999999"}, "oidc-time-claim"),
    "not yet": ({"nbf": NOW + 3600}, "oidc-not-yet-valid"),
    "from the future": ({"iat": NOW + 3600, "nbf": NOW}, "oidc-issued-in-future"),
    "another issuer": ({"iss": "https://login.microsoftonline.com/other/v2.0"}, "oidc-issuer"),
    "another sign-in": ({"nonce": "another"}, "oidc-nonce"),
    "no sign-in": ({"nonce": None}, "oidc-nonce"),
    "another tenant": ({"tid": "00000000-0000-0000-0000-000000000000"}, "oidc-tenant"),
}


@pytest.mark.parametrize(("changes", "code"), IGNORED.values(), ids=IGNORED)
def test_16_one_claim_that_does_not_hold_refuses(oidc: OidcJourney, changes: dict[str, Any], code: str) -> None:
    asked = oidc.start()
    assert refused_oidc(oidc, oidc.token(asked, **changes), asked) == code


def test_16_the_tenant_of_the_issuer_is_the_tenant(cast: Cast, web: Web) -> None:
    """Also where the connection was made without a tenant ID."""
    connection = oidc_connection(cast.acme, tenant_id="")
    journey = OidcJourney(Provider(connection, web, shape("entra/oidc/member.json")))
    asked = journey.start()
    token = journey.token(asked, tid="00000000-0000-0000-0000-000000000000")
    assert refused_oidc(journey, token, asked) == "oidc-tenant"


@pytest.mark.parametrize("changes", [{"use": "enc"}, {"use": "SIG"}, {"use": ["sig"]}, {"alg": "RSA-OAEP"}])
def test_21_a_published_key_of_another_use_does_not_sign(oidc: OidcJourney, changes: dict[str, Any]) -> None:
    oidc.provider.publish("keys", {"keys": [jwk("first", **changes), jwk("second")]})
    asked = oidc.start()
    code = refused_oidc(oidc, oidc.token(asked), asked)
    assert code in {"oidc-unknown-key", "oidc-provider", "oidc-provider-documents"}


def linking(cast: Cast, web: Web, vendor: str) -> OidcJourney:
    """At a provider that nobody of Acme has logged in through yet."""
    if vendor == "entra":
        return OidcJourney(Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json")))
    issuer = {"issuer": f"https://{vendor}.idp.example", "tenant_id": ""}
    connection = oidc_connection(cast.acme, vendor=vendor, **issuer)
    return OidcJourney(Provider(connection, web, {"sub": "00u1dana", "email_verified": True}))


NOT_VERIFIED: list[Any] = [False, "false", "False", 0, "0"]


@pytest.mark.parametrize("vendor", ["entra", "okta", "other"])
@pytest.mark.parametrize("verified", NOT_VERIFIED, ids=repr)
def test_23_an_email_that_is_not_verified_links_nobody(cast: Cast, web: Web, vendor: str, verified: Any) -> None:
    journey = linking(cast, web, vendor)
    names = {"email": cast.petra.email, "preferred_username": cast.petra.email}
    journey.log_in(**names, email_verified=verified)
    assert signed_in_as(journey.browser) != cast.petra.email
    assert User.objects.get(pk=cast.petra.pk).state == "pending"


def test_23_an_email_of_which_another_provider_says_nothing_links_nobody(cast: Cast, web: Web) -> None:
    journey = linking(cast, web, "other")
    journey.log_in(email=cast.petra.email, preferred_username=cast.petra.email, email_verified=None)
    assert User.objects.get(pk=cast.petra.pk).state == "pending"


@pytest.mark.parametrize("vendor", ["entra", "okta", "other"])
def test_23_an_unclear_word_on_the_email_links_nobody(cast: Cast, web: Web, vendor: str) -> None:
    for verified in ([], {}, [False], "", "yes please", "null", 2):
        journey = linking(cast, web, vendor)
        journey.log_in(email=cast.petra.email, preferred_username=cast.petra.email, email_verified=verified)
        assert User.objects.get(pk=cast.petra.pk).state == "pending", verified


GUESTS: dict[str, dict[str, Any]] = {
    "acct": {"acct": 1},
    "acct as text": {"acct": "1"},
    "another tenant's provider": {"idp": "https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/"},
    "a social provider": {"idp": "live.com"},
    "a made-up name": {"preferred_username": "petra_acme.example#EXT#@partner.onmicrosoft.com"},
    "a made-up UPN": {"upn": "petra_acme.example#ext#@partner.onmicrosoft.com"},
}


@pytest.mark.parametrize("claims", GUESTS.values(), ids=GUESTS)
def test_23_a_guest_of_the_tenant_links_nobody(cast: Cast, web: Web, claims: dict[str, Any]) -> None:
    """Whose e-mail another tenant's admin can set to anything."""
    journey = linking(cast, web, "entra")
    journey.log_in(**{"email": cast.petra.email, "preferred_username": cast.petra.email, **claims})
    assert User.objects.get(pk=cast.petra.pk).state == "pending"


def test_23_entras_word_that_the_domain_is_not_verified_links_nobody(cast: Cast, web: Web) -> None:
    journey = linking(cast, web, "entra")
    for says in (False, "false", 0, "0"):
        journey.log_in(email=cast.petra.email, preferred_username="x", xms_edov=says)
        assert User.objects.get(pk=cast.petra.pk).state == "pending"


def test_23_a_verified_email_links(cast: Cast, web: Web) -> None:
    journey = linking(cast, web, "other")
    journey.log_in(email=cast.petra.email, email_verified=True)
    assert signed_in_as(journey.browser) == cast.petra.email


SHOWN = {
    "jwk": {"jwk": jwk("attacker")},
    "jku": {"jku": "https://evil.example/keys"},
    "x5u": {"x5u": "https://evil.example/certificate"},
    "x5c": {"x5c": ["AAAA"]},
    "kid as an address": {"kid": "https://evil.example/keys#first"},
    "kid as a path": {"kid": "../../../../dev/null"},
    "no kid": {"kid": None},
}


@pytest.mark.parametrize("header", SHOWN.values(), ids=SHOWN)
def test_28_a_key_in_the_token_is_not_believed(oidc: OidcJourney, header: dict[str, Any]) -> None:
    asked = oidc.start()
    token = sign(oidc.claims(asked), key=rsa_key("attacker"), **header)
    assert refused_oidc(oidc, token, asked).startswith("oidc-")
    assert not any("evil" in url for url, _ in oidc.provider.web.requests)


def ec_token(payload: dict[str, Any], key: ec.EllipticCurvePrivateKey, alg: str, **header: Any) -> str:
    head = b64(json.dumps({"alg": alg, "typ": "JWT", "kid": "first", **header}).encode())
    message = f"{head}.{b64(json.dumps(payload).encode())}"
    r, s = decode_dss_signature(key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{message}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def ec_jwk(key: ec.EllipticCurvePrivateKey, **changes: Any) -> dict[str, Any]:
    public = key.public_key().public_numbers()
    own = {"kty": "EC", "crv": "P-256", "use": "sig", "kid": "first", "x": number(public.x), "y": number(public.y)}
    return own | changes


@pytest.mark.parametrize("published", [{"alg": "RS256"}, {"kty": "RSA", "alg": "RS256"}, {"n": "AQAB", "e": "AQAB"}])
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_34_an_elliptic_curve_key_called_rs256_verifies_nothing(
    oidc: OidcJourney, published: dict[str, Any], alg: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    oidc.provider.publish("keys", {"keys": [ec_jwk(key, **published), jwk("second")]})
    asked = oidc.start()
    assert refused_oidc(oidc, ec_token(oidc.claims(asked), key, alg), asked).startswith("oidc-")


def test_34_the_public_key_is_no_shared_secret(oidc: OidcJourney) -> None:
    public = rsa_key("first").public_key()
    for secret in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(jwk("first")).encode(),
    ):
        asked = oidc.start()
        assert refused_oidc(oidc, sign(oidc.claims(asked), key=secret, alg="HS256"), asked) == "oidc-algorithm"


def test_34_a_shared_secret_that_is_published_verifies_nothing(oidc: OidcJourney) -> None:
    """A key of kind `oct` under the name and algorithm of the real one."""
    shared = {"kty": "oct", "kid": "first", "alg": "RS256", "use": "sig", "k": b64(b"known"), "n": "AQAB", "e": "AQAB"}
    oidc.provider.publish("keys", {"keys": [shared, jwk("second")]})
    for alg in ("RS256", "HS256"):
        asked = oidc.start()
        head = b64(json.dumps({"alg": alg, "typ": "JWT", "kid": "first"}).encode())
        message = f"{head}.{b64(json.dumps(oidc.claims(asked)).encode())}"
        forged = f"{message}.{b64(hmac.new(b'known', message.encode(), hashlib.sha256).digest())}"
        assert refused_oidc(oidc, forged, asked).startswith("oidc-")


CRITICAL: dict[str, dict[str, Any]] = {
    "unknown": {"crit": ["x-unknown"], "x-unknown": True},
    "b64": {"crit": ["b64"], "b64": False},
    "b64 alone": {"b64": False},
    "empty": {"crit": []},
    "exp": {"crit": ["exp"]},
    "no list": {"crit": "exp"},
}


@pytest.mark.parametrize("header", CRITICAL.values(), ids=CRITICAL)
def test_34_a_critical_header_is_not_passed_over(oidc: OidcJourney, header: dict[str, Any]) -> None:
    asked = oidc.start()
    assert refused_oidc(oidc, sign(oidc.claims(asked), **header), asked) == "oidc-critical-header"


@pytest.mark.parametrize("alg", ["none", "None", "", "RS256 ", "rs256", "RS384", "PS256", ["RS256"]], ids=repr)
def test_34_no_other_algorithm_is_taken(oidc: OidcJourney, alg: Any) -> None:
    asked = oidc.start()
    good = oidc.token(asked)
    head = b64(json.dumps({"alg": alg, "typ": "JWT", "kid": "first"}).encode())
    assert refused_oidc(oidc, f"{head}.{good.partition('.')[2]}", asked) == "oidc-algorithm"


def issuers(issuer: str) -> list[Any]:
    other = "https://evil.example"
    return [[issuer], [issuer, other], [other, issuer], {"0": issuer}, f"{issuer} {other}", f"{issuer}/", "", None]


def test_35_an_issuer_that_is_a_list_or_nearly_ours_is_refused(oidc: OidcJourney) -> None:
    for issuer in issuers(oidc.provider.connection.issuer):
        asked = oidc.start()
        assert refused_oidc(oidc, oidc.token(asked, iss=issuer), asked) == "oidc-issuer", issuer


@pytest.mark.parametrize("signature", ["", "=", "AA", "AAAA", b64(bytes(256)), b64(b"\x01" * 256)])
def test_35_an_empty_signature_is_refused(oidc: OidcJourney, signature: str) -> None:
    asked = oidc.start()
    token = f"{oidc.token(asked).rpartition('.')[0]}.{signature}"
    assert refused_oidc(oidc, token, asked) in {"oidc-malformed", "oidc-signature"}


def test_35_a_token_in_json_form_is_refused(oidc: OidcJourney) -> None:
    """RFC 7515 section 7.2: several signatures, or none."""
    asked = oidc.start()
    head, payload, signature = oidc.token(asked).split(".")
    for signatures in ([], [{"protected": head, "signature": signature}]):
        asked = oidc.start()
        forged = json.dumps({"payload": payload, "signatures": signatures})
        assert refused_oidc(oidc, forged, asked) == "oidc-malformed"
