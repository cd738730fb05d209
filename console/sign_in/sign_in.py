"""Sign-in by password, and the way to the identity provider."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.connections.domains.sign_in_choices import live_connections_for_email, single_tenant_connections
from accounts.connections.vendors import VENDORS
from accounts.models import Connection
from accounts.rate_limits import limited
from common.folding import fold
from common.http.canonical_host import at_base_url
from common.http.local_paths import HOME, local_path
from console.sign_in.forms import CorporateEmailForm, PasswordSignInForm

TOO_MANY_TRIES = "Too many attempts with a wrong password for this email. Try again in {minutes} minutes."
WRONG_PASSWORD = "Incorrect email or password. Check both, or log in with SSO."


@dataclass(frozen=True)
class Choice:
    """A link to an identity provider. `label`: text of the button where the company is known; `name`: elsewhere."""

    label: str
    name: str
    address: str


@limited
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Email and password. One answer for every failure (R9); a fresh session for every success (R1)."""
    next_path = _next_path(request)
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_path)
    form = PasswordSignInForm(request.POST or None)
    if form.is_valid():
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        # Folded, so that spelling the same e-mail otherwise does not give more tries.
        user = authenticate(request, username=fold(email), password=password)
        if user is not None:
            # Django keeps the session key when the same person logs in again.
            request.session.flush()
            login(request, user)
            return redirect(next_path)
        form.add_error(None, WRONG_PASSWORD)
    direct = [_choice(connection, next_path) for connection in single_tenant_connections()]
    sso_address = _address("login-sso", next_path)
    page = {"form": form, "next": next_path, "direct": direct, "sso_address": sso_address}
    return render(request, "sign_in/login.html", page)


@limited
@at_base_url
@require_safe
def log_in_with_sso(request: HttpRequest) -> HttpResponse:
    """The domain of the corporate email selects the connection; the answer does not depend on the user (R17)."""
    next_path = _next_path(request)
    form = CorporateEmailForm(request.GET if "email" in request.GET else None)
    page = {"form": form, "next": next_path, "password_address": _address("login", next_path)}
    if not form.is_valid():
        return render(request, "sign_in/login_sso.html", page)
    email = form.cleaned_data["email"]
    choices = [_choice(connection, next_path, email) for connection in live_connections_for_email(email)]
    if not choices:
        return render(request, "sign_in/login_sso.html", {**page, "unknown_domain": email.rpartition("@")[2]})
    if len(choices) > 1:
        again_address = _address("login-sso", next_path)
        return render(request, "sign_in/choose_connection.html", {"choices": choices, "again_address": again_address})
    # A page that redirects by itself. An HTTP redirect would not work: Chromium applies `form-action 'self'` to every
    # redirect that follows a form, even a GET form, and would block the identity provider.
    response = render(request, "sign_in/leaving.html", {"choice": choices[0]})
    response["Refresh"] = f"0; url={choices[0].address}"
    return response


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Too many wrong passwords from one address, for one email or in all; the same for unknown emails."""
    seconds = int(get_cool_off(request).total_seconds())
    minutes = seconds // 60
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": TOO_MANY_TRIES.format(minutes=minutes)}, status=429)
    else:
        response = render(request, "sign_in/locked_out.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _choice(connection: Connection, next_path: str, login_hint: str = "") -> Choice:
    label = connection.button_label or VENDORS[connection.vendor].button
    address = _address("sso:start", next_path, connection.id, login_hint=login_hint)
    return Choice(label, connection.name, address)


def _address(route: str, next_path: str, *args: object, **query: str) -> str:
    """URL of the route, with `next`."""
    asked = {**query, "next": "" if next_path == HOME else next_path}
    text = urlencode({name: value for name, value in asked.items() if value})
    return reverse(route, args=args) + (f"?{text}" if text else "")


def _next_path(request: HttpRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    return local_path(sent.get("next", ""))
