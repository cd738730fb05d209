"""OpenID Connect: to the provider, and back from its answer to `IdentityClaims` (`protocol.md` sections 6 and 7).

Two flows. `id_token`: the token comes by form_post and needs no secret. `code`: a code comes, which is exchanged with
PKCE at the token endpoint. Either answer may be refused for one reason only: LoginRefused.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from mozilla_django_oidc.utils import generate_code_challenge

from accounts.connections.provider import documents as provider_documents
from accounts.connections.provider import token_signatures
from accounts.connections.provider.documents import ProviderBusy, ProviderError, ProviderUnreachable
from accounts.connections.provider.token_endpoint import TokenRefused, request_tokens
from accounts.connections.vendors import VENDORS
from accounts.models import Connection, SignInTransaction
from accounts.models.identity import OidcFlow, Vendor
from accounts.sso import masking
from accounts.sso.claims import IdentityClaims
from accounts.sso.logout import oidc as oidc_logout
from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.oidc import id_token
from accounts.sso.oidc import refusals as oidc_errors
from accounts.sso.oidc.id_token import UnverifiedToken
from accounts.sso.refusal import LoginRefused
from accounts.sso.trace import Trace
from common import strict_json
from common.outbound import guarded_http

Answer = Mapping[str, str]
Claims = Mapping[str, Any]
_COMPACT_JWS = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")
_MOST_TRIED = 10  # keys for one token
# In base64url characters, by type of key: RSA of 2048 to 8192 bits; P-256, P-384, P-521; Ed25519.
_SIGNATURE_LENGTHS: Mapping[str, Collection[int]] = {"RSA": range(342, 1367), "EC": (86, 128, 176), "OKP": (86,)}


def redirect_uri() -> str:
    """The one address, for all connections, that is registered at providers."""
    return f"{settings.BASE_URL}/api/accounts/idp-callback"


def authorization_url(connection: Connection, state: str, nonce: str, code_verifier: str, login_hint: str = "") -> str:
    """Where to send the browser. Raises LoginRefused when the provider's discovery document cannot be had.

    ProviderBusy: it was not asked for; the caller may retry shortly.
    """
    try:
        provider_documents.discover(connection)
    except ProviderBusy:
        raise
    except ProviderError as error:
        raise oidc_errors.provider_failed(error, connection) from None
    asked = {  # what the connection requests in particular; without settings only the login hint
        "login_hint": "" if connection.omit_login_hint else login_hint,
        "prompt": connection.prompt,
        "max_age": "" if connection.max_age is None else str(connection.max_age),
        "acr_values": connection.acr_values,
    }
    query = {
        "client_id": connection.client_id,
        "redirect_uri": redirect_uri(),
        "response_mode": "form_post",
        "scope": " ".join(_scopes(connection)),
        "state": state,
        "nonce": nonce,
        **{name: value for name, value in asked.items() if value},
    }
    if connection.flow == OidcFlow.ID_TOKEN:
        query |= {"response_type": "id_token"}
    else:
        challenge = generate_code_challenge(code_verifier, "S256")
        query |= {"response_type": "code", "code_challenge": challenge, "code_challenge_method": "S256"}
    endpoint: str = connection.discovery["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def _scopes(connection: Connection) -> list[str]:
    """`groups` is no standard scope: even where the connection has it, it is asked for only where the provider lists
    it, or lists nothing."""
    listed = connection.discovery.get("scopes_supported")
    scopes = dict.fromkeys((*VENDORS[connection.vendor].oidc_scopes, *connection.extra_scopes.split()))
    return [scope for scope in scopes if scope != "groups" or not isinstance(listed, list) or scope in listed]


def read_answer(
    connection: Connection,
    answer: Answer,
    transaction: SignInTransaction,
    trace: Trace | None = None,
    now: datetime | None = None,
) -> IdentityClaims:
    """Who the provider says is signing in, after every check of `protocol.md` 6.5. Raises LoginRefused.

    `answer`: the form or query fields that came for this transaction. Not to be called inside a database transaction.
    ProviderBusy: nothing of the answer was used up, so it may be read again shortly.
    """
    trace = trace or Trace()
    try:
        provider_documents.discover(connection, now)  # a draft of another issuer has kept nothing of it since it asked
        _check_sender(connection, answer)
        if answer.get("error"):
            raise oidc_errors.provider_said_no(answer)
        if connection.flow == OidcFlow.CODE:
            return _read_code(connection, answer, transaction, trace, now)
        return _read_id_token(connection, answer, transaction, trace, now)
    except TokenRefused as error:
        raise oidc_errors.code_refused(error) from None
    except ProviderBusy:
        raise
    except ProviderError as error:
        raise oidc_errors.provider_failed(error, connection) from None


def _check_sender(connection: Connection, answer: Answer) -> None:
    """RFC 9207: an answer that names its issuer must name ours; a provider that always does must do so with a code."""
    announced = connection.discovery.get("authorization_response_iss_parameter_supported") is True
    missing = announced and connection.flow == OidcFlow.CODE and not answer.get("iss")
    if missing or answer.get("iss", connection.issuer) != connection.issuer:
        raise LoginRefused(
            "oidc-answer-issuer",
            f"an answer from '{connection.issuer}'",
            f"one from '{answer.get('iss', '')[:200]}'" if answer.get("iss") else "one without its issuer (iss)",
        )


def _read_id_token(
    connection: Connection, answer: Answer, transaction: SignInTransaction, trace: Trace, now: datetime | None
) -> IdentityClaims:
    if answer.get("code") or answer.get("access_token"):
        raise oidc_errors.wrong_flow("an ID token alone", "a code or an access token", connection)
    if not answer.get("id_token"):
        raise oidc_errors.wrong_flow("an ID token", "none", connection)
    _, claims = _verified(connection, answer["id_token"], transaction, trace, now)
    return _identity(connection, claims, answer["id_token"], trace)


def _read_code(
    connection: Connection, answer: Answer, transaction: SignInTransaction, trace: Trace, now: datetime | None
) -> IdentityClaims:
    if answer.get("id_token") or answer.get("access_token"):
        raise oidc_errors.wrong_flow("a code alone", "an ID token or an access token from the browser", connection)
    code = answer.get("code", "")
    if not code or len(code) > settings.SIGN_IN_MESSAGE_LIMIT:
        raise oidc_errors.wrong_flow("a code", "none" if not code else f"{len(code)} characters", connection)
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": transaction.code_verifier,
    }
    tokens = request_tokens(connection, grant)
    try:
        return _read_tokens(connection, tokens, code, transaction, trace, now)
    except ProviderBusy as busy:  # the code is used up: it cannot be tried again
        raise ProviderUnreachable(str(busy)) from None


def _read_tokens(
    connection: Connection,
    tokens: dict[str, Any],
    code: str,
    transaction: SignInTransaction,
    trace: Trace,
    now: datetime | None,
) -> IdentityClaims:
    compact = tokens.get("id_token")
    if not isinstance(compact, str):
        raise oidc_errors.wrong_flow("an ID token from the token endpoint", "none", connection)
    token, claims = _verified(connection, compact, transaction, trace, now)
    id_token.check_half_hash(claims, "c_hash", code, token.algorithm)
    access_token = tokens.get("access_token")
    if isinstance(access_token, str):
        id_token.check_half_hash(claims, "at_hash", access_token, token.algorithm)
        claims = _with_userinfo(connection, claims, access_token, now)
    return _identity(connection, claims, compact, trace)


def _identity(connection: Connection, claims: Claims, compact: str, trace: Trace) -> IdentityClaims:
    useless_after = id_token.useless_after(claims, connection.clock_skew)
    found = oidc_claims.identity(connection, claims, useless_after, trace)
    return replace(found, logout_hints={**found.logout_hints, **oidc_logout.kept_hints(connection, compact)})


def _verified(
    connection: Connection, compact: str, transaction: SignInTransaction, trace: Trace, now: datetime | None
) -> tuple[UnverifiedToken, Claims]:
    now = now or timezone.now()
    # For an admin to see what was refused; once it is verified, its claims take its place.
    trace.message = masking.masked_token(compact, oidc_claims.shown_claims(connection))
    token = id_token.read_unverified(compact, settings.SIGN_IN_MESSAGE_LIMIT, algorithms=algorithms_of(connection))
    expected = expected_of(connection, now, transaction.nonce)
    if connection.max_age is not None:
        # Counted from our request, or a user who takes their time there would be too late with a maximum of seconds.
        asked_at = transaction.created_at or now
        expected = replace(expected, signed_in_since=asked_at - timedelta(seconds=connection.max_age))
    return token, id_token.verified_claims(token, key_of(connection, token, now), expected, trace)


def _with_userinfo(connection: Connection, claims: Claims, access_token: str, now: datetime | None) -> Claims:
    """The claims, with those that a provider keeps out of the ID token when an access token comes with it (OpenID
    Connect Core 5.3, 5.4). The ID token's own always count.

    Okta's org server does so with groups (`protocol.md` section 7). Entra is never asked: its endpoint adds nothing.
    Raises LoginRefused when the endpoint speaks of somebody else, ProviderUnreachable when it does not answer: a
    login whose groups are unknown must not look like one without groups.
    """
    url = connection.discovery.get("userinfo_endpoint")
    if connection.vendor == Vendor.ENTRA or not isinstance(url, str) or not _lacks_something(connection, claims):
        return claims
    try:
        bearer = {"Authorization": f"Bearer {access_token}"}
        content = guarded_http.fetch(url, account_id=connection.account_id, headers=bearer)
    except guarded_http.OutboundError as error:
        raise ProviderUnreachable(str(error)) from None
    found = _read_userinfo(connection, content, now)
    if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
        raise LoginRefused(
            "oidc-userinfo-subject",
            "userinfo about the user of the ID token (the same sub)",
            "userinfo about somebody else" if isinstance(found, dict) else "something that is not a JSON object",
        )
    return {**found, **claims}


def _lacks_something(connection: Connection, claims: Claims) -> bool:
    names = VENDORS[connection.vendor].names("oidc", connection.attribute_names)
    wanted = [names.get(field, ()) for field in ("email", "groups")]
    wanted += [(name,) for name in connection.attribute_names.values() if name]
    return any(options and not any(name in claims for name in options) for options in wanted)


def _read_userinfo(connection: Connection, content: bytes, now: datetime | None) -> object:
    """A provider that signs its answers says so; one is known by its shape, for no media type gets here. A signed one
    is of this provider and for this client (OpenID Connect Core 5.3.2). Raises LoginRefused."""
    signs = connection.discovery.get("userinfo_signing_alg_values_supported")
    if signs and _COMPACT_JWS.fullmatch(content.strip()):
        algorithms, limit = token_signatures.accepted(signs), settings.SIGN_IN_MESSAGE_LIMIT
        token = id_token.read_unverified(content.strip().decode(), limit, id_token.USERINFO, algorithms)
        now = now or timezone.now()
        return id_token.claims_about(token, key_of(connection, token, now), expected_of(connection, now))
    try:
        return strict_json.loads(content)
    except ValueError:
        return None


def algorithms_of(connection: Connection) -> tuple[str, ...]:
    """Those that its provider's discovery lists for ID tokens, as far as it is known; else RS256."""
    return token_signatures.accepted(connection.discovery.get("id_token_signing_alg_values_supported"))


