"""Tabs General, User access and Attribute names of a connection: one form each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.connections.agreed_permissions import allow_permissions, gifts_of
from accounts.connections.changes import update_connection
from accounts.connections.drafts import change_settings
from accounts.models import Connection
from accounts.permissions import Permission
from console.connections.forms import AttributeNamesForm, GeneralForm, PeopleForm, ticked
from console.connections.tabs import after_step, connection_of, edited, posted, shown, where
from console.shared.guards import acting, has_all_permissions, needs
from console.shared.refusals import refusal_as_form_error, refusal_as_message
from spaces.sign_in_rules import change_sign_in_rules


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def general(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    form = GeneralForm(connection, posted(request), has_all_permissions=has_all_permissions(request))
    if request.method == "POST" and form.is_valid():
        with refusal_as_form_error(form):
            changed = update_connection(connection, form.cleaned_data, acting=acting(request))
            return _saved(request, connection, "connection-general", changed)
    return shown(request, connection, "connection-general", "connections/general.html", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def attributes(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = edited(request, connection_id)
    form = AttributeNamesForm(connection, posted(request))
    if request.method == "POST" and form.is_valid():
        with refusal_as_form_error(form):
            names = {name: text for name, text in form.cleaned_data.items() if text}
            changed = change_settings(connection, {"attribute_names": names}, acting=acting(request))
            return _saved(request, connection, "connection-attributes", changed, where(connection))
    return shown(request, connection, "connection-attributes", "connections/attributes.html", edits=True, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def user_access(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    form = PeopleForm(connection, posted(request), has_all_permissions=has_all_permissions(request))
    if request.method == "POST" and form.is_valid():
        with refusal_as_form_error(form):
            changed = change_sign_in_rules(connection, **form.rules(), acting=acting(request))
            return _saved(request, connection, "connection-people", changed)
    gifts = gifts_of(connection)
    return shown(request, connection, "connection-people", "connections/user_access.html", form=form, gifts=gifts)


@require_POST
@needs(Permission.MANAGE_SSO)
def allow(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Allow account permissions that logins may then assign."""
    connection, allowed = connection_of(request, connection_id), ticked(request)
    with refusal_as_message(request):
        changed = allow_permissions(connection, allowed, acting=acting(request))
        now = f"Logins through '{connection}' can now assign {', '.join(sorted(allowed))}."
        messages.success(request, now if changed else "No changes.")
    return redirect("connection-people", connection.pk)


def _saved(request: HttpRequest, connection: Connection, route: str, changed: bool, in_draft: str = "") -> HttpResponse:
    saved = f"Saved{in_draft}." if in_draft else "Saved. Applies from the next login."
    messages.success(request, saved if changed else "No changes.")
    return after_step(connection, route)
