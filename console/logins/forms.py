"""The what-if form."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.connections.vendors import VENDORS
from accounts.models import Account, Connection, ExternalIdentity, User
from accounts.models.identity import Protocol
from accounts.sso.saml import service_provider
from common.folding import fold


class WhatIfForm(forms.Form):
    connection = forms.ModelChoiceField(Connection.objects.none(), label="Connection", empty_label=None)
    person = forms.CharField(
        label="User (optional)",
        required=False,
        max_length=320,
        help_text="The email of a user here, to try the login as theirs. Empty: the user that the attributes name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    attributes = forms.CharField(
        label="Attributes",
        max_length=200_000,
        help_text="A JSON object of attributes, an ID token raw or decoded, or a SAML response. Nothing is saved.",
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account = account
        field: Any = self.fields["connection"]
        field.queryset = Connection.objects.in_account(account).select_related("account").order_by("name")

    def clean_person(self) -> User | None:
        text: str = self.cleaned_data["person"].strip()
        if not text:
            return None
        users = User.objects.in_account(self._account).present()
        found: User | None = users.filter(email_key=fold(text)).first()
        if found is None:
            raise forms.ValidationError(f"Expected the email of a user of {self._account}; received '{text}'.")
        return found

    def show(self, attributes: Mapping[str, Any]) -> None:
        """In place of the token or message that was pasted: what was read from it, to be edited."""
        person: User | None = self.cleaned_data["person"]
        self.data = {
            "connection": str(self.cleaned_data["connection"].pk),
            "person": person.email if person else "",
            "attributes": json.dumps(attributes, indent=2, ensure_ascii=False),
        }

    def as_person(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes with the subject and the e-mail of the chosen user in place of those pasted."""
        person, connection = self.cleaned_data["person"], self.cleaned_data["connection"]
        if person is None:
            return dict(attributes)
        names = VENDORS[connection.vendor].names(connection.protocol, connection.attribute_names)
        identity = ExternalIdentity.objects.in_account(self._account).filter(connection=connection, user=person).first()
        subject = identity.subject.rpartition("/")[2] if identity else ""
        own: dict[str, Any] = {names["email"][0]: person.email}
        if subject and connection.protocol == Protocol.SAML:
            own["NameID"] = subject
            own |= dict.fromkeys(service_provider.reading_of(connection).names.get("subject", ())[:1], subject)
        elif subject:
            own |= {"sub": subject, "oid": subject}
        return {**attributes, **own}