def expected_of(connection: Connection, now: datetime, nonce: str = "") -> id_token.Expected:
    """What a token of this connection's provider has to say."""
    return id_token.Expected(
        issuer=connection.issuer,
        client_id=connection.client_id,
        nonce=nonce,
        now=now,
        clock_skew=connection.clock_skew,
        tenant_id=oidc_claims.own_tenant(connection),
        is_entra=connection.vendor == Vendor.ENTRA,
    )


def key_of(connection: Connection, token: UnverifiedToken, now: datetime) -> Any:
    """The provider's key of the token's name that signed it; else the first of that name, which did not.

    Where none did the keys are fetched anew, once in five minutes (R32): there may be a new key, also under an old
    name, or under none (OpenID Connect Core 10.1.1). Raises LoginRefused when there is no key to try, ProviderError
    when the provider's keys cannot be had.
    """
    found = _keys_for(token, provider_documents.signing_keys(connection, now))
    fitting = _first_that_signed(token, found)
    if fitting is None and (_may_be_signed(token) if found else token.key_id):
        fresh = provider_documents.refresh_signing_keys(connection, provider_documents.UNKNOWN_KEY_PAUSE, now)
        found = _keys_for(token, fresh) if fresh is not None else found
        fitting = _first_that_signed(token, found)
    if not found:
        raise oidc_errors.unknown_key(token.key_id, connection) if token.key_id else id_token.unnamed_key()
    return fitting or found[0]


