"""Settings of a connection in words, for the confirmation before it is enabled."""

from collections.abc import Iterator

from accounts.connections.agreed_permissions import agreed
from accounts.connections.changes import PROVIDER
from accounts.models import Connection, EmailDomain
from accounts.models.identity import Protocol
from console.connections.drafts.words import certificate_words, label_of, value_words
from console.connections.field_words import FIELD_WORDS, JIT_WORDS
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
            yield f"Certificates: {', '.join(certificate_words(value))}"
        elif (value or (name == "max_age" and value is not None)) and (
            name not in ("flow", "client_auth") or connection.protocol == Protocol.OIDC
        ):
            yield f"{label_of(connection, name)}: {value_words(value)}"
    if connection.metadata_url:
        yield "New certificates at the metadata URL are read every hour."
    if connection.client_secret:
        yield "Client secret: stored"


def _requests(connection: Connection) -> Iterator[str]:
    """Yield request options of SAML that differ from the default."""
    names = [
        "force_authn",
        "name_id_policy",
        "authn_contexts",
        *(["authn_comparison"] * bool(connection.authn_contexts)),
    ]
    for name in names:
        if value := getattr(connection, name):
            yield f"{label_of(connection, name)}: {value_words(value)}"


def _attributes(connection: Connection) -> Iterator[str]:
    for name, theirs in sorted(connection.attribute_names.items()):
        yield f"Attribute name of “{FIELD_WORDS[name][0]}”: {theirs}"


def _rules(connection: Connection) -> Iterator[str]:
    yield f"Users created at first login: {JIT_WORDS[connection.just_in_time]}"
    yield f"What a login updates: {connection.get_update_policy_display()}"
    yield f"Clock skew: {connection.clock_skew} seconds"
    switches = {
        "allow_idp_initiated": "IdP-initiated login is allowed",
        "allow_sha1": "Signatures with SHA-1 are accepted",
        "accept_response_signature_over_encryption": "Encrypted assertions without their own signature are accepted",
        "remove_unmapped_spaces": "Spaces that a login no longer sends are removed",
        "keep_groups_when_missing": "Groups are kept if a login sends no groups",
    }
    yield from (words for name, words in switches.items() if getattr(connection, name))


def _domain_words(row: EmailDomain) -> str:
    return f"{row.domain} with its subdomains" if row.with_subdomains else row.domain


def _people(connection: Connection) -> Iterator[str]:
    domains = EmailDomain.objects.in_account(connection.account_id).filter(proved_at__isnull=False)
    usable = domains.filter(connections=connection).order_by("domain")
    yield f"Verified domains: {', '.join(map(_domain_words, usable)) or 'none'}"
    if placement := placement_of(connection):
        yield f"Default space: {placement[0]}, as {placement[1]}"
    roles = list(connection.grantable_account_roles.order_by("name").values_list("name", flat=True))
    yield f"Account roles that it can assign: {', '.join(roles) or 'none'}"
    yield f"Account permissions that its logins can assign: {', '.join(sorted(agreed(connection))) or 'none'}"
