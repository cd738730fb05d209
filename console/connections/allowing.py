"""What an account admin lets the logins of a connection give: the boxes of a question, and a button of its own."""

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
from console.shared.refusals import told_on_the_next_page

FIELD = "allow"
_BETWEEN = ", "


class AllowForm(forms.Form):
    """A box for each group and role that gives more than was agreed to, none of them ticked by itself.

    A box' value is what its label says, so that a role which grows meanwhile is not agreed to unseen.
    """

    allow = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        boxes: Any = self.fields[FIELD]
        boxes.label = f"Logins through {connection} may give (without a tick they do not):"
        boxes.choices = [(_words(gift), f"{gift.name}: {_words(gift)}") for gift in not_agreed(connection)]


def allow_form(connection: Connection) -> AllowForm | None:
    """For a question; None where there is nothing to allow."""
    form = AllowForm(connection)
    boxes: Any = form.fields[FIELD]
    return form if boxes.choices else None


def ticked(request: HttpRequest) -> set[str]:
    """The account permissions of the boxes that were ticked."""
    return {name for value in request.POST.getlist(FIELD) for name in value.split(_BETWEEN) if name}


@require_POST
@needs(Permission.MANAGE_SSO)
def allow(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    with told_on_the_next_page(request):
        allowed = ticked(request)
        changed = allow_permissions(connection, allowed, acting=acting(request))
        told = f"Logins through '{connection}' may give {_BETWEEN.join(sorted(allowed))} from now on."
        messages.success(request, told if changed else "Nothing was changed.")
    return redirect("connection-people", connection.pk)


def _words(gift: Gift) -> str:
    return _BETWEEN.join(gift.permissions)
