"""What an OpenID provider publishes: its discovery document and its signing keys, kept on the connection's row.

The row is shared by all web processes and outlives them, so a provider that is down stops nobody whose keys are at
most 7 days old, and a key rotation costs one fetch for the whole installation. Nothing here is called inside a database
transaction: a fetch may take 5 seconds.
"""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from accounts.connections.provider.token_signatures import SMALLEST_RSA_KEY, is_usable
from accounts.models import Connection
from common import strict_json
from common.outbound import guarded_http

DISCOVERY_LIFETIME = timedelta(hours=24)
KEYS_LIFETIME = timedelta(hours=1)
KEYS_LAST_USE = timedelta(days=7)  # how long keys serve while the provider cannot be reached
REFRESH_PAUSE = 60  # seconds between attempts of one process while an old copy still serves
FAILURE_PAUSE = 5  # seconds in which one process does not ask again at an address that did not answer
LONGEST_READ = 10  # seconds after which a first read counts as given up
UNKNOWN_KEY_PAUSE = timedelta(minutes=5)  # at most one fetch in this time for keys that nobody knows (R32)

_NOTHING_THERE = frozenset((400, 404, 410))  # Entra says 400 of a tenant that is none
_KEY_LIMIT = 100
_KEY_MEMBERS = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
_DISCOVERY_MEMBERS = (
    "issuer",
    *_ENDPOINTS,
    "scopes_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "authorization_response_iss_parameter_supported",
)

JsonObject = dict[str, Any]


class ProviderError(Exception):
    """A provider's documents cannot be used; the message is a sentence for the account admin.

    `needs_another_issuer`: the connection's issuer has to be changed, and waiting changes nothing.
    """

    needs_another_issuer = names_another_issuer = False


class ProviderUnreachable(ProviderError):
    """The provider did not answer, and no copy of its documents is fresh enough."""


class ProviderHasNoDocument(ProviderUnreachable):
    """The host answers, and there is no discovery document at the connection's issuer."""

    needs_another_issuer = True


class ProviderBusy(ProviderError):
    """The provider was not asked, because this server has too many requests under way. Nothing was sent."""


class ProviderDocumentWrong(ProviderError):
    """The provider answered with something that must not be used."""


class ProviderIssuerWrong(ProviderDocumentWrong):
    """The document at the connection's issuer names another issuer."""

    needs_another_issuer = names_another_issuer = True


def discover(connection: Connection, now: datetime | None = None) -> None:
    """Makes sure that `Connection.discovery` is the issuer's document and at most 24 hours old.

    An older copy stays in use while one request reads it anew, or the provider cannot be reached. Raises ProviderError
    when there is none; ProviderBusy at once for everybody else while the first copy is being read.
    """
    now = now or timezone.now()
    if connection.discovery.get("issuer") != connection.issuer:
        _discover_first(connection, now)
        return
    is_fresh = connection.discovered_at and now - connection.discovered_at < DISCOVERY_LIFETIME
    if is_fresh or not _my_turn("discovery", connection):
        return
    with suppress(ProviderError):
        _store(connection, {"discovery": _fetched_discovery(connection), "discovered_at": now})


def _discover_first(connection: Connection, now: datetime) -> None:
    """A sign-in can be started by anybody, so one request at a time asks and the others do not wait for it."""
    turn = f"provider-first-discovery-{connection.pk}"
    if not cache.add(turn, True, LONGEST_READ):
        raise ProviderBusy(f"What '{connection.issuer}' publishes is being read. Try again in a few seconds.")
    try:
        document = _fetched_discovery(connection)
    finally:
        cache.delete(turn)
    # Another issuer's keys must never verify this one's tokens.
    no_keys: JsonObject = {"signing_keys": {}, "signing_keys_at": None, "signing_keys_tried_at": None}
    _store(connection, {"discovery": document, "discovered_at": now, **no_keys})


def signing_keys(connection: Connection, now: datetime | None = None) -> JsonObject:
    """The provider's JWK Set: at most 1 hour old, or at most 7 days while the provider cannot be reached.

    Raises ProviderError when there is none to use.
    """
    now = now or timezone.now()
    discover(connection, now)
    age = now - connection.signing_keys_at if connection.signing_keys_at else None
    usable = age is not None and age < KEYS_LAST_USE
    kept: JsonObject = connection.signing_keys
    if age is not None and (age < KEYS_LIFETIME or (usable and not _my_turn("keys", connection))):
        return kept
    try:
        return _fetch_signing_keys(connection, now)
    except ProviderError:
        if usable:
            return kept
        raise


def refresh(connection: Connection, now: datetime) -> None:
    """Fetches the document and the keys anew, before a login has to wait for them; the old stay if that fails.

    Raises ProviderError.
    """
    _store(connection, {"discovery": _fetched_discovery(connection), "discovered_at": now})
    _fetch_signing_keys(connection, now)


