"""An ID token, checked completely: every rule of `protocol.md` 6.5 and R30 (OpenID Connect Core 3.1.3.7, 3.2.2.11).
A logout token is checked by the same rules as far as it has the same claims (`accounts.sso.logout.oidc_views`).

Order: shape and header, then the signature, and only then is the payload read as JSON. So a message that no provider
signed costs one pass over its bytes, and nothing it says is looked at.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.connections.provider.tenants import is_of_many
from accounts.connections.provider.token_signatures import ALGORITHMS, DEFAULT_ALGORITHM
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Part
from accounts.sso.trace import AUDIENCE, Trace
from common import strict_json, timestamps

# The nonce already ties the token to a sign-in of the last 10 minutes. This is for a provider whose clock or cache is
# wrong; it is generous because Entra dates `iat` five minutes back.
MAX_AGE = timedelta(hours=1)
_MAX_SKEW = 300  # seconds
_HEADER_LIMIT = 4096  # characters
_SUBJECT_LIMIT = 255  # characters, OpenID Connect Core section 2
_COMPACT_JWS = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_SIGN_BY = (
    "Choose {} as the signing algorithm of the application's tokens there: it has to be one that the provider's"
    " discovery document lists."
)
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a provider signs: its name in sentences, and the header's `typ`, where there is one (in capitals)."""

    name: str
    types: frozenset[str]


ID_TOKEN = Kind("ID token", frozenset({"JWT"}))
USERINFO = Kind("userinfo answer", frozenset({"JWT"}))


@dataclass(frozen=True)
class Expected:
    """What this sign-in asked for. `clock_skew` in seconds; `tenant_id` empty: the issuer says nothing of tenants;
    `signed_in_since`: what `max_age` asks of the claim `auth_time`, None: nothing."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    clock_skew: int
    tenant_id: str = ""
    is_entra: bool = False
    signed_in_since: datetime | None = None

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=min(self.clock_skew, _MAX_SKEW))


@dataclass(frozen=True)
class UnverifiedToken:
    """A token whose shape and header are right and whose signature has not been looked at. `key_id` empty: the header
    names no key, which a provider may do whose keys have no names (OpenID Connect Core 10.1)."""

    compact: str
    key_id: str
    kind: Kind = ID_TOKEN
    algorithm: str = DEFAULT_ALGORITHM


def read_unverified(
    compact: object, size_limit: int, kind: Kind = ID_TOKEN, algorithms: Sequence[str] = (DEFAULT_ALGORITHM,)
) -> UnverifiedToken:
    """The shape gate: size, three parts, and a header that asks for nothing but one of these algorithms
    (`token_signatures.accepted`)."""
    if not isinstance(compact, str) or not compact:
        raise _malformed(f"no {kind.name}", kind)
    if len(compact) > size_limit:
        wanted = f"{_a(kind)} of at most {size_limit} characters"
        raise LoginRefused("oidc-too-large", wanted, f"{len(compact)} characters")
    match = _COMPACT_JWS.fullmatch(compact)
    if match is None:
        raise _malformed("something that is not three base64url parts", kind)
    header = _header(match[1], kind)
    _check_header(header, kind, algorithms)
    return UnverifiedToken(compact, header.get("kid") or "", kind, header["alg"])


def decoded(part: str) -> bytes:
    """Unpadded base64url. Raises ValueError (binascii.Error is one)."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _header(encoded: str, kind: Kind) -> dict[str, Any]:
    if len(encoded) > _HEADER_LIMIT:
        raise _malformed(f"a header of {len(encoded)} characters", kind)
    try:
        header = strict_json.loads(decoded(encoded))
    except ValueError:
        raise _malformed("a header that is not JSON", kind) from None
    if not isinstance(header, dict):
        raise _malformed("a header that is not a JSON object", kind)
    return header


def _check_header(header: dict[str, Any], kind: Kind, algorithms: Sequence[str]) -> None:
    """The key comes from the stored keys alone: `jku`, `x5u`, `jwk` and `x5c` are never looked at."""
    if header.get("alg") not in algorithms:
        received = f"alg {_shown(header.get('alg'))}"
        wanted = " or ".join(algorithms)
        raise LoginRefused("oidc-algorithm", f"a signature with {wanted}", received, _SIGN_BY.format(wanted))
    if "crit" in header or "b64" in header:
        raise LoginRefused("oidc-critical-header", "no critical header extension", f"crit {_shown(header.get('crit'))}")
    if str(header.get("typ", "JWT")).upper() not in kind.types:
        wanted = f"{_a(kind)} (typ {' or '.join(sorted(kind.types))})"
        raise LoginRefused("oidc-token-type", wanted, f"typ {_shown(header.get('typ'))}")
    kid = header.get("kid")
    if kid is not None and not (isinstance(kid, str) and kid):
        raise unnamed_key(_shown(kid))


def unnamed_key(received: str = "none") -> LoginRefused:
    return LoginRefused("oidc-key-id", "a header that names its key (kid)", f"kid {received}")


