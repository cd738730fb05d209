"""Logout tokens (Back-Channel Logout 1.0): the good ones are understood, each mutant is refused for its own reason."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.sso.logout import oidc_views
from accounts.sso.logout.oidc_views import Logout
from accounts.sso.refusal import LoginRefused
from tests.support import oidc_messages
from tests.support.factories import OID, TENANT
from tests.support.oidc_messages import NOW, Provider, at, jwk, rsa_key, sign

EVENT = "http://schemas.openid.net/event/backchannel-logout"
GOOD = oidc_messages.shape("okta/oidc/logout.json")


@pytest.fixture
def idp(okta: Provider) -> Provider:
    okta.claims = GOOD
    return okta


def token(idp: Provider, *, header: dict[str, Any] | None = None, key: Any = None, **changes: Any) -> str:
    """A logout token as a provider makes it, with these claims changed; None leaves one out."""
    changes = {"nonce": None, "nbf": None, "exp": at(minutes=2)} | changes
    return sign(idp.payload(**changes), key=key, **{"typ": "logout+jwt"} | (header or {}))


def read(idp: Provider, compact: object) -> Logout:
    return oidc_views.read_token(idp.connection, compact, NOW)


def refusal_of(idp: Provider, compact: object) -> str:
    with pytest.raises(LoginRefused) as refusal:
        read(idp, compact)
    return refusal.value.code


def test_it_names_the_session_and_the_person(idp: Provider) -> None:
    found = read(idp, token(idp))
    assert (found.idp_session, found.subject) == (GOOD["sid"], "00u1dana")
    assert found.message_id.endswith(GOOD["jti"])


@pytest.mark.parametrize("typ", ["logout+jwt", "LOGOUT+JWT", "JWT", None])
def test_the_type_may_be_its_own_or_the_common_one_or_absent(idp: Provider, typ: str | None) -> None:
    assert read(idp, token(idp, header={"typ": typ})).idp_session == GOOD["sid"]


@pytest.mark.parametrize("left_out", ["sid", "sub"])
def test_one_of_session_and_person_is_enough(idp: Provider, left_out: str) -> None:
    assert read(idp, token(idp, **{left_out: None}))


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": "https://evil.example"}, "oidc-issuer"),
    "no issuer": ({"iss": None}, "oidc-issuer"),
    "another audience": ({"aud": "0oa2"}, "oidc-audience"),
    "no audience": ({"aud": None}, "oidc-audience"),
    "expired": ({"iat": at(minutes=-10), "exp": at(minutes=-5)}, "oidc-expired"),
    "no end": ({"exp": None}, "oidc-time-claim"),
    "no time of issue": ({"iat": None}, "oidc-time-claim"),
    "issued in the future": ({"iat": at(minutes=10), "exp": at(minutes=12)}, "oidc-not-yet-valid"),
    "issued long ago": ({"iat": at(hours=-3), "exp": at(hours=3)}, "oidc-too-old"),
    "a nonce": ({"nonce": "n-1"}, "logout-nonce"),
    "no events": ({"events": None}, "logout-events"),
    "another event": ({"events": {"http://schemas.openid.net/event/other": {}}}, "logout-events"),
    "events as a list": ({"events": [EVENT]}, "logout-events"),
    "an event that is no object": ({"events": {EVENT: True}}, "logout-events"),
    "nobody": ({"sub": None, "sid": None}, "logout-nobody"),
    "an empty session": ({"sid": ""}, "oidc-subject"),
    "a session that is a number": ({"sid": 7}, "oidc-subject"),
    "a person that is a list": ({"sub": ["00u1dana"]}, "oidc-subject"),
    "no identifier": ({"jti": None}, "oidc-subject"),
}


@pytest.mark.parametrize(("changes", "code"), CLAIMS.values(), ids=CLAIMS)
def test_a_wrong_claim_is_refused(idp: Provider, changes: dict[str, Any], code: str) -> None:
    assert refusal_of(idp, token(idp, **changes)) == code


HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "no signature": ({"alg": "none"}, "oidc-malformed"),
    "a shared secret": ({"alg": "HS256"}, "oidc-algorithm"),
    "another algorithm": ({"alg": "PS256"}, "oidc-algorithm"),
    "another type": ({"typ": "at+jwt"}, "oidc-token-type"),
    "no key named": ({"kid": None}, "oidc-key-id"),
    "a key nobody knows": ({"kid": "second"}, "oidc-unknown-key"),
    "a critical extension": ({"crit": ["exp"]}, "oidc-critical-header"),
}


@pytest.mark.parametrize(("header", "code"), HEADERS.values(), ids=HEADERS)
def test_a_wrong_header_is_refused(idp: Provider, header: dict[str, Any], code: str) -> None:
    key = b"okta-client-secret" if header.get("alg") == "HS256" else None
    assert refusal_of(idp, token(idp, header=header, key=key)) == code


def test_a_signature_by_another_key_is_refused(idp: Provider) -> None:
    with pytest.raises(LoginRefused, match="a signature that this key did not make"):
        read(idp, token(idp, key=rsa_key("second")))


@pytest.mark.parametrize("compact", [None, "", "a.b", "x" * 300_000])
def test_what_is_no_token_is_refused(idp: Provider, compact: object) -> None:
    with pytest.raises(LoginRefused, match="logout token"):
        read(idp, compact)


def test_an_id_token_is_no_logout_token(okta: Provider) -> None:
    assert refusal_of(okta, okta.token()) == "logout-events"


def test_a_logout_token_is_no_id_token(idp: Provider) -> None:
    with pytest.raises(LoginRefused) as refusal:
        idp.read(id_token=token(idp, header={"typ": "JWT"}))
    assert refusal.value.code == "oidc-flow"  # Okta's connection is one by code; the nonce says it elsewhere
    idp.connection.flow = "id_token"
    with pytest.raises(LoginRefused) as refusal:
        idp.read(id_token=token(idp, header={"typ": "JWT"}))
    assert refusal.value.code == "oidc-nonce"


def test_a_key_published_since_is_fetched_once(idp: Provider) -> None:
    read(idp, token(idp))
    idp.publish("keys", {"keys": [jwk(), jwk("second")]})
    asked = idp.web.count("/keys")
    for _ in range(3):
        read(idp, token(idp, header={"kid": "second"}, key=rsa_key("second")))
    assert idp.web.count("/keys") == asked + 1


def test_a_provider_whose_keys_cannot_be_had_is_shown_so(idp: Provider) -> None:
    idp.web.pages.clear()
    assert refusal_of(idp, token(idp)) == "idp-unreachable"


def test_an_entra_person_is_named_by_tenant_and_object(entra: Provider) -> None:
    entra.claims = {**GOOD, "tid": TENANT, "oid": OID}
    assert read(entra, token(entra, sid=None)).subject == f"{TENANT}/{OID}"


def test_an_entra_person_cannot_be_found_by_sub_alone(entra: Provider) -> None:
    entra.claims = GOOD
    assert read(entra, token(entra)).subject == ""
    with pytest.raises(LoginRefused, match="tid and oid"):
        read(entra, token(entra, sid=None))


def test_its_use_is_remembered_until_it_would_be_refused_anyway(idp: Provider) -> None:
    remembered = read(idp, token(idp)).message_expires_at - NOW
    assert timedelta(minutes=2) <= remembered <= timedelta(minutes=7)
