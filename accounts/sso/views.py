"""Sign-in views. An IdP's cross-site POST is only stored; it is verified on the local GET that follows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from accounts import sessions
from accounts.authentication import BACKEND
from accounts.connections.certificates.client_keys import published_keys
from accounts.connections.drafts import with_draft
from accounts.connections.provider.documents import ProviderBusy
from accounts.models import Connection, LoginRecord, SignInTransaction, User
from accounts.models.identity import Beginning, ConnectionState, Protocol
from accounts.rate_limits import limited, limited_by
from accounts.sso import transactions
from accounts.sso.claims import IdentityClaims
from accounts.sso.dead_ends import switched_off, takes
from accounts.sso.login import trial
from accounts.sso.login.complete import complete_login
from accounts.sso.oidc.refusals import plain
from accounts.sso.protocols import protocol_of
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusal_page import busy_page, refusal_page, refused_again
from accounts.sso.refusals.row import Part, Side
from accounts.sso.saml import service_provider
from accounts.sso.saml.checks import unverified_in_response_to
from accounts.sso.sending import to_sign_in
from accounts.sso.trace import Trace
from accounts.unrecorded_refusals import Tie
from common.http.canonical_host import at_base_url
from common.http.client_address import client_address
from common.http.local_paths import local_path

OIDC_FIELDS = ("id_token", "code", "state", "error", "error_description", "error_subcode", "iss", "session_state")
SAML_FIELDS = ("SAMLResponse", "RelayState")
_PLACES = "sign_ins"  # in the session: a sign-in or its answer -> where it led
_PLACES_KEPT = 6  # names; two for each sign-in

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """303: the browser follows with a GET, whatever the method was (RFC 9110 15.4.4)."""

    status_code = 303


@csrf_exempt  # an OIDC third-party-initiated login may be a POST (OpenID Connect Core 4); it only starts a normal one
@limited
@at_base_url
@never_cache
@takes("GET", "POST")
def start(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Send the browser to the connection's IdP."""
    connection = _known(connection_id)
    asked = request.POST if request.method == "POST" else request.GET
    next_path = local_path(asked.get("next") or asked.get("target_link_uri", ""))
    if not _is_open(connection):
        return switched_off(request, connection, next_path)
    try:
        # A login that the IdP asks us to start names the IdP; it must be the connection's own.
        if (issuer := asked.get("iss", "")) and issuer != connection.issuer:
            raise LoginRefused("initiate-issuer", f"iss '{connection.issuer}'", f"'{plain(issuer)}'")
        opened = transactions.open_sign_in(connection, next_path, request.COOKIES.get(settings.SIGN_IN_COOKIE_NAME, ""))
        outgoing = protocol_of(connection).start(connection, opened, asked.get("login_hint", "")[:320])
    except LoginRefused as refusal:
        return refusal_page(request, refusal, connection, next_path=next_path)
    except ProviderBusy:
        opened.row.delete()
        return busy_page(request)
    return with_binding(to_sign_in(request, connection, outgoing), opened.binding)


@csrf_exempt  # posted by the IdP's page; bound to the browser at `finish`
@limited
@never_cache
@takes("POST")
def saml_acs(request: HttpRequest, account_slug: str, connection_id: UUID) -> HttpResponse:
    """Assertion consumer service: store the SAML response that the browser brings."""
    connection = _known(connection_id, account__slug=account_slug, protocol=Protocol.SAML)
    answer = {name: request.POST[name] for name in SAML_FIELDS if name in request.POST}
    row, in_response_to = transactions.find_by_state(answer.get("RelayState", ""), connection), ""
    try:
        _check_size(answer)
        if row is None:
            in_response_to = unverified_in_response_to(answer.get("SAMLResponse", ""), settings.SIGN_IN_MESSAGE_LIMIT)
            row = transactions.find_by_request(connection, in_response_to)
        if row is None:
            return _answer_to_nothing(request, connection, answer, in_response_to)
        _check_live(connection, row)
        transactions.keep_answer(row, answer)
    except LoginRefused as refusal:
        if row is None and not _is_open(connection):
            return switched_off(request, connection)
        tie, next_path = Tie.CONNECTION if row else Tie.NOTHING, local_path(answer.get("RelayState", ""))
        return refusal_page(request, refusal, connection, tie=tie, row=row, next_path=next_path)
    return SeeOther(reverse("sso:finish", args=[row.pk]))


@csrf_exempt  # as above; GET is the `query` response mode and errors
@limited
@never_cache
@takes("GET", "POST")
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """The published redirect URI: store the ID token, code or error that the browser brings."""
    sent = request.POST if request.method == "POST" else request.GET
    answer = {name: sent[name] for name in OIDC_FIELDS if name in sent}
    row = transactions.find_by_state(answer.pop("state", ""))
    if row is None or row.connection.protocol != Protocol.OIDC:
        return refusal_page(request, transactions.unknown_sign_in(), None)
    try:
        _check_size(answer)
        transactions.keep_answer(row, answer)
    except LoginRefused as refusal:
        return refusal_page(request, refusal, row.connection, row=row)
    return SeeOther(reverse("sso:finish", args=[row.pk]))


