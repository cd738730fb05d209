"""Their values, in each of the ways they can be given. `read` gives the fields they mean, or a refusal."""

import re
from datetime import UTC, datetime, time
from typing import Any

from django import forms

from accounts.connections.certificates.shapes import PRIVATE_KEY, holds_private_key, text_of
from accounts.connections.changes import REQUEST
from accounts.connections.provider import settings as provider_settings
from accounts.connections.provider.issuer import IssuerDiffers, openid_settings
from accounts.connections.provider.saml_metadata import LIMIT
from accounts.connections.provider.settings import ENTRA_ISSUER, ProviderSettings
from accounts.connections.vendors import SET_UPS
from accounts.models import Connection
from accounts.models.identity import MAX_AGE_LIMIT, OidcFlow, Vendor
from accounts.models.request_choices import AuthnComparison, ClientAuth, NameIdFormat, Prompt
from console.shared.timelines import THIS_CENTURY

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_ADDRESS = {**_PLAIN, "placeholder": "https://", "inputmode": "url"}
_CHOSEN = "entity_id"
# What names the encoding of bytes that were decoded since.
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
_LONGEST_ADDRESS, _LONGEST_ISSUER = 2048, 1024  # characters, as the columns are


class ProviderForm(forms.Form):
    """`rare`: fields that few connections need; the page has them folded away, open where one is filled in."""

    rare: tuple[str, ...] = ()

    def __init__(self, connection: Connection, posted: Any = None, files: Any = None, *, prefix: str) -> None:
        super().__init__(posted, files, prefix=prefix, initial=self.present(connection))
        self.connection = connection
        for name, label in SET_UPS[connection.vendor, connection.protocol].theirs.items():
            if name in self.fields:
                self.fields[name].label = label

    def present(self, connection: Connection) -> dict[str, Any]:
        """What the boxes hold at first: the connection's own, where the names are the same."""
        return {name: getattr(connection, name, "") for name in self.base_fields}

    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.rare]

    def rare_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.rare]

    def has_rare(self) -> bool:
        return any(field.errors or field.value() not in (None, "", False) for field in self.rare_fields())

    def read(self) -> ProviderSettings:
        """Raises ActionRefused. May fetch metadata."""
        raise NotImplementedError


class MetadataForm(ProviderForm):
    """Of metadata that describe several identity providers one is chosen: by a list that is there once they were
    read."""

    def read(self) -> ProviderSettings:
        chosen = self.data.get(self.add_prefix(_CHOSEN), "")
        try:
            return self.described(chosen)
        except provider_settings.ProviderNotChosen as several:
            self.offer(several.entity_ids)
            raise

    def described(self, entity_id: str) -> ProviderSettings:
        raise NotImplementedError

    def offer(self, entity_ids: tuple[str, ...]) -> None:
        """The connection's present one first, so that it stays unless another is chosen."""
        ordered = sorted(entity_ids, key=lambda entity_id: entity_id != self.connection.idp_entity_id)
        self.fields[_CHOSEN] = forms.ChoiceField(
            label="Identity provider",
            choices=[(entity_id, entity_id) for entity_id in ordered],
            help_text="By its entity ID. A metadata address is followed for this one.",
        )


class MetadataAddressForm(MetadataForm):
    metadata_url = forms.CharField(max_length=_LONGEST_ADDRESS, widget=forms.URLInput(attrs=_ADDRESS))

    def described(self, entity_id: str) -> ProviderSettings:
        address, account_id = self.cleaned_data["metadata_url"], self.connection.account_id
        return provider_settings.from_metadata_address(address, entity_id, account_id=account_id)


class UploadOrText(forms.Form):
    """A file, or its text pasted; at most 1 MB. `text` is what came, either way."""

    file = forms.FileField(label="File", required=False)
    text = forms.CharField(
        label="or its text",
        required=False,
        max_length=LIMIT,
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 4}),
    )
    is_needed = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        uploaded = given.get("file")
        if uploaded and (uploaded.size or 0) > LIMIT:
            self.add_error("file", f"Expected a file of at most {LIMIT // 1024} KB; received more.")
        elif uploaded:
            given["text"] = text_of(uploaded.read())
        elif self.is_needed and not given.get("text", "").strip():
            self.add_error("file", "Choose a file, or paste its text.")
        if holds_private_key(given.get("text", "")):
            self.add_error("text", PRIVATE_KEY)
            self.data = {**dict(self.data.items()), self.add_prefix("text"): ""}  # not sent back to the page either
        return given


class CertificateForm(UploadOrText):
    """More certificates beside those there are."""


