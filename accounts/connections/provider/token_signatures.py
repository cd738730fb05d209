"""The algorithms that providers sign tokens with, and the public keys that fit each of them.

RFC 7518 section 3.1 and 6, RFC 8037, RFC 9864. Shared secrets (HS*) and `none` are no part of the table: a token signed
like that can be made by anybody who knows what we know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import Algorithm, ECAlgorithm, OKPAlgorithm, RSAAlgorithm, RSAPSSAlgorithm
from jwt.exceptions import PyJWTError

DEFAULT_ALGORITHM = "RS256"  # of OpenID Connect Core 2: every provider has it
SMALLEST_RSA_KEY = 2048  # bits, RFC 7518 section 3.3


@dataclass(frozen=True)
class SignatureAlgorithm:
    """`verifier` is PyJWT's; keys are of type `kty` and, where there are several, of this `curve`.

    `digest`: of `at_hash` and `c_hash` beside it (OpenID Connect Core 3.1.3.6), by hashlib's name.
    """

    verifier: Algorithm
    kty: str
    curve: str
    digest: str


def _rsa(kind: type[RSAAlgorithm], bits: int) -> SignatureAlgorithm:
    return SignatureAlgorithm(kind(getattr(kind, f"SHA{bits}")), "RSA", "", f"sha{bits}")


def _elliptic(bits: int, curve: str) -> SignatureAlgorithm:
    return SignatureAlgorithm(ECAlgorithm(getattr(ECAlgorithm, f"SHA{bits}")), "EC", curve, f"sha{bits}")


_ED25519 = SignatureAlgorithm(OKPAlgorithm(), "OKP", "Ed25519", "sha512")
ALGORITHMS: Mapping[str, SignatureAlgorithm] = {
    **{f"RS{bits}": _rsa(RSAAlgorithm, bits) for bits in (256, 384, 512)},
    **{f"PS{bits}": _rsa(RSAPSSAlgorithm, bits) for bits in (256, 384, 512)},
    "ES256": _elliptic(256, "P-256"),
    "ES384": _elliptic(384, "P-384"),
    "ES512": _elliptic(512, "P-521"),
    "EdDSA": _ED25519,
    "Ed25519": _ED25519,  # the same by its newer name, RFC 9864
}
# The members of a public key that say what it is, by its type; the last ones are its numbers.
_NUMBERS = {"RSA": ("n", "e"), "EC": ("x", "y"), "OKP": ("x",)}
_LONGEST_NUMBER = {"n": 1400, "e": 6, "x": 88, "y": 88}  # base64url: RSA of 8192 bits, exponent of 32, P-521


def accepted(listed: object) -> tuple[str, ...]:
    """Which algorithms a token may be signed with. `listed`: of the provider's discovery document, what it says.

    A provider that lists nothing that we know signs with RS256 or not at all.
    """
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    return tuple(name for name in ALGORITHMS if name in names) or (DEFAULT_ALGORITHM,)


def is_usable(key: Mapping[str, Any]) -> bool:
    """Whether a JWK can verify signatures of any algorithm here; RSA keys under 2048 bits cannot."""
    operations = key.get("key_ops", ["verify"])
    return (
        key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and any(fits(key, name) and public_key(key, name) is not None for name in ALGORITHMS)
    )


def fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a JWK is of the type and curve of this algorithm, and not kept for another one (its `alg`)."""
    wanted = ALGORITHMS[algorithm]
    if key.get("kty") != wanted.kty or (wanted.curve and key.get("crv") != wanted.curve):
        return False
    return key.get("alg") is None or ALGORITHMS.get(str(key["alg"])) == wanted


def public_key(key: Mapping[str, Any], algorithm: str) -> Any:
    """The key that a JWK which `fits` holds, for the algorithm's verifier; None when its numbers are none."""
    names = _NUMBERS[ALGORITHMS[algorithm].kty]
    numbers = [(name, key.get(name)) for name in names]
    if not all(isinstance(number, str) and len(number) <= _LONGEST_NUMBER[name] for name, number in numbers):
        return None
    return _parsed(algorithm, tuple(numbers))


@lru_cache(maxsize=1024)
def _parsed(algorithm: str, numbers: Iterable[tuple[str, str]]) -> Any:
    wanted = ALGORITHMS[algorithm]
    try:
        key = wanted.verifier.from_jwk({"kty": wanted.kty, "crv": wanted.curve, **dict(numbers)})
    except (PyJWTError, ValueError):
        return None
    return None if isinstance(key, RSAPublicKey) and key.key_size < SMALLEST_RSA_KEY else key


def signed_token(claims: Mapping[str, Any], private_key: str, algorithm: str, header: Mapping[str, str]) -> str:
    """A compact JWS of our own. `private_key`: PEM, RSA; `algorithm`: one of the RS and PS ones."""
    return jwt.encode(dict(claims), private_key, algorithm=algorithm, headers=dict(header))


def public_jwk(key: Any) -> dict[str, Any]:
    """The members of an RSA public key (RFC 7518 section 6.3.1)."""
    found: dict[str, Any] = RSAAlgorithm.to_jwk(key, as_dict=True)
    return {name: found[name] for name in ("kty", "n", "e")}