def refresh_signing_keys(
    connection: Connection, minimum_pause: timedelta, now: datetime | None = None
) -> JsonObject | None:
    """Fetches the keys again for a token whose key is unknown; None when that was tried less than the pause ago (R32).

    The turn is taken by a conditional update, so it is one for all processes. Raises ProviderError.
    """
    now = now or timezone.now()
    due = Q(signing_keys_tried_at__isnull=True) | Q(signing_keys_tried_at__lte=now - minimum_pause)
    if not Connection.objects.filter(due, pk=connection.pk, issuer=connection.issuer).update(signing_keys_tried_at=now):
        return None
    connection.signing_keys_tried_at = now
    try:
        return _fetch_signing_keys(connection, now)
    except ProviderBusy:  # not tried, so the next login need not wait for the pause
        _store(connection, {"signing_keys_tried_at": None})
        raise


def _my_turn(what: str, connection: Connection) -> bool:
    """Whether this process may try again to replace a copy that still serves."""
    return bool(cache.add(f"provider-{what}-{connection.pk}", True, REFRESH_PAUSE))


def _store(connection: Connection, changes: JsonObject) -> None:
    """On the row only while its issuer is this one: documents of a draft's issuer never become the live ones."""
    for name, value in changes.items():
        setattr(connection, name, value)
    Connection.objects.filter(pk=connection.pk, issuer=connection.issuer).update(**changes)


def discovery_address(issuer: str) -> str:
    """Where the issuer publishes its document (OpenID Connect Discovery 1.0 section 4.1)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def _fetched_discovery(connection: Connection) -> JsonObject:
    url = discovery_address(connection.issuer)
    document = _document(connection, url)
    if document.get("issuer") != connection.issuer:
        raise ProviderIssuerWrong(
            f"Expected the issuer '{connection.issuer}' in {url}; it names '{str(document.get('issuer'))[:200]}'. "
            "Set the connection's issuer to exactly what the provider publishes."
        )
    needed = {"authorization_endpoint", "jwks_uri", *(["token_endpoint"] if connection.flow == "code" else [])}
    for name in _ENDPOINTS:
        value = document.get(name)
        is_endpoint = isinstance(value, str) and guarded_http.is_allowed_address(value)
        if (name in needed or value is not None) and not is_endpoint:
            raise ProviderDocumentWrong(
                f"Expected '{name}' in {url} to be an https address; received '{str(value)[:200]}'."
            )
    return {name: document[name] for name in _DISCOVERY_MEMBERS if name in document}


def _fetch_signing_keys(connection: Connection, now: datetime) -> JsonObject:
    url = connection.discovery["jwks_uri"]
    listed = _document(connection, url).get("keys")
    found = [key for key in listed if _is_usable(key)] if isinstance(listed, list) else []
    # Only what verification needs: no certificates, and no private part that somebody published by mistake.
    usable = [{name: key[name] for name in _KEY_MEMBERS if isinstance(key.get(name), str)} for key in found]
    keys = [key for key in usable if "kid" in key] or usable  # without names only where no key has one
    if not keys:
        raise ProviderDocumentWrong(
            f"Expected signing keys at {url}: RSA of {SMALLEST_RSA_KEY} bits or more, P-256, P-384, P-521 or Ed25519;"
            " received none."
        )
    key_set = {"keys": keys[:_KEY_LIMIT]}
    _store(connection, {"signing_keys": key_set, "signing_keys_at": now})
    return key_set


def _is_usable(key: object) -> bool:
    return isinstance(key, dict) and isinstance(key.get("kid"), str | None) and is_usable(key)


def _content(connection: Connection, url: str) -> bytes:
    """A provider that hangs must not hold every thread of this process for 5 seconds in turn."""
    failed = f"provider-silent-{hashlib.sha256(url.encode()).hexdigest()}"
    if known := cache.get(failed):
        raise known
    try:
        return guarded_http.fetch(url, account_id=connection.account_id)
    except guarded_http.OutboundBusy as busy:  # says nothing about the provider
        raise ProviderBusy(str(busy)) from None
    except guarded_http.OutboundError as error:
        problem = ProviderUnreachable(str(error))
        if url == discovery_address(connection.issuer) and error.status in _NOTHING_THERE:
            problem = ProviderHasNoDocument(f"Expected a discovery document; there is none: {error}")
        cache.set(failed, problem, FAILURE_PAUSE)
        raise problem from None


def _document(connection: Connection, url: str) -> JsonObject:
    document = json_object(_content(connection, url))
    if document is None:
        raise ProviderDocumentWrong(f"Expected a JSON object at {url}; received something else.")
    return document


def json_object(content: bytes) -> JsonObject | None:
    """None for what is not a JSON object."""
    try:
        found = strict_json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
