"""Set a password through a one-time link, or change one's own while signed in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.models.user import UserOrigin
from accounts.passwords.links import ends_tokens, person_of_link, set_password_by_link
from accounts.rate_limits import limited, limited_by
from accounts.tokens import tokens
from accounts.users import users
from common.folding import fold
from console.shared.guards import acting, person_of
from console.shared.refusals import refusal_as_form_error
from console.sign_in.forms import ChangePasswordForm, NewPasswordForm

WRONG_PASSWORD = "Incorrect current password. Try again, or ask an admin for a link to set a new one."


@limited_by("LINK")
@sensitive_post_parameters("new_password", "repeat_password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest, user_id: UUID, unverified_token: str) -> HttpResponse:
    person = person_of_link(user_id, unverified_token)
    if person is None:
        return dead_link(request)
    has_tokens, always = _has_tokens(person), ends_tokens(person, unverified_token)
    form = NewPasswordForm(person, request.POST or None, offer_tokens=has_tokens and not always)
    if not form.is_valid():
        page = {"form": form, "person": person, "ends_tokens": has_tokens and always}
        return render(request, "sign_in/set_password.html", page)
    end_tokens = form.cleaned_data.get("end_tokens", False)
    if not set_password_by_link(user_id, unverified_token, form.cleaned_data["new_password"], end_tokens=end_tokens):
        return dead_link(request)
    messages.success(request, "Password saved. Log in with it now.")
    return redirect("login")


@limited
@sensitive_post_parameters("current_password", "new_password", "repeat_password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the user's own password. Wrong attempts count with those at the sign-in page (django-axes)."""
    person = person_of(request)
    if person.origin != UserOrigin.PASSWORD:
        raise Http404
    form = ChangePasswordForm(person, request.POST or None, offer_tokens=_has_tokens(person))
    if form.is_valid() and _is_right(request, form):
        with refusal_as_form_error(form):
            chosen, end_tokens = form.cleaned_data["new_password"], form.cleaned_data.get("end_tokens", False)
            users.set_password(person, chosen, end_tokens=end_tokens, acting=acting(request))
            request.session.flush()
            messages.success(request, "Password saved, and all sessions ended. Log in with the new password.")
            return redirect("login")
    return render(request, "sign_in/change_password.html", {"form": form})


def _is_right(request: HttpRequest, form: ChangePasswordForm) -> bool:
    """Check the current password; add a form error if it is wrong."""
    person, password = person_of(request), form.cleaned_data["current_password"]
    found = authenticate(request, username=fold(person.email), password=password, account=person.account.slug)
    if found is None or found.pk != person.pk:
        form.add_error("current_password", WRONG_PASSWORD)
    return not form.errors


def _has_tokens(person: User) -> bool:
    return tokens.living(person.account, owner=person).exists()


def dead_link(request: HttpRequest) -> HttpResponse:
    return render(request, "sign_in/dead_link.html", status=404)
