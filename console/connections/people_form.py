"""Whom a connection lets in, and what they get."""

from typing import Any

from django import forms

from accounts.connections.agreed_permissions import agreed
from accounts.connections.changes import RULES
from accounts.connections.consent import was_enabled
from accounts.models import AccountRole, Connection
from accounts.models.identity import JustInTime, UpdatePolicy
from accounts.permissions import Permission
from console.shared.name_fields import NameField
from spaces.models import Space, SpaceRole
from spaces.role_mapping import MEMBER_ROLE
from spaces.sign_in_rules import placement_of


class PeopleForm(forms.Form):
    just_in_time = forms.ChoiceField(
        label="Who may come in that was never here",
        choices=JustInTime.choices,
        help_text="“Only people whom provisioning announced” needs SCIM, or people created by hand.",
    )
    update_policy = forms.ChoiceField(
        label="What a login updates",
        choices=UpdatePolicy.choices,
        help_text="Contact details are e-mail, names and time zone. Everything is also account role and spaces.",
    )
    remove_unmapped_spaces = forms.BooleanField(
        label="Take spaces away that a login no longer names",
        required=False,
        help_text="Only with “everything at every login”, and only spaces that a login gave.",
    )
    keep_groups_when_missing = forms.BooleanField(
        label="Keep groups when a login says nothing about groups",
        required=False,
        help_text="Off: who sends no groups any more is in none. Entra leaves the claim out for people in no group.",
    )
    default_space = NameField(
        "space",
        label="Default space",
        required=False,
        help_text="Where a first login goes that names no space we know. Empty: nowhere, until an admin places them.",
    )
    default_role = forms.ChoiceField(label="Role in the default space", required=False)
    grantable = forms.ModelMultipleChoiceField(
        label="Account roles that the identity provider may give",
        queryset=AccountRole.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    agreed = forms.MultipleChoiceField(
        label="Account permissions that logins may give",
        choices=[(str(permission), str(permission)) for permission in Permission],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, connection: Connection, posted: Any = None, *, decides: bool = True) -> None:
        """`decides`: whether the person may change what lets logins in, and what they give."""
        space, role = placement_of(connection) or ("", MEMBER_ROLE)
        initial = {name: getattr(connection, name) for name in RULES}
        granted = connection.grantable_account_roles.all()
        super().__init__(
            posted,
            initial={
                **initial,
                "default_space": space,
                "default_role": role,
                "grantable": granted,
                "agreed": sorted(agreed(connection)),
            },
        )
        account: Any = connection.account
        self._field("default_space").offer(Space.objects.in_account(account))
        roles = SpaceRole.objects.in_account(account).order_by("name").values_list("name", flat=True)
        self._field("default_role").choices = [(name, name) for name in roles]
        self._field("grantable").queryset = AccountRole.objects.in_account(account).order_by("name")
        if not decides:
            for name in self.fields if was_enabled(connection) else ("grantable", "agreed"):
                self._field(name).disabled = True

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def rules(self) -> dict[str, Any]:
        """What `change_sign_in_rules` takes."""
        given = self.cleaned_data
        return {
            "changes": {name: given[name] for name in RULES},
            "grantable_account_roles": given["grantable"],
            "agreed_permissions": given["agreed"],
            "default_space": given["default_space"].name if given["default_space"] else "",
            "default_role": given["default_role"] or MEMBER_ROLE,
        }
