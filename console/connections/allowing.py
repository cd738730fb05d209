"""Account permissions that logins of a connection may assign: allowed in a confirmation, or by a button."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.connections.agreed_permissions import Gift, allow_permissions, not_agreed
from accounts.models import Connection
from accounts.permissions import Permission
from console.connections.tabs import connection_of
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_message

FIELD = "allow"
_BETWEEN = ", "


class AllowForm(forms.Form):
    """One checkbox, unticked, for each group and role that gives more than was allowed.

    The value lists the permissions of the label, so that a role extended meanwhile is not allowed unseen.
    """

    allow = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        boxes: Any = self.fields[FIELD]
        boxes.label = f"Allow logins through {connection} to assign:"
        boxes.choices = [(_words(gift), f"{gift.name}: {_words(gift)}") for gift in not_agreed(connection)]


def allow_form(connection: Connection) -> AllowForm | None:
    """Return the form for a confirmation; None if there is nothing to allow."""
    form = AllowForm(connection)
    boxes: Any = form.fields[FIELD]
    return form if boxes.choices else None


def ticked(request: HttpRequest) -> set[str]:
    """Return the account permissions of the selected checkboxes."""
    return {name for value in request.POST.getlist(FIELD) for name in value.split(_BETWEEN) if name}


@require_POST
@needs(Permission.MANAGE_SSO)
def allow(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    with refusal_as_message(request):
        allowed = ticked(request)
        changed = allow_permissions(connection, allowed, acting=acting(request))
        now = f"Logins through '{connection}' can now assign {_BETWEEN.join(sorted(allowed))}."
        messages.success(request, now if changed else "No changes.")
    return redirect("connection-people", connection.pk)


def _words(gift: Gift) -> str:
    return _BETWEEN.join(gift.permissions)
