"""Forms about users: space role, group, account role, identifiers, new user, password link."""

from typing import Any, cast

from django import forms

from accounts.connections import scope as connection_scope
from accounts.models import Account, AccountRole, Connection, Group
from accounts.permissions import ACCOUNT_MEMBER
from console.shared.fields import NameField
from spaces.models import Space, SpaceRole
from spaces.role_mapping import MEMBER_ROLE

ANNOUNCED, PASSWORD = "announced", "password"
WAYS_IN = (
    (ANNOUNCED, "SSO: the user is pending until the first SSO login"),
    (PASSWORD, "Password: you get a one-time link with which the user sets it"),
)


class PlaceForm(forms.Form):
    # In the list it shares one form element with others, of which each time only one is filled in.
    use_required_attribute = False

    space = NameField("space", label="Space")
    role = forms.ModelChoiceField(SpaceRole.objects.none(), label="Space role", empty_label=None)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "place_%s", **kwargs})
        cast(NameField, self.fields["space"]).offer(Space.objects.in_account(account))
        _choose(self, "role", SpaceRole.objects.in_account(account), MEMBER_ROLE)


class JoinForm(forms.Form):
    use_required_attribute = False

    group = NameField("group", label="Group")

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "join_%s", **kwargs})
        cast(NameField, self.fields["group"]).offer(Group.objects.in_account(account))


class AccountRoleForm(forms.Form):
    role = forms.ModelChoiceField(AccountRole.objects.none(), label="Account role", empty_label=None)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "account_%s", **kwargs})
        _choose(self, "role", AccountRole.objects.in_account(account), ACCOUNT_MEMBER)


class IdentifiersForm(forms.Form):
    email = forms.CharField(
        label="Email",
        max_length=320,
        required=False,
        help_text="Must match the primary email at the identity provider. A login may update it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    user_name = forms.CharField(
        label="User name",
        max_length=320,
        required=False,
        help_text="SCIM userName: usually the email or the user principal name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    external_id = forms.CharField(
        label="External ID",
        max_length=255,
        required=False,
        help_text="SCIM externalId: the identity provider's ID of this user.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    connection = forms.ModelChoiceField(
        Connection.objects.none(),
        label="Provisioned by",
        required=False,
        empty_label="no connection",
        help_text="Only a first login through this connection can match this user by external ID or plain user name.",
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "identifiers_%s", **kwargs})
        connections = connection_scope.connections_of(account)
        if connection_scope.are_several(connections):
            chosen: Any = self.fields["connection"]
            chosen.queryset = Connection.objects.in_account(account).order_by("name")
        else:  # an account with one connection needs no choice
            del self.fields["connection"]


class NewUserForm(forms.Form):
    email = forms.EmailField(
        label="Email", max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    account_role = forms.ModelChoiceField(
        AccountRole.objects.none(),
        label="Account role",
        empty_label=None,
        help_text="Permissions in the whole account. Assign space roles afterwards.",
    )
    way_in = forms.ChoiceField(label="Sign-in method", choices=WAYS_IN, initial=ANNOUNCED, widget=forms.RadioSelect)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "account_role", AccountRole.objects.in_account(account), ACCOUNT_MEMBER)


class PasswordLinkForm(forms.Form):
    """Options of a link to set a password."""

    end_tokens = forms.BooleanField(
        label="Also revoke all API tokens of this user",
        required=False,
        help_text="When they save the new password, programs that use their tokens lose access. Choose this if"
        " somebody else may know the old password. Otherwise the tokens keep working.",
    )


def _choose(form: forms.Form, name: str, rows: Any, first: str) -> None:
    field: Any = form.fields[name]
    field.queryset = rows.order_by("name")
    form.initial.setdefault(name, next((row.pk for row in field.queryset if row.name == first), None))
