"""Forms of the sign-in pages. They check shape; services check the rules."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password

from accounts.models import User


class _SignInForm(forms.Form):
    """No length is checked: every wrong pair gets the same answer (R9)."""

    email = forms.EmailField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )


class PasswordSignInForm(_SignInForm):
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class UnechoedInput(forms.TextInput):
    """The page never repeats the entered value."""

    def format_value(self, value: Any) -> None:
        return None


class RecoveryCodeForm(_SignInForm):
    recovery_code = forms.CharField(
        label="Recovery code",
        help_text="One of the codes shown when SSO was enforced. Each code works once.",
        widget=UnechoedInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class RecoveryLinkForm(forms.Form):
    """The hidden fields of the page behind a recovery link."""

    user_id = forms.UUIDField()
    unverified_token = forms.CharField(max_length=200)


class CorporateEmailForm(forms.Form):
    email = forms.EmailField(
        label="Corporate email",
        help_text="The part after the @ identifies your company.",
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
        label="Also revoke all my API tokens",
        required=False,
        help_text="Programs that use them lose access. Choose this if somebody else may know the old password."
        " Otherwise your tokens keep working.",
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
            self.add_error("repeat_password", "The passwords do not match.")
        return given


class ChangePasswordForm(NewPasswordForm):
    """For a signed-in user. The view checks `current_password`, where attempts are counted."""

    current_password = forms.CharField(
        label="Current password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current_password", "new_password", "repeat_password", "end_tokens")
