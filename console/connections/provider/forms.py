"""Forms for identity provider details. `read` returns the connection's fields, or raises ActionRefused."""

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
from console.connections.field_words import SETTING_WORDS
from console.connections.forms import PLAIN, PlainField
from console.shared.timelines import THIS_CENTURY

_ADDRESS = {**PLAIN, "placeholder": "https://", "inputmode": "url"}
_CHOSEN = "entity_id"
# What names the encoding of bytes that were decoded since.
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
_LONGEST_ADDRESS, _LONGEST_ISSUER = 2048, 1024  # characters, as the columns are


class AddressField(forms.CharField):
    widget = forms.URLInput(attrs=_ADDRESS)


class ProviderForm(forms.Form):
    """`rare`: fields that few connections need, in a closed section that is open if one has a value."""

    rare: tuple[str, ...] = ()

    def __init__(self, connection: Connection, posted: Any = None, files: Any = None, *, prefix: str) -> None:
        super().__init__(posted, files, prefix=prefix, initial=self.present(connection))
        self.connection = connection
        theirs = SET_UPS[connection.vendor, connection.protocol].identity_provider_labels
        for name, field in self.fields.items():
            field.label = theirs.get(name, field.label or SETTING_WORDS.get(name))

    def present(self, connection: Connection) -> dict[str, Any]:
        """Return the initial values: the connection's fields of the same names."""
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
    """For metadata of several identity providers, it offers a list to choose from once the metadata is read."""

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
        """Offer the entity IDs, the connection's current one first."""
        ordered = sorted(entity_ids, key=lambda entity_id: entity_id != self.connection.idp_entity_id)
        self.fields[_CHOSEN] = forms.ChoiceField(
            label="Identity provider",
            choices=[(entity_id, entity_id) for entity_id in ordered],
            help_text="Entity ID of the identity provider. The metadata URL is refreshed for this one.",
        )


class MetadataAddressForm(MetadataForm):
    metadata_url = AddressField(max_length=_LONGEST_ADDRESS)

    def described(self, entity_id: str) -> ProviderSettings:
        address, account_id = self.cleaned_data["metadata_url"], self.connection.account_id
        return provider_settings.from_metadata_address(address, entity_id, account_id=account_id)


class UploadOrText(forms.Form):
    """A file or pasted text, at most 1 MB. `text` holds the content either way."""

    file = forms.FileField(label="File", required=False)
    text = forms.CharField(
        label="Or paste the text",
        required=False,
        max_length=LIMIT,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 4}),
    )
    is_needed = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        uploaded = given.get("file")
        if uploaded and (uploaded.size or 0) > LIMIT:
            self.add_error("file", f"The file is too large: at most {LIMIT // 1024} KB.")
        elif uploaded:
            given["text"] = text_of(uploaded.read())
        elif self.is_needed and not given.get("text", "").strip():
            self.add_error("file", "Choose a file or paste its text.")
        if holds_private_key(given.get("text", "")):
            self.add_error("text", PRIVATE_KEY)
            self.data = {**dict(self.data.items()), self.add_prefix("text"): ""}  # not sent back to the page either
        return given


class CertificateForm(UploadOrText):
    """Adds certificates to the existing ones."""


class MetadataFileForm(MetadataForm, UploadOrText):
    def described(self, entity_id: str) -> ProviderSettings:
        return provider_settings.from_metadata(_DECLARATION.sub("", self.cleaned_data["text"]).encode(), entity_id)

    def offer(self, entity_ids: tuple[str, ...]) -> None:
        """Also keep the text in the form, because browsers do not send a file twice."""
        super().offer(entity_ids)
        self.data = {**dict(self.data.items()), self.add_prefix("text"): self.cleaned_data["text"]}


