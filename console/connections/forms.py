"""Forms about a connection. They check shape; services check the rules."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest

from accounts.connections.agreed_permissions import agreed, not_agreed
from accounts.connections.attribute_names import FIELDS
from accounts.connections.changes import RULES
from accounts.connections.consent import HARMLESS, was_enabled
from accounts.connections.vendors import SET_UPS, VENDORS
from accounts.models import AccountRole, Connection
from accounts.models.account import LONGEST_SESSION, MAX_RETENTION, SHORTEST_SESSION
from accounts.models.identity import MAX_CLOCK_SKEW, Protocol, UpdatePolicy
from accounts.permissions import Permission
from console.connections.field_words import FIELD_WORDS, JIT_WORDS
from console.shared.fields import NameField
from spaces.models import Space, SpaceRole
from spaces.role_mapping import MEMBER_ROLE
from spaces.sign_in_rules import placement_of

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST_ATTRIBUTE_NAME = 500  # characters


class PlainField(forms.CharField):
    """A text that browsers neither complete nor check for spelling."""

    widget = forms.TextInput(attrs=PLAIN)


class NewConnectionForm(forms.Form):
    name = PlainField(
        label="Name",
        max_length=100,
        help_text="Shown to users who can choose between several connections. Example: “Acme Okta”.",
    )
    kind = forms.ChoiceField(
        label="Identity provider",
        choices=[(f"{vendor}-{protocol}", words.title) for (vendor, protocol), words in SET_UPS.items()],
        error_messages={"required": "Choose the identity provider and the protocol."},
    )


class LifetimesForm(forms.Form):
    session_idle_minutes = forms.IntegerField(
        label="Idle timeout (minutes)",
        min_value=SHORTEST_SESSION,
        max_value=LONGEST_SESSION,
        help_text="Time since the last request. A shorter value applies to open sessions immediately.",
    )
    session_absolute_minutes = forms.IntegerField(
        label="Maximum session length (minutes)",
        min_value=SHORTEST_SESSION,
        max_value=LONGEST_SESSION,
        help_text="Time since login. A session also ends when the identity provider's session ends, if it sends that"
        " time.",
    )
    login_retention_days = forms.IntegerField(
        label="Retention of login records (days)",
        min_value=1,
        max_value=MAX_RETENTION,
        help_text="How long login records are retained. Received messages are retained for 14 days at most.",
    )


class DomainForm(forms.Form):
    domain = forms.CharField(
        label="Email domain",
        max_length=253,
        help_text="The part after the @ of your users' email addresses.",
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "example.com"}),
    )


class GeneralForm(forms.Form):
    """Name and login options; some fields exist for SAML only."""

    name = PlainField(label="Name", max_length=100)
    button_label = PlainField(
        label="Button label",
        max_length=100,
        required=False,
        help_text="Text of the sign-in button, on an installation with a single account.",
    )
    allow_idp_initiated = forms.BooleanField(
        label="Allow IdP-initiated login",
        required=False,
        help_text="For the tile on the identity provider's dashboard. Off is safer: unsolicited logins are refused.",
    )
    sign_requests = forms.BooleanField(
        label="Sign requests",
        required=False,
        help_text="The identity provider needs the service provider certificate to verify them.",
    )
    clock_skew = forms.IntegerField(
        label="Clock skew in seconds",
        min_value=0,
        max_value=MAX_CLOCK_SKEW,
        help_text=f"Allowed difference to the identity provider's clock, {MAX_CLOCK_SKEW} at most.",
    )

    def __init__(self, connection: Connection, posted: Any = None, *, has_all_permissions: bool = True) -> None:
        """`has_all_permissions`: whether the user may change which logins are accepted."""
        super().__init__(posted, initial={name: getattr(connection, name) for name in self.base_fields})
        if was_enabled(connection) and not has_all_permissions:
            for name in set(self.fields) - HARMLESS:
                self.fields[name].disabled = True
        self.fields["button_label"].widget.attrs["placeholder"] = VENDORS[connection.vendor].button
        if connection.protocol != Protocol.SAML:
            del self.fields["allow_idp_initiated"], self.fields["sign_requests"]


class AttributeNamesForm(forms.Form):
    """For each profile field, its attribute name at the identity provider. Empty: the vendor's default."""

    def __init__(self, connection: Connection, posted: Any = None) -> None:
        super().__init__(posted, initial=connection.attribute_names)
        usual = VENDORS[connection.vendor].names(connection.protocol, {})
        for name in FIELDS:
            label, meaning = FIELD_WORDS[name]
            names = " or ".join(usual.get(name, ())) or ("the NameID" if name == "subject" else "nothing")
            self.fields[name] = PlainField(
                label=label,
                required=False,
                max_length=LONGEST_ATTRIBUTE_NAME,
                help_text=f"Default: {names}. {meaning}".strip(),
            )


