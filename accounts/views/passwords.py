"""Setting a password through a one-time link."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import NewPasswordForm
from accounts.services.password_links import person_of_link, set_password_by_link


@sensitive_post_parameters("new_password", "repeat_password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest, user_id: UUID, unverified_token: str) -> HttpResponse:
    person = person_of_link(user_id, unverified_token)
    if person is None:
        return _dead_link(request)
    form = NewPasswordForm(person, request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/set_password.html", {"form": form, "person": person})
    if not set_password_by_link(user_id, unverified_token, form.cleaned_data["new_password"]):
        return _dead_link(request)
    messages.success(request, "Your password is saved. Log in with it now.")
    return redirect("login")


def _dead_link(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/dead_link.html", status=404)
