"""OpenID Connect: to the provider, and back from its answer to `IdentityClaims` (`protocol.md` sections 6 and 7).

Two flows. `id_token`: the token comes by form_post and needs no secret. `code`: a code comes, which is exchanged with
PKCE at the token endpoint. Either answer may be refused for one reason only: LoginRefused.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from mozilla_django_oidc.utils import generate_code_challenge

from accounts.connections.provider import documents as provider_documents
from accounts.connections.provider import token_signatures
from accounts.connections.provider.documents import ProviderBusy, ProviderError, ProviderUnreachable
from accounts.connections.provider.token_endpoint import TokenRefused, request_tokens
from accounts.connections.provider.token_signatures import DEFAULT_ALGORITHM
from accounts.connections.vendors import VENDORS
from accounts.models import Connection, SignInTransaction
from accounts.models.identity import OidcFlow, Vendor
from accounts.sso import masking
from accounts.sso.claims import IdentityClaims
from accounts.sso.logout import oidc as oidc_logout
from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.oidc import id_token, key_choice, userinfo
from accounts.sso.oidc import refusals as oidc_errors
from accounts.sso.oidc.id_token import UnverifiedToken
from accounts.sso.refusal import LoginRefused
from accounts.sso.trace import Trace

Answer = Mapping[str, str]


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
    query = {
        "client_id": connection.client_id,
        "redirect_uri": redirect_uri(),
        "response_mode": "form_post",
        "scope": " ".join(_scopes(connection)),
        "state": state,
        "nonce": nonce,
        **_asked_for(connection, login_hint),
        **_flow_parameters(connection, code_verifier),
    }
    endpoint: str = connection.discovery["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def _asked_for(connection: Connection, login_hint: str) -> dict[str, str]:
    """What the connection requests in particular; without settings only the login hint."""
    asked = {
        "login_hint": "" if connection.omit_login_hint else login_hint,
        "prompt": connection.prompt,
        "max_age": "" if connection.max_age is None else str(connection.max_age),
        "acr_values": connection.acr_values,
    }
    return {name: value for name, value in asked.items() if value}


def _flow_parameters(connection: Connection, code_verifier: str) -> dict[str, str]:
    if connection.flow == OidcFlow.ID_TOKEN:
        return {"response_type": "id_token"}
    challenge = generate_code_challenge(code_verifier, "S256")
    return {"response_type": "code", "code_challenge": challenge, "code_challenge_method": "S256"}


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
    claims = _verified(connection, answer["id_token"], transaction, trace, now)
    return _identity(connection, claims, answer["id_token"], trace)


def _read_code(
    connection: Connection, answer: Answer, transaction: SignInTransaction, trace: Trace, now: datetime | None
) -> IdentityClaims:
    if answer.get("id_token") or answer.get("access_token"):
        raise oidc_errors.wrong_flow("a code alone", "an ID token or an access token from the browser", connection)
    code = answer.get("code", "")
    if not code or len(code) > settings.SIGN_IN_MESSAGE_LIMIT:
        raise oidc_errors.wrong_flow("a code", "none" if not code else f"{len(code)} characters", connection)
    tokens = request_tokens(connection, _code_grant(code, transaction.code_verifier))
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
    claims = _verified(connection, compact, transaction, trace, now)
    algorithm = id_token.algorithm_of(compact)
    id_token.check_half_hash(claims, "c_hash", code, required=False, algorithm=algorithm)
    access_token = tokens.get("access_token")
    if isinstance(access_token, str):
        id_token.check_half_hash(claims, "at_hash", access_token, required=False, algorithm=algorithm)
        claims = userinfo.completed(connection, claims, access_token, partial(_signed_userinfo, connection, now))
    return _identity(connection, claims, compact, trace)


def _identity(connection: Connection, claims: Mapping[str, Any], compact: str, trace: Trace) -> IdentityClaims:
    useless_after = id_token.useless_after(claims, connection.clock_skew)
    found = oidc_claims.identity(connection, claims, useless_after, trace)
    return replace(found, logout_hints={**found.logout_hints, **oidc_logout.kept_hints(connection, compact)})


def _code_grant(code: str, code_verifier: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": code_verifier,
    }


def _verified(
    connection: Connection, compact: str, transaction: SignInTransaction, trace: Trace, now: datetime | None
) -> Mapping[str, Any]:
    now = now or timezone.now()
    # For an admin to see what was refused; once it is verified, its claims take its place.
    trace.message = masking.masked_token(compact, oidc_claims.shown_claims(connection))
    token = id_token.read_unverified(compact, settings.SIGN_IN_MESSAGE_LIMIT, algorithms=algorithms_of(connection))
    asked_at = transaction.created_at or now
    expected = replace(expected_of(connection, now, transaction.nonce), signed_in_since=_since(connection, asked_at))
    return id_token.verified_claims(token, key_of(connection, token, now), expected, trace)


def _since(connection: Connection, asked_at: datetime) -> datetime | None:
    """From when on the sign-in at the provider has to be. Counted from our request, or a user who takes their time
    there would be too late with a maximum of seconds."""
    return None if connection.max_age is None else asked_at - timedelta(seconds=connection.max_age)


def _signed_userinfo(connection: Connection, now: datetime | None, compact: str) -> Mapping[str, Any]:
    """OpenID Connect Core 5.3.2: a signed answer is of this provider and for this client. Raises LoginRefused."""
    listed = connection.discovery.get("userinfo_signing_alg_values_supported")
    algorithms = token_signatures.accepted(listed)
    token = id_token.read_unverified(compact, settings.SIGN_IN_MESSAGE_LIMIT, id_token.USERINFO, algorithms)
    now = now or timezone.now()
    return id_token.claims_about(token, key_of(connection, token, now), expected_of(connection, now))


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
    """The key that this token was signed with. Raises as `signing_key` does."""
    return signing_key(connection, token.key_id, now, token)


def signing_key(connection: Connection, key_id: str, now: datetime, token: UnverifiedToken | None = None) -> Any:
    """The provider's key of that name that signed the `token`; else the first of that name, which did not.

    Where none did the keys are fetched anew, once in five minutes (R32): there may be a new key, also under an old
    name, or under none (OpenID Connect Core 10.1.1). Raises LoginRefused when there is no key to try, ProviderError
    when the provider's keys cannot be had.
    """
    algorithm = token.algorithm if token else DEFAULT_ALGORITHM
    found = key_choice.find_keys(provider_documents.signing_keys(connection, now), key_id, algorithm)
    fitting = key_choice.first_that_signed(token, found)
    if fitting is None and (key_choice.may_be_signed(token) if found else key_id):
        fresh = provider_documents.refresh_signing_keys(connection, provider_documents.UNKNOWN_KEY_PAUSE, now)
        found = key_choice.find_keys(fresh, key_id, algorithm) if fresh is not None else found
        fitting = key_choice.first_that_signed(token, found)
    if not found:
        raise oidc_errors.unknown_key(key_id, connection) if key_id else id_token.unnamed_key()
    return fitting or found[0]