@dataclass
class _Attempt:
    """One answer on its way to a login. `claims`: as soon as it is verified; `tie`: what a refusal of it belongs to."""

    request: HttpRequest
    row: SignInTransaction
    connection: Connection
    trace: Trace
    answer: dict[str, str] = field(default_factory=dict)
    claims: IdentityClaims | None = None
    tie: Tie = Tie.CONNECTION

    @property
    def signed_in(self) -> User | None:
        """Who has a session in this browser already."""
        return self.request.user if isinstance(self.request.user, User) else None


@limited
@never_cache
@takes("GET")
def finish(request: HttpRequest, transaction_id: UUID) -> HttpResponse:
    """Verify the kept answer for the browser that started, and sign the user in, once.

    A browser that is signed in by this answer already goes to where that led.
    """
    row = transactions.find(transaction_id)
    if place := _place_reached(request, transaction_id, row):
        return SeeOther(place)
    if row is None:
        return refusal_page(request, transactions.unknown_sign_in(), None)
    connection = with_draft(row.connection) if row.tests_draft else row.connection
    beginning = Beginning.TEST if row.tester_id else Beginning.HERE if row.request_id else Beginning.IDP
    attempt = _Attempt(request, row, connection, Trace(beginning))
    try:
        _take_answer(attempt)
        claims = attempt.claims = protocol_of(connection).read(connection, attempt.answer, row, attempt.trace)
        if row.tester_id:  # a login that an admin tries out: its record, and nobody is signed in
            return _shown(attempt, trial.tried(claims, connection, row, attempt.signed_in, attempt.trace))
        return _sign_in(attempt, claims)
    except LoginRefused as refusal:
        return _refuse(attempt, refusal)
    except ProviderBusy:
        transactions.give_back(row, attempt.answer)
        return busy_page(request)


def _take_answer(attempt: _Attempt) -> None:
    """Consume the answer for this browser. Raises LoginRefused."""
    row, trace = attempt.row, attempt.trace
    trace.passed(Part.REQUEST, _begun(row))
    _check_live(attempt.connection, row)
    attempt.answer = transactions.consume(row, attempt.request.COOKIES.get(settings.SIGN_IN_COOKIE_NAME, ""))
    attempt.tie = Tie.ANSWERED_SIGN_IN if row.request_id else Tie.CONNECTION
    trace.passed(Part.ANSWER, "The browser that started this sign-in returned the answer, once and in time.")


def _sign_in(attempt: _Attempt, claims: IdentityClaims) -> HttpResponse:
    request, row = attempt.request, attempt.row
    done = complete_login(
        claims,
        attempt.connection,
        signed_in=attempt.signed_in,
        ip_address=client_address(request),
        trace=attempt.trace,
    )
    auth.login(request, done.user, backend=BACKEND)
    sessions.begin(
        request,
        done.user,
        connection=attempt.connection,
        identity=done.record.identity,
        idp_session=claims.idp_session,
        hints=claims.logout_hints,
        ends_at=claims.session_ends_at,
    )
    place = row.next_path or settings.LOGIN_REDIRECT_URL
    _remember_place(request, row, place)
    return SeeOther(place)


def _refuse(attempt: _Attempt, refusal: LoginRefused) -> HttpResponse:
    row, connection, claims, trace = attempt.row, attempt.connection, attempt.claims, attempt.trace
    if row.refusal and refusal.code == transactions.USED:
        return refused_again(attempt.request, row)
    if row.tester_id:
        return _shown(attempt, trial.refused(refusal, connection, claims, trace))
    return refusal_page(attempt.request, refusal, connection, claims, tie=attempt.tie, row=row, trace=trace)


def _shown(attempt: _Attempt, record: LoginRecord) -> HttpResponse:
    """The record of a test, also when the admin who made it reloads or goes back."""
    shown = trial.shown(record)
    if attempt.row.consumed_at and attempt.signed_in and attempt.signed_in.pk == attempt.row.tester_id:
        _remember_place(attempt.request, attempt.row, shown.url)
    return shown


def _remember_place(request: HttpRequest, row: SignInTransaction, place: str) -> None:
    """Where a sign-in led, for the browser that brings its answer again: back button, reload, double click.

    Kept in the session that the sign-in opened, so it ends with it: after a logout, and in every other browser, an
    answer that was used is refused. Nobody is signed in by it (`docs/decisions/0028`).
    """
    names = [str(row.pk), *filter(None, [row.answer_digest])]
    known = {**request.session.get(_PLACES, {}), **dict.fromkeys(names, place)}
    request.session[_PLACES] = dict(list(known.items())[-_PLACES_KEPT:])


