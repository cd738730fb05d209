"""Create a user: pending until the first SSO login, or with a password."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.passwords.links import make_link
from accounts.permissions import Permission
from accounts.users.users import create_password_user, provision_pending
from console.shared.guards import account_of, acting, needs
from console.shared.refusals import refusal_as_form_error
from console.users.forms import PASSWORD, NewUserForm
from console.users.sign_in import show_link


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def new_user(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(account_of(request), request.POST or None)
    if form.is_valid():
        with refusal_as_form_error(form):
            person = _create(request, form.cleaned_data)
            if form.cleaned_data["way_in"] == PASSWORD:
                return show_link(request, person, make_link(person, acting=acting(request)))
            messages.success(request, f"User {person} created. They are pending until their first SSO login.")
            return redirect("user", user_id=person.pk)
    return render(request, "users/new_user.html", {"form": form})


def _create(request: HttpRequest, given: dict[str, Any]) -> User:
    profile = {name: given[name] for name in ("first_name", "last_name", "account_role")}
    if given["way_in"] == PASSWORD:
        return create_password_user(account_of(request), given["email"], None, acting=acting(request), **profile)
    return provision_pending(account_of(request), given["email"], acting=acting(request), **profile)
