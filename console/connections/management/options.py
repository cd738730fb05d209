"""Options of `create_connection`, and the connection's fields from them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from accounts.connections.certificates.certificates import new_service_provider_key
from accounts.connections.certificates.shapes import text_of
from accounts.connections.changes import RULES
from accounts.connections.provider import settings as provider_settings
from accounts.connections.provider.issuer import IssuerDiffers, openid_settings
from accounts.connections.provider.settings import PUBLIC_CLIENT, ProviderNotChosen, ProviderSettings
from accounts.errors import ActionRefused
from accounts.models.identity import JustInTime, OidcFlow, Protocol, UpdatePolicy, Vendor
from accounts.models.request_choices import AuthnComparison, ClientAuth, NameIdFormat, Prompt
from console.management.base import secret_from
from spaces.role_mapping import MEMBER_ROLE

_SWITCHES = (
    "allow_idp_initiated",
    "sign_requests",
    "allow_sha1",
    "force_authn",
    "accept_response_signature_over_encryption",
)


def add_connection_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--vendor", required=True, choices=Vendor.values)
    add("--protocol", required=True, choices=Protocol.values)
    add("--domain", action="append", default=[], help="email domain of the users who sign in through it")
    add("--with-subdomains", action="store_true", help="the domains include their subdomains")
    add("--default-space", metavar="SPACE")
    add("--default-space-role", default=MEMBER_ROLE, metavar="ROLE")
    add("--update-policy", choices=UpdatePolicy.values, default=UpdatePolicy.CONTACT)
    add("--just-in-time", choices=JustInTime.values, default=JustInTime.ON, help="who can be created at first login")
    add("--remove-unmapped-spaces", action="store_true")
    add("--keep-groups-when-missing", action="store_true")
    add("--attribute", action="append", default=[], metavar="NAME=EXTERNAL-NAME")
    add("--grantable-account-role", action="append", default=[], metavar="ROLE")
    add("--clock-skew", type=int, default=60, metavar="SECONDS")
    add("--live", action="store_true", help="enable the connection")
    add = parser.add_argument_group("SAML 2.0").add_argument
    add("--metadata", metavar="FILE-or-URL")
    add("--sso-url", default="", metavar="URL")
    add("--sso-by-post", action="store_true", help="send requests by HTTP-POST instead of HTTP-Redirect")
    add("--certificate", action="append", default=[], metavar="FILE")
    add("--slo-url", default="", metavar="URL", help="URL for logout messages")
    add("--slo-response-url", default="", metavar="URL", help="URL for logout responses, if different")
    add("--slo-by-post", action="store_true", help="send logout messages by HTTP-POST instead of HTTP-Redirect")
    add("--allow-idp-initiated", action="store_true")
    add("--sign-requests", action="store_true")
    add("--allow-sha1", action="store_true")
    add(
        "--accept-response-signature-over-encryption",
        action="store_true",
        help="accept encrypted assertions without their own signature; weaker",
    )
    add("--force-authn", action="store_true", help="require a new sign-in at the identity provider")
    add("--name-id-policy", choices=NameIdFormat.labels, help="requested NameID format")
    add("--authn-context", action="append", default=[], metavar="URI", help="requested authentication context")
    add("--authn-comparison", choices=AuthnComparison.values, default=AuthnComparison.EXACT)
    add = parser.add_argument_group("SAML 2.0 (issuer URI) and OpenID Connect (issuer)").add_argument
    add("--issuer", default="", metavar="URI")
    add = parser.add_argument_group("OpenID Connect").add_argument
    add("--tenant-id", default="", metavar="ID")
    add("--client-id", default="")
    add("--client-secret-env", metavar="VAR")
    add("--flow", choices=OidcFlow.values, help="default: code if there is a client secret or key, else id_token")
    add("--client-auth", choices=ClientAuth.values, default=ClientAuth.SECRET, help="private_key: a key is created")
    add("--extra-scope", action="append", default=[], metavar="SCOPE", help="such as groups, for Okta")
    add("--prompt", choices=Prompt.values, default="")
    add("--max-age", type=int, metavar="SECONDS", help="maximum authentication age; auth_time is checked")
    add("--acr-values", default="", metavar="VALUES")
    add("--omit-login-hint", action="store_true", help="do not send login_hint")


def connection_settings(name: str, options: dict[str, Any]) -> ProviderSettings:
    """Return the fields of the new connection. Raises ActionRefused for missing, unreadable or unreachable input."""
    specific = _saml(options) if options["protocol"] == Protocol.SAML else _oidc(options)
    general = {
        "name": name,
        "attribute_names": dict(_attribute(text) for text in options["attribute"]),
        **{field: options[field] for field in ("vendor", "protocol", "clock_skew", *RULES)},
    }
    return ProviderSettings({**general, **specific.fields}, specific.warnings)


def _attribute(text: str) -> tuple[str, str]:
    name, equals, external = text.partition("=")
    if not equals or not external.strip():
        raise ActionRefused(
            "attribute-pair-invalid", f"Expected NAME=EXTERNAL-NAME such as email=mail; received '{text}'."
        )
    return name.strip(), external.strip()


def _saml(options: dict[str, Any]) -> ProviderSettings:
    try:
        found = _identity_provider(options)
    except ProviderNotChosen as several:
        raise ActionRefused(
            "provider-not-chosen", f"{several} Run the command again with --issuer ENTITY-ID."
        ) from None
    formats = dict(zip(NameIdFormat.labels, NameIdFormat.values, strict=True))
    private_key, certificate = new_service_provider_key("Torque SSO")
    own = {
        **{name: options[name] for name in _SWITCHES},
        **{"sp_private_key": private_key, "sp_certificate": certificate},
        "name_id_policy": formats.get(options["name_id_policy"], ""),
        "authn_contexts": provider_settings.authn_contexts(" ".join(options["authn_context"])),
        "authn_comparison": options["authn_comparison"],
    }
    return ProviderSettings({**found.fields, **own}, found.warnings)


def _identity_provider(options: dict[str, Any]) -> ProviderSettings:
    source = options["metadata"]
    if source and source.startswith(("https://", "http://")):
        return provider_settings.from_metadata_address(source, options["issuer"], account_id=None)
    if source:
        return provider_settings.from_metadata(_bytes(source), options["issuer"])
    addresses = {
        name: provider_settings.web_address(options[name], f"--{name.replace('_', '-')}")
        for name in ("slo_url", "slo_response_url")
    }
    found = provider_settings.certificates_in(text_of(_bytes(path)) for path in options["certificate"])
    fields = {
        "idp_entity_id": options["issuer"],
        "idp_certificates": "".join(found.certificates),
        **{name: options[name] for name in ("sso_url", "sso_by_post", "slo_by_post")},
        **addresses,
    }
    return ProviderSettings(fields, found.left_out)


def _oidc(options: dict[str, Any]) -> ProviderSettings:
    secret = secret_from(options["client_secret_env"]) or ""
    authenticates = secret or options["client_auth"] == ClientAuth.PRIVATE_KEY
    flow = options["flow"] or (OidcFlow.CODE if authenticates else OidcFlow.ID_TOKEN)
    named = {name: options[name] for name in ("tenant_id", "issuer", "client_id")}
    try:
        found = openid_settings(options["vendor"], flow=flow, **named, account_id=None)
    except IssuerDiffers as differs:
        raise ActionRefused(
            "issuer-differs", f"{differs} Run the command again with --issuer '{differs.published}'."
        ) from None
    asked = {name: options[name] for name in ("prompt", "max_age", "acr_values", "omit_login_hint")}
    request = provider_settings.request_fields(extra_scopes=" ".join(options["extra_scope"]), **asked)
    fields = {**found.fields, **request, "client_secret": secret, "client_auth": options["client_auth"]}
    if options["client_auth"] == ClientAuth.PRIVATE_KEY:
        fields["sp_private_key"], fields["sp_certificate"] = new_service_provider_key("Torque SSO")
    public = (PUBLIC_CLIENT,) if flow == OidcFlow.CODE and not authenticates else ()
    return ProviderSettings(fields, (*found.warnings, *public))


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise ActionRefused("file-unreadable", f"Expected a readable file; '{path}': {problem.strerror}.") from None
