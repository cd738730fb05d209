"""What people type, checked for shape. The rules behind it are the services'."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password

from accounts.models import User


class PasswordSignInForm(forms.Form):
    """No length is checked: every wrong pair gets the same answer (R9)."""

    email = forms.EmailField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class UnechoedInput(forms.TextInput):
    """What was typed is not written into the page again."""

    def format_value(self, value: Any) -> None:
        return None


class RecoveryCodeForm(forms.Form):
    """As above: only whether both belong together is told."""

    email = forms.EmailField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )
    recovery_code = forms.CharField(
        label="Recovery code",
        help_text="One of the codes that were shown when SSO was enforced. It is used up by this.",
        widget=UnechoedInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class RecoveryLinkForm(forms.Form):
    """What the page behind a recovery link sends by itself."""

    user_id = forms.UUIDField()
    unverified_token = forms.CharField(max_length=200)


class CorporateEmailForm(forms.Form):
    email = forms.EmailField(
        label="Corporate email",
        help_text="The part after the @ tells us which company you belong to.",
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autofocus": True, "spellcheck": "false", "placeholder": "you@company.com"}
        ),
    )


class NewPasswordForm(forms.Form):
    new_password = forms.CharField(
        label="New password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    repeat_password = forms.CharField(
        label="Repeat password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    end_tokens = forms.BooleanField(
        label="End all my API tokens too",
        required=False,
        help_text="Every program that uses one of them is refused from then on. Choose it when somebody else may have"
        " known the old password. Without it your tokens go on.",
    )

    def __init__(self, user: User, *args: Any, offer_tokens: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.rules = password_validators_help_texts()
        if not offer_tokens:
            del self.fields["end_tokens"]

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, second = given.get("new_password"), given.get("repeat_password")
        if first and second and first != second:
            self.add_error("repeat_password", "The two passwords differ. Type the same one twice.")
        return given


class ChangePasswordForm(NewPasswordForm):
    """Of somebody who is signed in. Whether `current_password` is right is asked where tries are counted."""

    current_password = forms.CharField(
        label="Current password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current_password", "new_password", "repeat_password", "end_tokens")
