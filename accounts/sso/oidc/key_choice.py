"""Which of a provider's keys signed a token (OpenID Connect Core 10.1, RFC 7517 section 4.5)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from accounts.connections.provider.token_signatures import ALGORITHMS, DEFAULT_ALGORITHM, fits, public_key
from accounts.sso.oidc.id_token import UnverifiedToken, decoded

_MOST_TRIED = 10  # keys for one token
# In base64url characters, by type of key: RSA of 2048 to 8192 bits; P-256, P-384, P-521; Ed25519.
_SIGNATURE_LENGTHS: Mapping[str, Collection[int]] = {"RSA": range(342, 1367), "EC": (86, 128, 176), "OKP": (86,)}


def find_keys(key_set: Mapping[str, Any], key_id: str, algorithm: str = DEFAULT_ALGORITHM) -> list[Any]:
    """The keys of a JWK Set that may have signed a token by this algorithm, for its verifier: those of that name, of
    which there may be several (RFC 7517 section 4.5); all where the set gives its keys no names. `key_id` empty: the
    token names none."""
    fitting = [key for key in key_set.get("keys", ()) if key.get("kid", key_id) == key_id and fits(key, algorithm)]
    found = [public_key(key, algorithm) for key in fitting[:_MOST_TRIED]]
    return [key for key in found if key is not None]


def first_that_signed(token: UnverifiedToken | None, keys: Iterable[Any]) -> Any:
    """Of these keys; without a token simply the first. None: no key did."""
    return next((key for key in keys if token is None or _is_signed_by(token, key)), None)


def may_be_signed(token: UnverifiedToken | None) -> bool:
    """Whether its signature has the length of one by some key: else no new key needs to be asked for."""
    if token is None:
        return False
    return len(token.compact.rpartition(".")[2]) in _SIGNATURE_LENGTHS[ALGORITHMS[token.algorithm].kty]


def _is_signed_by(token: UnverifiedToken, key: Any) -> bool:
    message, _, signature = token.compact.rpartition(".")
    try:
        return bool(ALGORITHMS[token.algorithm].verifier.verify(message.encode(), key, decoded(signature)))
    except ValueError:
        return False
