"""From the options of `create_connection` to the fields of a connection."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from accounts.errors import ActionRefused
from accounts.management.base import secret_from
from accounts.models.identity import OidcFlow, Protocol, UpdatePolicy, Vendor
from accounts.sso import saml
from spaces.role_mapping import MEMBER_ROLE
from torque_sso import outbound

ENTRA_ISSUER = "https://login.microsoftonline.com/{tenant}/v2.0"


def add_connection_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--vendor", required=True, choices=Vendor.values)
    add("--protocol", required=True, choices=Protocol.values)
    add("--domain", action="append", default=[], help="e-mail domain of the people who sign in through it")
    add("--default-space", metavar="SPACE")
    add("--default-space-role", default=MEMBER_ROLE, metavar="ROLE")
    add("--update-policy", choices=UpdatePolicy.values, default=UpdatePolicy.CONTACT)
    add("--remove-unmapped-spaces", action="store_true")
    add("--keep-groups-when-missing", action="store_true")
    add("--attribute", action="append", default=[], metavar="NAME=EXTERNAL-NAME")
    add("--grantable-account-role", action="append", default=[], metavar="ROLE")
    add("--clock-skew", type=int, default=60, metavar="SECONDS")
    add("--live", action="store_true", help="open it for logins at once")
    for_saml = parser.add_argument_group("SAML 2.0")
    for_saml.add_argument("--metadata", metavar="FILE-or-URL")
    for_saml.add_argument("--sso-url", default="", metavar="URL")
    for_saml.add_argument("--certificate", action="append", default=[], metavar="FILE")
    for_saml.add_argument("--allow-idp-initiated", action="store_true")
    for_saml.add_argument("--sign-requests", action="store_true")
    for_saml.add_argument("--allow-sha1", action="store_true")
    for_both = parser.add_argument_group("SAML 2.0 (issuer URI) and OpenID Connect (issuer)")
    for_both.add_argument("--issuer", default="", metavar="URI")
    for_oidc = parser.add_argument_group("OpenID Connect")
    for_oidc.add_argument("--tenant-id", default="", metavar="ID")
    for_oidc.add_argument("--client-id", default="")
    for_oidc.add_argument("--client-secret-env", metavar="VAR")
    for_oidc.add_argument("--flow", choices=OidcFlow.values)


def connection_settings(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """The fields of the new connection. Raises ActionRefused for what is missing, unreadable or out of reach."""
    specific = _saml(options) if options["protocol"] == Protocol.SAML else _oidc(options)
    return {
        "name": name,
        "attribute_names": dict(_attribute(text) for text in options["attribute"]),
        **{
            field: options[field]
            for field in (
                "vendor",
                "protocol",
                "update_policy",
                "remove_unmapped_spaces",
                "keep_groups_when_missing",
                "clock_skew",
            )
        },
        **specific,
    }


def _attribute(text: str) -> tuple[str, str]:
    name, equals, external = text.partition("=")
    if not equals or not external.strip():
        raise ActionRefused(f"Expected NAME=EXTERNAL-NAME such as email=mail; received '{text}'.")
    return name.strip(), external.strip()


def _saml(options: dict[str, Any]) -> dict[str, Any]:
    private_key, certificate = saml.new_service_provider_key("Torque SSO")
    switches = ("allow_idp_initiated", "sign_requests", "allow_sha1")
    return {
        **_identity_provider(options),
        **{name: options[name] for name in switches},
        "sp_private_key": private_key,
        "sp_certificate": certificate,
    }


def _identity_provider(options: dict[str, Any]) -> dict[str, Any]:
    try:
        if not options["metadata"]:
            certificates = [pem for path in options["certificate"] for pem in saml.read_certificates(_text(path))]
            return {
                "idp_entity_id": options["issuer"],
                "sso_url": options["sso_url"],
                "idp_certificates": "".join(certificates),
            }
        source = options["metadata"]
        is_url = source.startswith(("https://", "http://"))
        document = outbound.fetch(source) if is_url else _bytes(source)
        found = saml.read_metadata(document, options["issuer"])
    except (saml.MetadataError, outbound.OutboundError) as problem:
        raise ActionRefused(str(problem)) from None
    return {
        "idp_entity_id": found.entity_id,
        "sso_url": found.sso_url,
        "idp_certificates": "".join(found.certificates),
        "metadata_url": source if is_url else "",
        "warnings": found.warnings,
    }


def _oidc(options: dict[str, Any]) -> dict[str, Any]:
    tenant, issuer = options["tenant_id"].strip(), options["issuer"].strip()
    if options["vendor"] == Vendor.ENTRA and not issuer:
        if not _is_guid(tenant):
            raise ActionRefused(
                f"Expected the directory (tenant) ID, a GUID shown on the app's overview; received '{tenant}'."
            )
        issuer = ENTRA_ISSUER.format(tenant=tenant.lower())
    secret = secret_from(options["client_secret_env"]) or ""
    return {
        "issuer": issuer,
        "tenant_id": tenant.lower(),
        "client_id": options["client_id"],
        "client_secret": secret,
        # With a secret the code flow is better: it carries up to 200 groups, id_token only a handful (section 9).
        "flow": options["flow"] or (OidcFlow.CODE if secret else OidcFlow.ID_TOKEN),
    }


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8", errors="replace")


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise ActionRefused(f"Expected a readable file; '{path}': {problem.strerror}.") from None
