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
        help_text="No comma: identity providers send the names of spaces with commas between them.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = description_field()


class SpaceRoleForm(forms.Form):
    """Which role somebody is to have in a space."""

    role = forms.ModelChoiceField(
        label="Role",
        queryset=SpaceRole.objects.none(),
        empty_label="Choose a role",
        error_messages={"invalid_choice": "Expected a space role of this account."},
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for the type
        field.queryset = SpaceRole.objects.in_account(account).order_by("-builtin", "name")


class PlaceForm(SpaceRoleForm):
    """Who is to have which role in a space. Cleans `email` to the person."""

    email = forms.CharField(
        label="Email",
        max_length=320,
        help_text="Of somebody in this account. Who is still waiting for their first login can be placed too.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("email", "role")

    def clean_email(self) -> User:
        email: str = self.cleaned_data["email"]
        people = User.objects.in_account(self.account).present()
        person: User | None = people.filter(email_key=fold(email)).first()
        if person is None:
            raise ValidationError(
                f"Expected the email of somebody in {self.account}; received '{email}'. People are there once they"
                " logged in, were provisioned by the identity provider, or were created by an admin."
            )
        return person
