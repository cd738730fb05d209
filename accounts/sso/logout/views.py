"""Log out: here, and at the identity provider of the session."""

from collections.abc import Callable, Mapping

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import sessions
from accounts.audit import audit
from accounts.models import Connection
from accounts.models.identity import ConnectionState, Protocol
from accounts.rate_limits import limited_by
from accounts.sso.dead_ends import takes
from accounts.sso.logout import oidc, saml
from common.http.client_address import client_address

LOGGED_OUT = "You are logged out."
# Where the browser goes so that the IdP's session ends too, by what was kept of the login for that: the session's
# `logout_hints`, and `idp_session`. Empty: the IdP has no such address.
_LOGOUT_URLS: Mapping[str, Callable[[Connection, Mapping[str, str]], str]] = {
    Protocol.SAML: saml.logout_url,
    Protocol.OIDC: oidc.logout_url,
}


@limited_by("LOGOUT")
@takes("POST")
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session here, whatever the identity provider does; then the browser continues there, if it can (R8)."""
    session = sessions.current(request)
    connection = session.connection if session else None
    if connection and connection.state != ConnectionState.LIVE:
        connection = None
    hints = {**sessions.logout_hints(session), "idp_session": session.idp_session} if session and connection else {}
    if session:
        sessions.end(session, acting=audit.person(session.user, client_address(request)))
    auth.logout(request)
    address = _LOGOUT_URLS[connection.protocol](connection, hints) if connection else ""
    if not address:
        messages.success(request, LOGGED_OUT)
        return redirect("login")
    # Not a redirect: Chromium holds the form's page to `form-action 'self'` through redirects. Not the header Refresh:
    # with an ID token in it a proxy may find the answer's headers too long.
    page = render(request, "sso/logging_out.html", {"address": address, "name": connection.name if connection else ""})
    messages.success(request, LOGGED_OUT)  # after rendering: shown where the provider sends the browser back to
    return page