def _keys_for(token: UnverifiedToken, key_set: Mapping[str, Any]) -> list[Any]:
    """The keys of a JWK Set that may have signed the token: those of the name it gives, of which there may be several
    (RFC 7517 section 4.5); all where the set gives its keys no names."""
    of_name = [key for key in key_set.get("keys", ()) if key.get("kid", token.key_id) == token.key_id]
    fitting = [key for key in of_name if token_signatures.fits(key, token.algorithm)][:_MOST_TRIED]
    found = [token_signatures.public_key(key, token.algorithm) for key in fitting]
    return [key for key in found if key is not None]


def _first_that_signed(token: UnverifiedToken, keys: Iterable[Any]) -> Any:
    """None: no key did."""
    message, _, signature = token.compact.rpartition(".")
    verifier = token_signatures.ALGORITHMS[token.algorithm].verifier
    for key in keys:
        with suppress(ValueError):
            if verifier.verify(message.encode(), key, id_token.decoded(signature)):
                return key
    return None


def _may_be_signed(token: UnverifiedToken) -> bool:
    """Whether its signature has the length of one by some key: else no new key needs to be asked for."""
    kind = token_signatures.ALGORITHMS[token.algorithm].kty
    return len(token.compact.rpartition(".")[2]) in _SIGNATURE_LENGTHS[kind]
