"""Signatures of every algorithm that a provider lists, by a key that fits it, and by no other (RFC 7518, RFC 8037)."""

import base64
import hashlib
from functools import lru_cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from accounts.connections.provider.token_signatures import ALGORITHMS
from accounts.sso.claims import IdentityClaims
from accounts.sso.logout import oidc_views
from accounts.sso.refusal import LoginRefused
from tests.support.oidc_messages import ACCESS_TOKEN, CODE, NOW, Provider, b64, jwk, rsa_key, shape, sign

DISCOVERY = ".well-known/openid-configuration"
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]


@lru_cache
def key_for(algorithm: str) -> Any:
    wanted = ALGORITHMS[algorithm]
    if wanted.kty == "EC":
        return ec.generate_private_key(CURVES[wanted.curve])
    return ed25519.Ed25519PrivateKey.generate() if wanted.kty == "OKP" else rsa_key("first")


def public_jwk(algorithm: str, **changes: Any) -> dict[str, Any]:
    public: dict[str, Any] = ALGORITHMS[algorithm].verifier.to_jwk(key_for(algorithm).public_key(), as_dict=True)
    made = {name: value for name, value in public.items() if name != "key_ops"} | {"kid": "first", "use": "sig"}
    return {name: value for name, value in (made | changes).items() if value is not None}


def lists(provider: Provider, *algorithms: str, keys: list[Any] | None = None) -> Provider:
    provider.publish(DISCOVERY, provider.discovery(id_token_signing_alg_values_supported=list(algorithms)))
    provider.publish("keys", {"keys": keys or [public_jwk(algorithms[0])]})
    return provider


def log_in(provider: Provider, algorithm: str, **header: Any) -> IdentityClaims:
    token = sign(provider.payload(), key=key_for(algorithm), **{"alg": algorithm, **header})
    return provider.read(id_token=token)


def refused(provider: Provider, algorithm: str, **header: Any) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        log_in(provider, algorithm, **header)
    return caught.value


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_algorithm_that_the_provider_lists_logs_in(entra: Provider, algorithm: str) -> None:
    assert log_in(lists(entra, algorithm), algorithm).email == "dana@acme.example"


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name != "RS256"])
def test_one_that_it_does_not_list_is_refused(entra: Provider, algorithm: str) -> None:
    refusal = refused(lists(entra, "RS256", keys=[jwk(), public_jwk(algorithm)]), algorithm)
    assert (refusal.code, refusal.expected) == ("oidc-algorithm", "a signature with RS256")


def test_rs256_is_refused_where_another_is_listed(entra: Provider) -> None:
    refusal = refused(lists(entra, "ES256", "PS256", keys=[jwk(), public_jwk("ES256")]), "RS256")
    assert (refusal.code, refusal.expected) == ("oidc-algorithm", "a signature with PS256 or ES256")


@pytest.mark.parametrize("listed", [None, "ES256", [], ["HS256", "none"], [["ES256"]], {"ES256": 1}])
def test_a_list_that_names_none_of_them_means_rs256(entra: Provider, listed: Any) -> None:
    entra.publish(DISCOVERY, entra.discovery(id_token_signing_alg_values_supported=listed))
    assert entra.log_in()


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_shared_secret_is_refused_even_where_it_is_listed(entra: Provider, algorithm: str) -> None:
    lists(entra, "RS256", algorithm)
    token = sign(entra.payload(), alg=algorithm, key=b"client-secret")
    with pytest.raises(LoginRefused) as caught:
        entra.read(id_token=token if algorithm != "none" else token + "c2ln")
    assert caught.value.code == "oidc-algorithm"


