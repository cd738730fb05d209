"""Sign-in for account admins while the identity provider fails: by recovery code, or by the operator's link."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authentication import BACKEND
from accounts.models import User
from accounts.passwords import recovery_codes, recovery_links
from accounts.rate_limits import limited_by
from common.folding import fold
from common.http.client_address import client_address
from console.shared.words import counted
from console.sign_in.forms import RecoveryCodeForm, RecoveryLinkForm
from console.sign_in.passwords import dead_link

WRONG_CODE = (
    "Incorrect email or recovery code. A code works once, for an account admin, while SSO is enforced."
    " Try another code, or ask the operator of this installation."
)


@limited_by("RECOVERY")
@sensitive_post_parameters("recovery_code")
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """One answer for every failure (R9); attempts count with those of passwords (django-axes)."""
    form = RecoveryCodeForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["recovery_code"]
        user = authenticate(request, username=fold(form.cleaned_data["email"]), recovery_secret=code)
        if isinstance(user, User):
            left = counted(recovery_codes.left(user.account), "code is", "codes are")
            messages.warning(request, f"You signed in with a recovery code, which is now used. {left} left.")
            return _signed_in(request, user)
        form.add_error(None, WRONG_CODE)
    return render(request, "sign_in/recovery.html", {"form": form})


@limited_by("RECOVERY")
@require_safe
def recovery_link(request: HttpRequest, user_id: UUID, unverified_token: str) -> HttpResponse:
    """Show a button, so that a link scanner in a mail system does not use the link."""
    admin = recovery_links.admin_of_link(user_id, unverified_token)
    if admin is None:
        return dead_link(request)
    return render(request, "sign_in/recovery_link.html", {"admin": admin, "token": unverified_token})


@limited_by("RECOVERY")
@sensitive_post_parameters("unverified_token")
@require_POST
def recover_by_link(request: HttpRequest) -> HttpResponse:
    """Sign in by the link. Its path has no token, because django-axes stores the paths of logins."""
    form = RecoveryLinkForm(request.POST)
    user = recovery_links.use(**form.cleaned_data, ip_address=client_address(request)) if form.is_valid() else None
    return dead_link(request) if user is None else _signed_in(request, user)


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    # Django keeps the session key when the same person logs in again (R1).
    request.session.flush()
    login(request, user, backend=BACKEND)
    return redirect("home")