class MetadataFileForm(MetadataForm, UploadOrText):
    def present(self, connection: Connection) -> dict[str, Any]:
        return {}

    def described(self, entity_id: str) -> ProviderSettings:
        return provider_settings.from_metadata(_DECLARATION.sub("", self.cleaned_data["text"]).encode(), entity_id)

    def offer(self, entity_ids: tuple[str, ...]) -> None:
        """A browser does not send a file twice, so that its text goes on in the box."""
        super().offer(entity_ids)
        self.data = {**dict(self.data.items()), self.add_prefix("text"): self.cleaned_data["text"]}


class FieldsForm(ProviderForm, UploadOrText):
    """Issuer, address and certificate one by one. Without a new certificate the present ones stay; metadata at an
    address are not read any more, for they would undo what is entered here."""

    issuer = forms.CharField(max_length=_LONGEST_ISSUER, widget=forms.TextInput(attrs=_PLAIN))
    sso_url = forms.CharField(max_length=_LONGEST_ADDRESS, widget=forms.URLInput(attrs=_ADDRESS))
    sso_by_post = forms.BooleanField(
        label="Send requests to it by POST",
        required=False,
        help_text="For a provider that takes sign-in requests by HTTP-POST only. Most take HTTP-Redirect.",
    )
    slo_url = forms.CharField(
        label="Single logout URL",
        max_length=_LONGEST_ADDRESS,
        required=False,
        help_text="Optional: logging out here then logs out there too.",
        widget=forms.URLInput(attrs=_ADDRESS),
    )
    field_order = ("issuer", "sso_url", "sso_by_post", "file", "text", "slo_url")

    def __init__(self, connection: Connection, posted: Any = None, files: Any = None, *, prefix: str) -> None:
        super().__init__(connection, posted, files, prefix=prefix)
        self.is_needed = not connection.idp_certificates
        self.fields["file"].label = SET_UPS[connection.vendor, connection.protocol].theirs["certificate"]
        if not self.is_needed:
            self.fields["file"].help_text = "Empty: the certificates stay. A new one takes their place."

    def present(self, connection: Connection) -> dict[str, Any]:
        own = {name: getattr(connection, name) for name in ("sso_url", "sso_by_post", "slo_url")}
        return {"issuer": connection.idp_entity_id, **own}

    def read(self) -> ProviderSettings:
        given = self.cleaned_data
        fields: dict[str, Any] = {
            "idp_entity_id": given["issuer"],
            "sso_url": provider_settings.web_address(given["sso_url"], "the single sign-on URL"),
            "sso_by_post": given["sso_by_post"],
            "slo_url": provider_settings.web_address(given["slo_url"], "the single logout URL"),
            "metadata_url": "",
        }
        if fields["slo_url"] != self.connection.slo_url:
            fields |= {"slo_response_url": "", "slo_by_post": False}
        if not given["text"].strip():
            return ProviderSettings(fields)
        found = provider_settings.certificates_in([given["text"]])
        return ProviderSettings({**fields, "idp_certificates": "".join(found.certificates)}, found.left_out)


class SamlOptionsForm(ProviderForm):
    """What requests ask for beyond the usual, and a weaker signature that is taken."""

    force_authn = forms.BooleanField(
        label="Ask everybody to sign in again",
        required=False,
        help_text="ForceAuthn: also those whom the identity provider knows already.",
    )
    name_id_policy = forms.ChoiceField(
        label="NameID format to ask for",
        required=False,
        choices=[("", "none: as the application is set up there"), *NameIdFormat.choices],
        help_text="Okta refuses requests that ask for another format than its application has.",
    )
    authn_contexts = forms.CharField(
        label="Authentication contexts to ask for",
        required=False,
        max_length=2048,
        help_text="One URI in a line. Empty: how people sign in there is up to the identity provider. With one, it"
        " refuses people who sign in otherwise, for example without a password.",
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 3}),
    )
    authn_comparison = forms.ChoiceField(
        label="The way a person signs in is",
        choices=AuthnComparison.choices,
        help_text="Compared with the contexts above, if there are any. Entra takes the first choice only.",
    )
    accept_response_signature_over_encryption = forms.BooleanField(
        label="Accept encrypted assertions without a signature of their own",
        required=False,
        help_text="Weaker: the signature then covers the encrypted text, not the assertion in it. Only for a provider"
        " that signs responses and cannot sign assertions.",
    )

    def present(self, connection: Connection) -> dict[str, Any]:
        contexts = "\n".join(connection.authn_contexts.split())
        return {**super().present(connection), "authn_contexts": contexts}

    def read(self) -> ProviderSettings:
        contexts = provider_settings.authn_contexts(self.cleaned_data["authn_contexts"])
        return ProviderSettings({**self.cleaned_data, "authn_contexts": contexts})