def verified_claims(token: UnverifiedToken, key: Any, expected: Expected, trace: Trace) -> Claims:
    """The claims of a token that this key signed for this sign-in. Raises LoginRefused."""
    claims = claims_of_sender(token, key, expected, trace)
    _check_nonce(claims, expected)
    trace.passed(Part.CONDITIONS, "Answers the request of this sign-in (nonce)")
    _check_auth_time(claims, expected, trace)
    check_text(claims, "sub")
    if expected.is_entra:
        check_tenant(claims, expected)
        trace.passed(Part.CONDITIONS, "Tenant (tid)", expected.tenant_id or "any", _shown(claims.get("tid")))
    return claims


def claims_of_sender(token: UnverifiedToken, key: Any, expected: Expected, trace: Trace) -> Claims:
    """What this provider signed for this client, lately. User and purpose are not checked yet. Raises LoginRefused."""
    claims = _signed_claims(token, key)
    trace.passed(Part.SIGNATURE, f"The {token.kind.name} is signed with the provider's key{_name_of_key(token)}.")
    _check_issuer(claims, expected)
    trace.passed(Part.CONDITIONS, "Issuer (iss)", expected.issuer, expected.issuer)
    _check_audience(claims, expected)
    trace.passed(Part.CONDITIONS, f"{AUDIENCE} (aud)", expected.client_id, _shown(claims.get("aud")))
    _check_times(claims, expected, token.kind, trace)
    valid = f"valid at {expected.now:%Y-%m-%d %H:%M:%S} UTC by our clock, {expected.skew.seconds} s allowed"
    trace.passed(Part.CONDITIONS, "Time (iat, exp)", valid, f"until {time_of(claims, 'exp'):%Y-%m-%d %H:%M:%S} UTC")
    return claims


def claims_about(token: UnverifiedToken, key: Any, expected: Expected) -> Claims:
    """What this provider signed for this client, at no stated time (OpenID Connect Core 5.3.2). Raises LoginRefused."""
    claims = _signed_claims(token, key)
    if "iss" in claims:
        _check_issuer(claims, expected)
    if "aud" in claims:
        _check_audience(claims, expected)
    return claims


def _signed_claims(token: UnverifiedToken, key: Any) -> Claims:
    message, _, signature = token.compact.rpartition(".")
    try:
        signed = ALGORITHMS[token.algorithm].verifier.verify(message.encode(), key, decoded(signature))
        payload = decoded(message.partition(".")[2])
    except ValueError:
        raise _malformed("parts that are not base64url", token.kind) from None
    if not signed:
        raise LoginRefused(
            "oidc-signature",
            f"a signature by the provider's key{_name_of_key(token)}",
            "a signature that this key did not make",
        )
    try:
        claims = strict_json.loads(payload)
    except ValueError as error:
        raise _malformed(f"claims that are not proper JSON ({_reason(error)})", token.kind) from None
    if not isinstance(claims, dict):
        raise _malformed("claims that are not a JSON object", token.kind)
    return claims


def _name_of_key(token: UnverifiedToken) -> str:
    return f" {_shown(token.key_id)}" if token.key_id else ", of which the token gives no name"


