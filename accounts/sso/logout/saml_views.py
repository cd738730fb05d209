"""Endpoints of SAML single logout: messages of the identity provider, and the pages around ours."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import auth, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts import sessions
from accounts.models import Connection
from accounts.models.identity import ConnectionState, Protocol
from accounts.rate_limits import limited_by
from accounts.sso.dead_ends import NO_LOGOUT, dead_end, takes
from accounts.sso.logout import saml as single_logout
from accounts.sso.logout import saml_messages
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import bindings as saml_bindings
from accounts.sso.saml import service_provider
from accounts.sso.saml.bindings import InboundMessage, Outgoing
from accounts.sso.sending import form_page, origins
from accounts.unrecorded_refusals import Tie
from common.http.client_address import client_address

PARTLY = (
    "You are logged out here. Your company's sign-in page may still know you: on a shared computer, log out there too,"
    " or close all windows of the browser."
)


@csrf_exempt  # comes from the identity provider's page, with a signature of its own
@limited_by("LOGOUT")
@never_cache
@takes("GET", "POST")
def saml_slo(request: HttpRequest, account_slug: str, connection_id: UUID) -> HttpResponse:
    """Single logout service, of both bindings: requests of the IdP, and its answers to ours. Needs no cookie."""
    connection = _connection(account_slug, connection_id)
    if request.method == "GET" and not request.GET:
        return dead_end(request, NO_LOGOUT, connection, "Expected a logout message; received none.")
    try:
        if request.method == "POST":
            inbound = saml_bindings.read_form(request.POST.dict())
        else:
            inbound = saml_bindings.read_query(request.META.get("QUERY_STRING", ""))
        if inbound.is_request:
            return _take_request(request, connection, inbound)
        return _take_response(connection, inbound)
    except LoginRefused as refusal:
        return _refused(request, single_logout.record_refusal(connection, refusal, Tie.NOTHING))


def _take_request(request: HttpRequest, connection: Connection, inbound: InboundMessage) -> HttpResponse:
    """A LogoutRequest. Once it is verified its sender is known, and gets an answer whatever was asked for."""
    message = saml_messages.verified(inbound, single_logout.expectations(connection))
    outcome = single_logout.apply_logout_request(connection, message, ip_address=client_address(request))
    if sessions.current(request) and not sessions.check(request):
        auth.logout(request)  # a redirect brings the cookie along: the page must not greet who has just been logged out
    outgoing = single_logout.answer(connection, message.get("ID", ""), outcome.statuses, inbound.relay_state)
    if outgoing is None:  # it never said where it takes answers
        return _logged_out(is_complete=True) if outcome.is_done else _refused(request, outcome.reference)
    # The IdP may have this page open in a frame, one for each application it ends.
    return _send_on(request, connection, outgoing, frame_ancestors=origins(outgoing.address))


def _take_response(connection: Connection, inbound: InboundMessage) -> HttpResponse:
    """A LogoutResponse. The user is logged out here already, whatever is wrong with it."""
    try:
        message = saml_messages.verified(inbound, single_logout.expectations(connection))
        return _logged_out(is_complete=single_logout.is_complete(connection, message))
    except LoginRefused as refusal:
        single_logout.record_refusal(connection, refusal, Tie.NOTHING)
    return _logged_out(is_complete=False)


@limited_by("LOGOUT")
@never_cache
@takes("GET")
def saml_logout_form(request: HttpRequest) -> HttpResponse:
    """The page that posts our LogoutRequest, for an IdP that takes no other; `log_out` leads here."""
    found = single_logout.kept_request(request.GET.get("kept", ""))
    if found is None:
        return redirect("login")
    connection, outgoing = found
    return _send_on(request, connection, outgoing)


@limited_by("LOGOUT")
@never_cache
@takes("GET")
def logged_out(request: HttpRequest) -> HttpResponse:
    """Where a logout that went through the IdP ends. No message for a user who is signed in: it would be wrong."""
    if request.user.is_authenticated:
        return redirect("home")
    list(messages.get_messages(request))  # what `log_out` left to be said is said here, once
    if "partly" in request.GET:
        messages.warning(request, PARTLY)
    else:
        messages.success(request, "You are logged out.")
    return redirect("login")


def _connection(account_slug: str, connection_id: UUID) -> Connection:
    found = Connection.objects.select_related("account").filter(
        account__slug=account_slug, protocol=Protocol.SAML, state=ConnectionState.LIVE
    )
    connection = get_object_or_404(found, pk=connection_id)
    if not service_provider.slo_url(connection):
        raise Http404
    return connection


def _logged_out(*, is_complete: bool) -> HttpResponse:
    """A local GET: what the browser shows depends on its session, whose cookie a cross-site POST does not bring."""
    return HttpResponseRedirect(reverse("sso:logged-out") + ("" if is_complete else "?partly"), status=303)


def _send_on(
    request: HttpRequest, connection: Connection, outgoing: Outgoing, frame_ancestors: Sequence[str] = ()
) -> HttpResponse:
    if not outgoing.fields:
        return HttpResponseRedirect(outgoing.address, status=303)
    return form_page(request, "sso/post_logout.html", connection, outgoing, frame_ancestors)


def _refused(request: HttpRequest, reference: str) -> HttpResponse:
    """400; with a reference, by which the admin finds the reason in the login records, unless it was only counted."""
    return render(request, "sso/logout_refused.html", {"reference": reference}, status=400)