def _place_reached(request: HttpRequest, transaction_id: UUID, row: SignInTransaction | None) -> str:
    """The place kept for that sign-in, or for the same answer (`row`: None: gone already); empty for all others."""
    if not request.user.is_authenticated:
        return ""
    known: dict[str, str] = request.session.get(_PLACES, {})
    return known.get(str(transaction_id)) or known.get(row.answer_digest if row else "", "")


@limited_by("DOCUMENT", is_program=True)
@require_GET
def saml_metadata(_request: HttpRequest, account_slug: str, connection_id: UUID) -> HttpResponse:
    """Service provider metadata of this connection, for its IdP."""
    connection = _known(connection_id, account__slug=account_slug, protocol=Protocol.SAML)
    metadata = service_provider.service_provider_metadata(connection)
    return HttpResponse(metadata, content_type="application/samlmetadata+xml; charset=utf-8")


@limited_by("DOCUMENT", is_program=True)
@require_GET
def client_keys(_request: HttpRequest, account_slug: str, connection_id: UUID) -> JsonResponse:
    """The public keys that an OpenID connection signs its token requests with (`private_key_jwt`), for its provider.

    A JWK Set (RFC 7517 section 5); empty while the connection has no key.
    """
    connection = _known(connection_id, account__slug=account_slug, protocol=Protocol.OIDC)
    return JsonResponse(published_keys(connection))


def _known(connection_id: UUID, **conditions: str) -> Connection:
    return get_object_or_404(Connection.objects.select_related("account").filter(**conditions), pk=connection_id)


def _is_open(connection: Connection, row: SignInTransaction | None = None) -> bool:
    """A connection that is not live can be tried out, and nothing else."""
    return connection.state == ConnectionState.LIVE or (row is not None and row.tester_id is not None)


def _check_live(connection: Connection, row: SignInTransaction) -> None:
    """Raises LoginRefused where the connection was switched off while the user was at the identity provider."""
    if not _is_open(connection, row):
        raise LoginRefused(
            "connection-not-live",
            "a live connection until the sign-in is complete",
            f"'{connection}', which is in state '{connection.state}' now",
        )


def _begun(row: SignInTransaction) -> str:
    at = f"{row.created_at:%Y-%m-%d %H:%M:%S} UTC"
    if row.tests_draft:
        return f"Started here at {at}, with the settings of the draft, which is not live."
    if row.request_id:
        return f"Started here at {at}."
    return f"Started by the identity provider at {at}, which this connection allows."


def _check_size(answer: dict[str, str]) -> None:
    size = sum(len(value) for value in answer.values())
    if size > settings.SIGN_IN_MESSAGE_LIMIT:
        raise LoginRefused("message-too-large", f"at most {settings.SIGN_IN_MESSAGE_LIMIT} characters", f"{size}")


def _answer_to_nothing(
    request: HttpRequest, connection: Connection, answer: dict[str, str], in_response_to: str
) -> HttpResponse:
    """A response to no request of ours. Anyone can post one, so it gets a row only once its signature is verified.

    What the identity provider signed is kept where IdP-initiated login is allowed, and recorded as refused elsewhere.
    """
    if not _is_open(connection):
        return switched_off(request, connection)
    not_allowed = _why_not_unsolicited(connection, in_response_to)
    next_path = local_path(answer.get("RelayState", ""))
    try:
        service_provider.check_signature(connection, answer)
    except LoginRefused as unsigned:
        return refusal_page(request, not_allowed or unsigned, connection, tie=Tie.NOTHING, next_path=next_path)
    if not_allowed:
        return refusal_page(request, not_allowed, connection, next_path=next_path)
    opened = transactions.open_unsolicited(connection, answer, next_path)
    return with_binding(SeeOther(reverse("sso:finish", args=[opened.row.pk])), opened.binding)


def _why_not_unsolicited(connection: Connection, in_response_to: str) -> LoginRefused | None:
    """Only where that is allowed, and never one that claims to answer (`protocol.md` 8.4 check 11)."""
    if in_response_to:
        return LoginRefused(
            "saml-in-response-to",
            "the ID of a request that this server sent on this connection in the last ten minutes",
            f"InResponseTo '{in_response_to[:100]}'",
            "Start again from the sign-in page.",
            side=Side.USER,
        )
    if not connection.allow_idp_initiated:
        return LoginRefused(
            "saml-idp-initiated",
            "an answer to a sign-in that was started here",
            "a response that the identity provider started by itself",
        )
    return None


def with_binding(response: HttpResponse, binding: str) -> HttpResponse:
    """Lax: the cookie is kept from the cross-site POST, and comes with the GET that the POST's answer leads to (R7)."""
    response.set_cookie(
        settings.SIGN_IN_COOKIE_NAME,
        binding,
        max_age=int(transactions.LIFETIME.total_seconds()),
        secure=settings.OVER_TLS,
        httponly=True,
        samesite="Lax",
    )
    return response
