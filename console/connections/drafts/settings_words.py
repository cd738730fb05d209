"""All that enabling a connection opens, in words: a line for each setting that a login depends on."""

from collections.abc import Iterator

from accounts.connections.agreed_permissions import agreed
from accounts.connections.changes import PROVIDER
from accounts.models import Connection, EmailDomain
from accounts.models.identity import Protocol
from console.connections.drafts.words import certificates_told, label_of, value_told
from console.connections.field_words import FIELD_WORDS
from spaces.sign_in_rules import placement_of


def settings_of(connection: Connection) -> list[str]:
    return [
        *_provider(connection),
        *_requests(connection),
        *_attributes(connection),
        *_rules(connection),
        *_people(connection),
    ]


def _provider(connection: Connection) -> Iterator[str]:
    for name in PROVIDER:
        value = getattr(connection, name)
        if name == "idp_certificates" and value:
            yield f"Certificates: {', '.join(certificates_told(value))}"
        elif (value or (name == "max_age" and value is not None)) and (
            name not in ("flow", "client_auth") or connection.protocol == Protocol.OIDC
        ):
            yield f"{label_of(connection, name)}: {value_told(value)}"
    if connection.metadata_url:
        yield "New certificates that are published at the metadata URL are taken over every hour."
    if connection.client_secret:
        yield "A client secret is kept"


def _requests(connection: Connection) -> Iterator[str]:
    """What SAML requests ask for beyond the usual."""
    names = [
        "force_authn",
        "name_id_policy",
        "authn_contexts",
        *(["authn_comparison"] * bool(connection.authn_contexts)),
    ]
    for name in names:
        if value := getattr(connection, name):
            yield f"{label_of(connection, name)}: {value_told(value)}"


def _attributes(connection: Connection) -> Iterator[str]:
    for name, theirs in sorted(connection.attribute_names.items()):
        yield f"Attribute name of “{FIELD_WORDS[name][0]}”: {theirs}"


def _rules(connection: Connection) -> Iterator[str]:
    yield f"Users created at first login: {connection.get_just_in_time_display()}"
    yield f"What a login updates: {connection.get_update_policy_display()}"
    yield f"Clock skew: {connection.clock_skew} seconds"
    switches = {
        "allow_idp_initiated": "Logins may begin at the identity provider",
        "allow_sha1": "Signatures with SHA-1 are accepted",
        "accept_response_signature_over_encryption": "The response's signature is enough over an encrypted assertion",
        "remove_unmapped_spaces": "Spaces that a login no longer names are taken away",
        "keep_groups_when_missing": "Groups are kept when a login says nothing about groups",
    }
    yield from (words for name, words in switches.items() if getattr(connection, name))


def _domain_words(row: EmailDomain) -> str:
    return f"{row.domain} with its sub-domains" if row.with_subdomains else row.domain


def _people(connection: Connection) -> Iterator[str]:
    domains = EmailDomain.objects.in_account(connection.account_id).filter(proved_at__isnull=False)
    usable = domains.filter(connections=connection).order_by("domain")
    yield f"Verified domains: {', '.join(map(_domain_words, usable)) or 'none'}"
    if placement := placement_of(connection):
        yield f"Default space: {placement[0]}, as {placement[1]}"
    roles = list(connection.grantable_account_roles.order_by("name").values_list("name", flat=True))
    yield f"Account roles that it may give: {', '.join(roles) or 'none'}"
    yield f"Account permissions that its logins may give: {', '.join(sorted(agreed(connection))) or 'none'}"
