"""What an admin types about a connection, checked for shape. The rules behind it are the services'."""

from typing import Any

from django import forms

from accounts.connections.attribute_names import FIELD_WORDS, FIELDS
from accounts.connections.consent import HARMLESS, was_enabled
from accounts.connections.vendors import SET_UPS, VENDORS
from accounts.models import Connection
from accounts.models.identity import MAX_CLOCK_SKEW, Protocol

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