class PeopleForm(forms.Form):
    just_in_time = forms.ChoiceField(
        label="Who can be created at first login (JIT provisioning)",
        choices=list(JIT_WORDS.items()),
        help_text="“Only provisioned users” needs SCIM provisioning, or users created by an admin.",
    )
    update_policy = forms.ChoiceField(
        label="What a login updates",
        choices=UpdatePolicy.choices,
        help_text="Contact details: email, names and time zone. Everything: also account role and spaces.",
    )
    remove_unmapped_spaces = forms.BooleanField(
        label="Remove spaces that a login no longer sends",
        required=False,
        help_text="Applies with “everything at every login”, to spaces that a login assigned.",
    )
    keep_groups_when_missing = forms.BooleanField(
        label="Keep groups if a login sends no groups",
        required=False,
        help_text="Off: users without groups in the login are removed from all mapped groups. Microsoft Entra ID"
        " omits the claim for users in no group.",
    )
    default_space = NameField(
        "space",
        label="Default space",
        required=False,
        help_text="Assigned at a first login that sends no known space. Empty: none; an admin assigns a space.",
    )
    default_role = forms.ChoiceField(label="Role in the default space", required=False)
    grantable = forms.ModelMultipleChoiceField(
        label="Account roles that the identity provider can assign",
        queryset=AccountRole.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    agreed = forms.MultipleChoiceField(
        label="Account permissions that logins can assign",
        choices=[(str(permission), str(permission)) for permission in Permission],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, connection: Connection, posted: Any = None, *, has_all_permissions: bool = True) -> None:
        """`has_all_permissions`: whether the user may change which logins are accepted, and what they assign."""
        space, role = placement_of(connection) or ("", MEMBER_ROLE)
        initial = {
            **{name: getattr(connection, name) for name in RULES},
            **{"default_space": space, "default_role": role, "agreed": sorted(agreed(connection))},
            "grantable": connection.grantable_account_roles.all(),
        }
        super().__init__(posted, initial=initial)
        account, fields = connection.account, cast(dict[str, Any], self.fields)
        fields["default_space"].offer(Space.objects.in_account(account))
        roles = SpaceRole.objects.in_account(account).order_by("name").values_list("name", flat=True)
        fields["default_role"].choices = [(name, name) for name in roles]
        fields["grantable"].queryset = AccountRole.objects.in_account(account).order_by("name")
        if not has_all_permissions:
            for name in self.fields if was_enabled(connection) else ("grantable", "agreed"):
                fields[name].disabled = True

    def rules(self) -> dict[str, Any]:
        """Return the arguments of `change_sign_in_rules`."""
        given = self.cleaned_data
        return {
            "changes": {name: given[name] for name in RULES},
            "grantable_account_roles": given["grantable"],
            "agreed_permissions": given["agreed"],
            "default_space": given["default_space"].name if given["default_space"] else "",
            "default_role": given["default_role"] or MEMBER_ROLE,
        }


class AllowForm(forms.Form):
    """One checkbox, unticked, for each group and role that gives more than was allowed.

    The value lists the permissions of the label, so that a role extended meanwhile is not allowed unseen.
    """

    allow = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)


def allow_form(connection: Connection) -> AllowForm | None:
    """Return the form for a confirmation; None if there is nothing to allow."""
    gifts = [(", ".join(gift.permissions), gift.name) for gift in not_agreed(connection)]
    form = AllowForm()
    boxes: Any = form.fields["allow"]
    boxes.label = f"Allow logins through {connection} to assign:"
    boxes.choices = [(words, f"{name}: {words}") for words, name in gifts]
    return form if gifts else None


def ticked(request: HttpRequest) -> set[str]:
    """Return the account permissions of the selected checkboxes."""
    return {name for value in request.POST.getlist("allow") for name in value.split(", ") if name}
