"""Settings of a connection in words: what its draft changes, and all of them before it is enabled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.connections.agreed_permissions import agreed
from accounts.connections.certificates.certificates import certificate_subject, fingerprint
from accounts.connections.changes import PROVIDER, kept_certificates
from accounts.connections.drafts import drafted, lacking_test, version_of
from accounts.connections.vendors import SET_UPS
from accounts.models import Connection, ConnectionDraft, EmailDomain
from accounts.models.identity import OidcFlow, Protocol
from accounts.models.request_choices import AuthnComparison, ClientAuth, NameIdFormat, Prompt
from common.encryption import is_kept
from console.connections.field_words import FIELD_WORDS, JIT_WORDS, SETTING_WORDS
from spaces.sign_in_rules import placement_of

_NONE = "none"
_CHOICES: dict[Any, str] = {
    value: str(label)
    for choices in (OidcFlow, NameIdFormat, AuthnComparison, Prompt, ClientAuth)
    for value, label in choices.choices
}
# The form's name of a field, where the vendor has a word for it.
_IN_FORMS = {"idp_entity_id": "issuer"}


@dataclass(frozen=True)
class Difference:
    """One setting; several values are separate lines."""

    label: str
    live: tuple[str, ...]
    draft: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label}: {', '.join(self.live)} → {', '.join(self.draft)}"


@dataclass(frozen=True)
class DescribedDraft:
    """`lacking`: a sentence why no test counts for it; empty if one does."""

    version: str
    differences: tuple[Difference, ...]
    lacking: str


def described_draft(draft: ConnectionDraft) -> DescribedDraft:
    return DescribedDraft(version_of(draft), tuple(_differences(draft)), lacking_test(draft))


def _differences(draft: ConnectionDraft) -> Iterator[Difference]:
    live, new = draft.connection, drafted(draft)
    for name in draft.changes:
        before, after = getattr(live, name), getattr(new, name)
        if before == after:
            continue
        if name == "attribute_names":
            yield from _names(before, after)
        elif name == "idp_certificates":
            yield Difference("Certificates", certificate_words(before), certificate_words(after))
        else:
            yield Difference(label_of(live, name), (value_words(before),), (value_words(after),))
    if draft.changes_secret:
        stored = "stored" if live.has_client_secret else _NONE
        replaced = "a new secret" if is_kept(draft, "client_secret") else _NONE
        yield Difference("Client secret", (stored,), (replaced,))


def label_of(connection: Connection, name: str) -> str:
    theirs = SET_UPS[connection.vendor, connection.protocol].identity_provider_labels
    return theirs.get(_IN_FORMS.get(name, name), SETTING_WORDS[name])


def value_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _NONE if value is None else _CHOICES.get(value, str(value)) or _NONE


def _names(before: dict[str, str], after: dict[str, str]) -> Iterator[Difference]:
    for field, (label, _) in FIELD_WORDS.items():
        if before.get(field) != after.get(field):
            values = ((names.get(field) or "the default names",) for names in (before, after))
            yield Difference(f"Attribute name of “{label}”", next(values), next(values))


def certificate_words(text: str) -> tuple[str, ...]:
    """Return subjects with full fingerprints: the publisher may be another admin, and a part can be forged."""
    return tuple(f"{certificate_subject(pem)} ({fingerprint(pem)})" for pem in kept_certificates(text)) or (_NONE,)


def settings_of(connection: Connection) -> list[str]:
    return [*_provider(connection), *_rules(connection), *_people(connection)]


def _provider(connection: Connection) -> Iterator[str]:
    """Yield details of the identity provider, and options of requests that differ from the default."""
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
    compared = ("authn_comparison",) if connection.authn_contexts else ()
    for name in ("force_authn", "name_id_policy", "authn_contexts", *compared):
        if value := getattr(connection, name):
            yield f"{label_of(connection, name)}: {value_words(value)}"
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


def _people(connection: Connection) -> Iterator[str]:
    domains = EmailDomain.objects.in_account(connection.account_id).verified().filter(connections=connection)
    found = domains.order_by("domain")
    words = [f"{row.domain} with its subdomains" if row.with_subdomains else row.domain for row in found]
    yield f"Verified domains: {', '.join(words) or 'none'}"
    if placement := placement_of(connection):
        yield f"Default space: {placement[0]}, as {placement[1]}"
    roles = list(connection.grantable_account_roles.order_by("name").values_list("name", flat=True))
    yield f"Account roles that it can assign: {', '.join(roles) or 'none'}"
    yield f"Account permissions that its logins can assign: {', '.join(sorted(agreed(connection))) or 'none'}"