class FieldsForm(ProviderForm, UploadOrText):
    """Issuer, URL and certificate as single fields. Without a new certificate the current ones stay; the metadata URL
    is cleared, because a refresh would overwrite these values."""

    issuer = PlainField(max_length=_LONGEST_ISSUER)
    sso_url = AddressField(max_length=_LONGEST_ADDRESS)
    sso_by_post = forms.BooleanField(
        required=False,
        help_text="For identity providers that accept requests by HTTP-POST only. Most accept HTTP-Redirect.",
    )
    slo_url = AddressField(
        max_length=_LONGEST_ADDRESS,
        required=False,
        help_text="Optional: users who log out here are also logged out at the identity provider.",
    )
    field_order = ("issuer", "sso_url", "sso_by_post", "file", "text", "slo_url")

    def __init__(self, connection: Connection, posted: Any = None, files: Any = None, *, prefix: str) -> None:
        super().__init__(connection, posted, files, prefix=prefix)
        self.is_needed = not connection.idp_certificates
        theirs = SET_UPS[connection.vendor, connection.protocol].identity_provider_labels
        self.fields["file"].label = theirs["certificate"]
        if not self.is_needed:
            self.fields["file"].help_text = "Leave empty to keep the certificates. A new one replaces them."

    def present(self, connection: Connection) -> dict[str, Any]:
        return {**super().present(connection), "issuer": connection.idp_entity_id}

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
    """Request options, and acceptance of a weaker signature."""

    force_authn = forms.BooleanField(
        label="Require a new sign-in",
        required=False,
        help_text="ForceAuthn: the identity provider asks users to sign in even if they have a session.",
    )
    name_id_policy = forms.ChoiceField(
        required=False,
        choices=[("", "none: as configured at the identity provider"), *NameIdFormat.choices],
        help_text="Okta refuses requests for a format other than the one of its application.",
    )
    authn_contexts = forms.CharField(
        required=False,
        max_length=2048,
        help_text="One URI per line. Empty: the identity provider decides how users sign in. Otherwise it refuses"
        " users who sign in differently, for example without a password.",
        widget=forms.Textarea(attrs={**PLAIN, "rows": 3}),
    )
    authn_comparison = forms.ChoiceField(
        choices=AuthnComparison.choices,
        help_text="How the sign-in method must compare to the contexts above. Microsoft Entra ID supports the first"
        " option only.",
    )
    accept_response_signature_over_encryption = forms.BooleanField(
        required=False,
        help_text="Weaker: the signature then covers the encrypted text, not the assertion. Only for identity"
        " providers that sign responses and cannot sign assertions.",
    )

    def present(self, connection: Connection) -> dict[str, Any]:
        contexts = "\n".join(connection.authn_contexts.split())
        return {**super().present(connection), "authn_contexts": contexts}

    def read(self) -> ProviderSettings:
        contexts = provider_settings.authn_contexts(self.cleaned_data["authn_contexts"])
        return ProviderSettings({**self.cleaned_data, "authn_contexts": contexts})


class OpenIdForm(ProviderForm):
    """`offered`: the issuer that the provider publishes, if it differs from the entered one; else empty. A second
    button of the form selects it."""

    offered = ""
    tenant_id = PlainField(max_length=255, required=False, help_text="A GUID, or a domain of the tenant.")
    issuer = PlainField(max_length=_LONGEST_ISSUER, required=False, widget=forms.TextInput(attrs=_ADDRESS))
    client_id = PlainField(max_length=255)
    flow = forms.ChoiceField(
        choices=OidcFlow.choices,
        help_text="Code with PKCE is more secure and supports more groups. It needs a client secret at most identity"
        " providers; the flow id_token needs none.",
    )
    client_auth = forms.ChoiceField(
        required=False,
        choices=ClientAuth.choices,
        help_text="With a private key, no secret expires. Create the key below, then add its certificate or JWKS URL"
        " at the identity provider.",
    )
    extra_scopes = PlainField(
        max_length=255,
        required=False,
        help_text="Requested in addition to openid, profile and email, separated by spaces. To send groups, Okta"
        " needs groups here and a groups claim on the application.",
    )
    prompt = forms.ChoiceField(
        required=False,
        choices=[("", "none"), *Prompt.choices],
        help_text="What the identity provider asks users to do, even with an existing session (prompt).",
    )
    max_age = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_AGE_LIMIT,
        help_text="Users whose last sign-in at the identity provider is older must sign in again (max_age). Logins"
        " without the claim auth_time are then refused. Empty: no limit.",
    )
    acr_values = PlainField(
        max_length=255,
        required=False,
        help_text="Requested authentication levels, such as urn:okta:loa:2fa:any. The response is not checked"
        " against them.",
    )
    omit_login_hint = forms.BooleanField(
        required=False,
        help_text="By default, the email entered here is sent to prefill the identity provider's sign-in page.",
    )
    rare = REQUEST

    def __init__(self, connection: Connection, posted: Any = None, files: Any = None, *, prefix: str) -> None:
        super().__init__(connection, posted, files, prefix=prefix)
        if connection.vendor != Vendor.ENTRA:
            del self.fields["tenant_id"]
            self.fields["issuer"].required = True
            self.fields["issuer"].help_text = "Or the URL of the discovery document. Checked when you save."
        else:
            self.fields["issuer"].help_text = "Only for national clouds. Empty: derived from the tenant ID."

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
    """The stored secret is never sent to a page (R62)."""

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
        help_text="As shown at the identity provider. An alert appears 30, 14 and 3 days before.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_expires_at(self) -> datetime | None:
        day = self.cleaned_data["expires_at"]
        return datetime.combine(day, time.max, UTC).replace(microsecond=0) if day else None
