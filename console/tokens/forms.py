"""Forms for a new API token: one's own, and the account's for provisioning."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Connection
from accounts.permissions import HINTS, Permission
from console.shared.guards import permissions_of

# Days; the default is the longest that a program may ask for (R38).
LIFETIMES = {"30": "in 30 days", "90": "in 90 days", "365": "in a year", "never": "never"}


class TokenForm(forms.Form):
    """Fields of every new token."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="For example the program that uses it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Okta provisioning"}),
    )
    expires = forms.ChoiceField(
        label="Expires",
        choices=tuple(LIFETIMES.items()),
        initial="365",
        help_text="An alert appears 30, 14 and 3 days before.",
    )

    @property
    def expires_at(self) -> datetime | None:
        """Expiry, of a valid form; None: never."""
        chosen = self.cleaned_data["expires"]
        return None if chosen == "never" else timezone.now() + timedelta(days=int(chosen))


class ProvisioningTokenForm(TokenForm):
    """A provisioning token of the account. With several connections, it can be limited to one."""

    connection = forms.ChoiceField(
        label="Connection",
        required=False,
        help_text="The connection that this token provisions users for. A first login through a connection matches"
        " users by external ID or plain user name only if a token of that connection created them.",
    )
    field_order = ("name", "connection", "expires")

    def __init__(self, connections: Iterable[Connection], given: Any = None) -> None:
        super().__init__(given)
        self._connections = {str(one.pk): one for one in connections}
        if len(self._connections) < 2:
            del self.fields["connection"]
            return
        field: Any = self.fields["connection"]
        field.choices = [
            ("", "None: it can provision all users, and logins match its users by verified email only"),
            *((key, one.name) for key, one in self._connections.items()),
        ]

    @property
    def chosen(self) -> Connection | None:
        """The connection, of a valid form."""
        return self._connections.get(self.cleaned_data.get("connection", ""))


class OwnTokenForm(TokenForm):
    """A personal token, with at most the permissions of its owner."""

    permissions = forms.MultipleChoiceField(
        label="Permissions",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without permissions, the token can only read your identity.",
    )
    field_order = ("name", "permissions", "expires")

    def __init__(self, request: HttpRequest, given: Any = None) -> None:
        super().__init__(given)
        own = permissions_of(request)
        choices = tuple((str(one), _with_hint(one)) for one in Permission if one in own)
        field: Any = self.fields["permissions"]
        field.choices = choices
        if not choices:
            del self.fields["permissions"]


def _with_hint(permission: Permission) -> str:
    hint = HINTS.get(permission)
    return f"{permission}: {hint[0].lower()}{hint[1:]}" if hint else str(permission)
