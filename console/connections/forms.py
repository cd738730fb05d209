"""Forms about a connection. They check shape; services check the rules."""

from typing import Any

from django import forms

from accounts.connections.agreed_permissions import agreed
from accounts.connections.attribute_names import FIELDS
from accounts.connections.changes import RULES
from accounts.connections.consent import HARMLESS, was_enabled
from accounts.connections.vendors import SET_UPS, VENDORS
from accounts.models import AccountRole, Connection
from accounts.models.identity import MAX_CLOCK_SKEW, JustInTime, Protocol, UpdatePolicy
from accounts.permissions import Permission
from console.connections.field_words import FIELD_WORDS
from console.shared.fields import NameField
from spaces.models import Space, SpaceRole
from spaces.role_mapping import MEMBER_ROLE
from spaces.sign_in_rules import placement_of

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST_ATTRIBUTE_NAME = 500  # characters


class NewConnectionForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="What people choose when they have several, such as “Acme Okta”.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    kind = forms.ChoiceField(
        label="Identity provider",
        choices=[(f"{vendor}-{protocol}", words.title) for (vendor, protocol), words in SET_UPS.items()],
        error_messages={"required": "Choose the identity provider and the protocol."},
    )


class DomainForm(forms.Form):
    domain = forms.CharField(
        label="E-mail domain",
        max_length=253,
        help_text="The part after the @ of your people's e-mail addresses.",
        widget=forms.TextInput(attrs={**_PLAIN, "placeholder": "example.com"}),
    )


class GeneralForm(forms.Form):
    """Some of the fields are of SAML only."""

    name = forms.CharField(label="Name", max_length=100, widget=forms.TextInput(attrs=_PLAIN))
    button_label = forms.CharField(
        label="Button label",
        max_length=100,
        required=False,
        help_text="Text of the button on the sign-in page of an installation with one account only.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    allow_idp_initiated = forms.BooleanField(
        label="Allow logins that begin at the identity provider",
        required=False,
        help_text="For the tile on its dashboard. Off is safer: what nobody asked for here is refused.",
    )
    sign_requests = forms.BooleanField(
        label="Sign requests",
        required=False,
        help_text="With our certificate, which the identity provider needs to have then.",
    )
    clock_skew = forms.IntegerField(
        label="Clock skew in seconds",
        min_value=0,
        max_value=MAX_CLOCK_SKEW,
        help_text=f"How far its clock and ours may be apart, {MAX_CLOCK_SKEW} at most.",
    )

    def __init__(self, connection: Connection, posted: Any = None, *, decides: bool = True) -> None:
        """`decides`: whether the person may change what lets logins in."""
        super().__init__(posted, initial={name: getattr(connection, name) for name in self.base_fields})
        if was_enabled(connection) and not decides:
            for name in set(self.fields) - HARMLESS:
                self.fields[name].disabled = True
        self.fields["button_label"].widget.attrs["placeholder"] = VENDORS[connection.vendor].button
        if connection.protocol != Protocol.SAML:
            del self.fields["allow_idp_initiated"], self.fields["sign_requests"]


class AttributeNamesForm(forms.Form):
    """One box for each of our fields: the name that the identity provider has for it. Empty is the vendor's own."""

    def __init__(self, connection: Connection, posted: Any = None) -> None:
        super().__init__(posted, initial=connection.attribute_names)
        usual = VENDORS[connection.vendor].names(connection.protocol, {})
        for name in FIELDS:
            label, meaning = FIELD_WORDS[name]
            names = " or ".join(usual.get(name, ())) or ("the NameID" if name == "subject" else "nothing")
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=LONGEST_ATTRIBUTE_NAME,
                help_text=f"Empty: {names}. {meaning}".strip(),
                widget=forms.TextInput(attrs=_PLAIN),
            )


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
