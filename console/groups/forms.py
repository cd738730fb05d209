"""Forms about a group. They check shape; services check the rules."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.groups.identifiers import SeenIdentifier
from accounts.models import Account, AccountRole, Group, User
from common.folding import fold
from common.texts import listed
from console.shared.fields import NameField, NameInput
from console.shared.words import counted
from spaces.models import Space, SpaceRole

MOST_AT_ONCE = 500
_PREVIEW = {"hx-post": "", "hx-trigger": "input changed delay:400ms", "hx-target": "#effect", "hx-swap": "outerHTML"}


class GroupForm(forms.Form):
    name = forms.CharField(label="Name", max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    idp_identifier = forms.CharField(
        label="IdP identifier",
        max_length=512,
        required=False,
        help_text="Identifier of the group at the identity provider, usually a GUID. With one, members are synced at"
        " each login. Leave it empty for a group with members that you manage here.",
        widget=NameInput(attrs=_PREVIEW),
    )

    def offer(self, seen: list[SeenIdentifier]) -> None:
        widget = cast(NameInput, self.fields["idp_identifier"].widget)
        widget.offered = [(one.identifier, counted(one.people, "user", "users")) for one in seen]


class AccountRoleForm(forms.Form):
    account_role = forms.ModelChoiceField(
        AccountRole.objects.none(),
        label="Account role",
        required=False,
        empty_label="none",
        help_text="Members have its permissions in addition to those of their own account role.",
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = AccountRole.objects.in_account(account).order_by("name")
        self.fields["account_role"].queryset = roles  # type: ignore[attr-defined]


class SpaceRoleForm(forms.Form):
    space = NameField("space", label="Space")
    role = forms.ModelChoiceField(SpaceRole.objects.none(), label="Space role", empty_label="Choose a role")

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        space, role = self.fields["space"], self.fields["role"]
        space.offer(Space.objects.in_account(account))  # type: ignore[attr-defined]
        role.queryset = SpaceRole.objects.in_account(account).order_by("name")  # type: ignore[attr-defined]


class MembersForm(forms.Form):
    emails = forms.CharField(
        label="Emails",
        help_text="One or more, separated by commas or line breaks.",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "placeholder": "bob@company.com"}),
    )

    def __init__(self, group: Group, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def clean_emails(self) -> list[User]:
        """Return the users with these emails, or with these user names where they have no email."""
        written = {fold(one): one for one in re.split(r"[,;\s]+", self.cleaned_data["emails"]) if one}
        if not written:
            raise ValidationError("Enter at least one email.")
        if len(written) > MOST_AT_ONCE:
            raise ValidationError(f"At most {MOST_AT_ONCE} users at once; you entered {len(written)}.")
        named = Q(email_key__in=written) | Q(email_key="", user_name_key__in=written)
        users = list(User.objects.in_account(self.group.account_id).present().filter(named))
        unknown = [written[key] for key in written.keys() - {fold(str(user)) for user in users}]
        if unknown:
            raise ValidationError(f"This account has no user with the email {listed(sorted(unknown), 10)}.")
        return users