class OpenIdForm(ProviderForm):
    """`offered`: the issuer that the provider publishes, when it is another than the one given; else empty. It is
    taken by a second button of the same form."""

    offered = ""
    tenant_id = forms.CharField(
        max_length=255,
        required=False,
        help_text="A GUID, or a domain of the tenant.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    issuer = forms.CharField(max_length=_LONGEST_ISSUER, required=False, widget=forms.TextInput(attrs=_ADDRESS))
    client_id = forms.CharField(max_length=255, widget=forms.TextInput(attrs=_PLAIN))
    flow = forms.ChoiceField(
        label="Flow",
        choices=OidcFlow.choices,
        help_text="Code with PKCE is safer and carries more groups; it needs a client secret at most identity"
        " providers. The flow id_token needs none.",
    )
    client_auth = forms.ChoiceField(
        label="The application authenticates with",
        required=False,
        choices=ClientAuth.choices,
        help_text="With a private key there is no secret that expires: make the key below, and give its certificate or"
        " JWKS URL to the identity provider.",
    )
    extra_scopes = forms.CharField(
        label="Extra scopes",
        max_length=255,
        required=False,
        help_text="Asked for beside openid, profile and email, separated by spaces. To send groups, Okta needs groups"
        " here and a groups claim on the application.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    prompt = forms.ChoiceField(
        label="Always ask the person to",
        required=False,
        choices=[("", "nothing in particular"), *Prompt.choices],
        help_text="Whatever session they have at the identity provider (prompt).",
    )
    max_age = forms.IntegerField(
        label="Maximum age of a sign-in there, in seconds",
        required=False,
        min_value=0,
        max_value=MAX_AGE_LIMIT,
        help_text="Empty: any. Whose last sign-in at the identity provider is older signs in there again (max_age). A"
        " login without the claim auth_time is refused then.",
    )
    acr_values = forms.CharField(
        label="Authentication context (acr_values)",
        max_length=255,
        required=False,
        help_text="Values of your identity provider for how people sign in, such as urn:okta:loa:2fa:any. It is a"
        " request: the answer is not checked for it.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    omit_login_hint = forms.BooleanField(
        label="Do not pass on the email that was entered here",
        required=False,
        help_text="By default it fills in the box of the identity provider's sign-in page (login_hint).",
    )
    rare = REQUEST

    def __init__(self, connection: Connection, posted: Any = None, files: Any = None, *, prefix: str) -> None:
        super().__init__(connection, posted, files, prefix=prefix)
        if connection.vendor != Vendor.ENTRA:
            del self.fields["tenant_id"]
            self.fields["issuer"].required = True
            self.fields["issuer"].help_text = "Or the address of the discovery document. It is checked when you save."
        else:
            self.fields["issuer"].label = "Issuer"
            self.fields["issuer"].help_text = "Only for a national cloud. Empty: it follows from the tenant ID."

    def present(self, connection: Connection) -> dict[str, Any]:
        follows = connection.issuer == ENTRA_ISSUER.format(tenant=connection.tenant_id)
        return {**super().present(connection), "issuer": "" if follows else connection.issuer}

    def read(self) -> ProviderSettings:
        given, connection = self.cleaned_data, self.connection
        chosen = self.data.get(self.add_prefix("use_issuer"), "")[:_LONGEST_ISSUER]
        named = {"issuer": chosen or given["issuer"], "tenant_id": "" if chosen else given.get("tenant_id", "")}
        own = {"client_id": given["client_id"], "flow": given["flow"]}
        asked = provider_settings.request_fields(**{name: given[name] for name in REQUEST})
        try:
            found = openid_settings(connection.vendor, **named, **own, account_id=connection.account_id)
        except IssuerDiffers as differs:
            self.offered = differs.published
            raise
        authentication = {"client_auth": given["client_auth"] or connection.client_auth}
        return ProviderSettings({**found.fields, **asked, **authentication}, found.warnings)


class ClientSecretForm(forms.Form):
    """What is stored is never sent back to a page (R62)."""

    client_secret = forms.CharField(
        label="New client secret",
        max_length=1000,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    expires_at = forms.DateField(
        label="Expires on",
        required=False,
        validators=THIS_CENTURY,
        help_text="As the identity provider says. We remind you 30, 14 and 3 days ahead.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_expires_at(self) -> datetime | None:
        day = self.cleaned_data["expires_at"]
        return datetime.combine(day, time.max, UTC).replace(microsecond=0) if day else None
