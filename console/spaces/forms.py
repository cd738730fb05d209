"""Forms about spaces and their members. They check shape; services check the rules."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Account, User
from common.folding import fold
from console.shared.fields import description_field
from spaces.models import SpaceRole


class SpaceForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=255,
        help_text="No commas: identity providers send several space names separated by commas.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = description_field()


class SpaceRoleForm(forms.Form):
    """The role of a user in a space."""

    role = forms.ModelChoiceField(
        label="Role",
        queryset=SpaceRole.objects.none(),
        empty_label="Choose a role",
        error_messages={"invalid_choice": "Expected a space role of this account."},
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        field: Any = self.fields["role"]
        field.queryset = SpaceRole.objects.in_account(account).order_by("-builtin", "name")


class PlaceForm(SpaceRoleForm):
    """A user and their role in a space. Cleans `email` to the user."""

    email = forms.CharField(
        label="Email",
        max_length=320,
        help_text="Email of a user of this account, active or pending.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("email", "role")

    def clean_email(self) -> User:
        email: str = self.cleaned_data["email"]
        users = User.objects.in_account(self.account).present()
        user: User | None = users.filter(email_key=fold(email)).first()
        if user is None:
            raise ValidationError(
                f"{self.account} has no user with the email '{email}'. Users are created at their first login, by"
                " provisioning, or by an admin."
            )
        return user