def _check_issuer(claims: Claims, expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise LoginRefused("oidc-issuer", f"the issuer '{expected.issuer}'", _shown(claims.get("iss")))


def _check_audience(claims: Claims, expected: Expected) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        received = f"audience {_shown(audience)}"
        raise LoginRefused("oidc-audience", f"the client ID '{expected.client_id}' as audience", received)
    if len(audiences) > 1 and "azp" not in claims:
        raise LoginRefused("oidc-authorized-party", "azp beside several audiences", "no azp")
    if claims.get("azp", expected.client_id) != expected.client_id:
        received = f"azp {_shown(claims['azp'])}"
        raise LoginRefused("oidc-authorized-party", f"azp '{expected.client_id}'", received)


def _check_times(claims: Claims, expected: Expected, kind: Kind, trace: Trace) -> None:
    now, skew = expected.now, expected.skew
    expires, issued = time_of(claims, "exp"), time_of(claims, "iat")
    starts = time_of(claims, "nbf") if "nbf" in claims else issued
    if not expected.is_entra:  # which dates `iat` back by five minutes
        trace.clocks(issued, now)
    if now >= expires + skew:
        raise _clock("oidc-expired", f"{_a(kind)} that has not expired", "exp", expires, expected)
    if now < starts - skew:
        raise _clock("oidc-not-yet-valid", f"{_a(kind)} that is already valid", "nbf", starts, expected)
    if now < issued - skew:
        raise _clock("oidc-issued-in-future", f"{_a(kind)} issued in the past", "iat", issued, expected)
    if now > issued + MAX_AGE + skew:
        raise _clock("oidc-too-old", f"{_a(kind)} issued within the last hour", "iat", issued, expected)


def time_of(claims: Claims, name: str) -> datetime:
    """A NumericDate claim (RFC 7519 section 2) as an aware time. Raises LoginRefused when it is absent or none."""
    value = claims.get(name)
    try:
        return timestamps.of_seconds(value)
    except ValueError:
        raise LoginRefused("oidc-time-claim", f"{name} as seconds since 1970", _shown(value)) from None


def useless_after(claims: Claims, clock_skew: int) -> datetime:
    """When a verified token would be refused by its times alone, so that its use need not be remembered longer."""
    return min(time_of(claims, "exp"), time_of(claims, "iat") + MAX_AGE) + timedelta(seconds=min(clock_skew, _MAX_SKEW))


def _clock(code: str, wanted: str, claim: str, time: datetime, expected: Expected) -> LoginRefused:
    return LoginRefused(
        code,
        f"{wanted} (our clock: {expected.now:%Y-%m-%d %H:%M:%S} UTC, {expected.skew.seconds} s of difference allowed)",
        f"{claim} {time:%Y-%m-%d %H:%M:%S} UTC by the provider's clock",
    )


def _check_nonce(claims: Claims, expected: Expected) -> None:
    nonce = claims.get("nonce")
    sent = nonce.encode() if isinstance(nonce, str) else b""
    if not expected.nonce or not hmac.compare_digest(sent, expected.nonce.encode()):
        received = "no nonce" if nonce is None else "another nonce"
        raise LoginRefused("oidc-nonce", "the nonce of this sign-in", received)


def _check_auth_time(claims: Claims, expected: Expected, trace: Trace) -> None:
    """OpenID Connect Core 3.1.2.1 and 3.1.3.7 (13): a request with `max_age` checks when the user signed in there."""
    since = expected.signed_in_since
    if since is None:
        return
    wanted = f"a sign-in at the identity provider (auth_time) not before {since:%Y-%m-%d %H:%M:%S} UTC"
    if "auth_time" not in claims:
        raise LoginRefused("oidc-auth-time", wanted, "no auth_time")
    signed_in = time_of(claims, "auth_time")
    received = f"auth_time {signed_in:%Y-%m-%d %H:%M:%S} UTC"
    if signed_in < since - expected.skew:
        step = "Sign in again at the identity provider; it did not ask for it although the request has max_age."
        raise LoginRefused("oidc-auth-time", wanted, received, step)
    trace.passed(Part.CONDITIONS, "Signed in lately at the identity provider (auth_time)", wanted, received)


def check_text(claims: Claims, name: str) -> None:
    """A claim that is a name has to be a text that can be stored. Raises LoginRefused."""
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > _SUBJECT_LIMIT:
        step = "Ask for the scope “profile” and let the application send this claim." if name == "oid" else ""
        raise LoginRefused("oidc-subject", f"{name} as text of 1 to {_SUBJECT_LIMIT} characters", _shown(value), step)


def check_tenant(claims: Claims, expected: Expected) -> None:
    """Entra: `tid` and `oid` together identify a user (R12). Raises LoginRefused."""
    check_text(claims, "oid")
    tenant, wanted = claims.get("tid"), expected.tenant_id.lower()
    if not wanted and is_of_many(expected.issuer):
        raise LoginRefused(
            "oidc-tenant",
            "a connection of one tenant, whose ID is known",
            f"the issuer '{expected.issuer}', which stands for any",
            "Enter the directory (tenant) ID on the connection.",
        )
    if not isinstance(tenant, str) or not tenant or (wanted and tenant.lower() != wanted):
        expects = f"the tenant '{wanted}'" if wanted else "a tenant (tid)"
        raise LoginRefused("oidc-tenant", expects, f"tid {_shown(tenant)}")


def check_half_hash(claims: Claims, name: str, value: str, algorithm: str) -> None:
    """`c_hash` or `at_hash`, where it is sent: the left half of the digest of the code or access token sent with the ID
    token, by the hash of its signature's algorithm (OpenID Connect Core 3.1.3.6)."""
    if name not in claims:
        return
    digest = hashlib.new(ALGORITHMS[algorithm].digest, value.encode()).digest()
    wanted = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    sent = claims.get(name)
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), wanted):
        code, what = ("oidc-c-hash", "code") if name == "c_hash" else ("oidc-at-hash", "access token")
        raise LoginRefused(code, f"{name} of the {what} sent with it", "another or no value")


def _malformed(received: str, kind: Kind) -> LoginRefused:
    return LoginRefused("oidc-malformed", f"{_a(kind)} (a signed JWT)", received)


def _a(kind: Kind) -> str:
    return f"{'an' if kind.name[0] in 'AEIOU' else 'a'} {kind.name}"


def _shown(value: object) -> str:
    """A value from outside for a sentence: quoted, short, without control characters; of a list its first texts."""
    if value is None:
        return "none"
    if isinstance(value, list):
        texts = [item for item in value[:5] if isinstance(item, str)]
        return "a list with " + ", ".join(_shown(text) for text in texts) if texts else "a list"
    if isinstance(value, dict):
        return "an object"
    return "'" + "".join(char if char.isprintable() else "\ufffd" for char in str(value)[:200]) + "'"


def _reason(error: ValueError) -> str:
    return str(error) if type(error) is ValueError else "not UTF-8 or not JSON"