WRONG_KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "for encryption": ("ES256", {"use": "enc"}),
    "to sign only": ("ES256", {"key_ops": ["sign"]}),
    "operations that are a text": ("PS256", {"key_ops": "verify"}),
    "of another algorithm": ("PS256", {"alg": "RS256"}),
    "of another curve": ("ES256", {"crv": "P-384"}),
    "of a type that does not fit": ("ES256", {"kty": "RSA"}),
    "a point that is not on the curve": ("ES256", {"x": b64(b"\x01" * 32)}),
    "numbers that are too long": ("EdDSA", {"x": "A" * 5000}),
    "without its numbers": ("ES384", {"y": None}),
    "of Ed448": ("EdDSA", {"crv": "Ed448"}),
}


@pytest.mark.parametrize(("algorithm", "changes"), WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_a_key_that_does_not_fit_verifies_nothing(entra: Provider, algorithm: str, changes: dict[str, Any]) -> None:
    lists(entra, algorithm, keys=[public_jwk(algorithm, **changes), jwk("second")])
    assert refused(entra, algorithm).code == "oidc-unknown-key"


@pytest.mark.parametrize(("signed", "called"), [("ES256", "RS256"), ("RS256", "ES256"), ("RS256", "PS256")])
def test_a_token_that_calls_its_algorithm_something_else_is_refused(entra: Provider, signed: str, called: str) -> None:
    lists(entra, signed, called)
    token = sign(entra.payload(), key=key_for(signed), alg=signed).split(".")
    head = sign(entra.payload(), alg=called, key=key_for(called)).split(".")[0]
    with pytest.raises(LoginRefused) as caught:
        entra.read(id_token=".".join([head, *token[1:]]))
    assert caught.value.code in ("oidc-signature", "oidc-unknown-key")


@pytest.mark.parametrize("algorithm", ["RS256", "ES384", "PS512", "EdDSA"])
def test_at_hash_is_of_the_algorithms_own_hash(okta: Provider, algorithm: str) -> None:
    digest = hashlib.new(ALGORITHMS[algorithm].digest, ACCESS_TOKEN.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    lists(okta, algorithm)
    signed = sign(okta.payload(at_hash=half), key=key_for(algorithm), alg=algorithm)
    okta.publish("token", {"id_token": signed, "access_token": ACCESS_TOKEN})
    assert okta.read(code=CODE)


def test_a_logout_token_is_read_by_the_same_algorithms(okta: Provider) -> None:
    lists(okta, "ES256")
    okta.publish("token", {"id_token": sign(okta.payload(), key=key_for("ES256"), alg="ES256")})
    okta.read(code=CODE)
    events = {oidc_views.EVENT: {}}
    payload = okta.payload(nonce=None, events=events, jti="j1", sid="s1")
    compact = sign(payload, key=key_for("ES256"), alg="ES256", typ="logout+jwt")
    assert oidc_views.read_token(okta.connection, compact, NOW).idp_session == "s1"


def signed_userinfo(okta: Provider, **changes: Any) -> IdentityClaims:
    answer = shape("okta/oidc/userinfo.json") | {"iss": okta.connection.issuer, "aud": okta.connection.client_id}
    named = {"userinfo_signing_alg_values_supported": ["ES256"], "id_token_signing_alg_values_supported": ["RS256"]}
    okta.publish(DISCOVERY, okta.discovery(**named))
    okta.publish("keys", {"keys": [jwk(), public_jwk("ES256", kid="ec")]})
    compact = sign(answer | changes, key=key_for("ES256"), alg="ES256", kid="ec")
    okta.publish("userinfo", compact.encode())
    return okta.log_in_by_code(groups=None)


def test_a_signed_userinfo_answer_is_verified_and_read(okta: Provider) -> None:
    assert signed_userinfo(okta).group_ids == tuple(shape("okta/oidc/userinfo.json")["groups"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.example"}, "oidc-issuer"),
        ({"aud": "another"}, "oidc-audience"),
        ({"sub": "another"}, "oidc-userinfo-subject"),
    ],
)
def test_a_signed_userinfo_answer_of_others_is_refused(okta: Provider, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(LoginRefused) as caught:
        signed_userinfo(okta, **changes)
    assert caught.value.code == code
