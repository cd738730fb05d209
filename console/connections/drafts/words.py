"""Differences between a draft and the live settings of a connection, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.connections.certificates.certificates import certificate_subject, fingerprint
from accounts.connections.changes import kept_certificates
from accounts.connections.drafts import drafted, lacking_test, version_of
from accounts.connections.vendors import SET_UPS
from accounts.models import Connection, ConnectionDraft
from accounts.models.identity import OidcFlow
from accounts.models.request_choices import AuthnComparison, ClientAuth, NameIdFormat, Prompt
from common.encryption import is_kept
from console.connections.field_words import FIELD_WORDS

_NONE = "none"
_WORDS = {
    "idp_entity_id": "Issuer",
    "sso_url": "Single sign-on URL",
    "sso_by_post": "Send requests by POST",
    "metadata_url": "Metadata URL",
    "slo_url": "Single logout URL",
    "slo_response_url": "Single logout response URL",
    "slo_by_post": "Single logout by POST",
    "issuer": "Issuer",
    "tenant_id": "Tenant ID",
    "client_id": "Client ID",
    "flow": "Flow",
    "force_authn": "Require a new sign-in (ForceAuthn)",
    "name_id_policy": "Requested NameID format",
    "authn_contexts": "Requested authentication contexts",
    "authn_comparison": "Comparison of authentication contexts",
    "accept_response_signature_over_encryption": "Accept encrypted assertions without their own signature",
    "client_auth": "Client authentication",
    "extra_scopes": "Extra scopes",
    "prompt": "Prompt",
    "max_age": "Maximum authentication age (seconds)",
    "acr_values": "Authentication context (acr_values)",
    "omit_login_hint": "Do not send login_hint",
}
_CHOICES: dict[Any, str] = {
    **dict(OidcFlow.choices),
    **dict(NameIdFormat.choices),
    **dict(AuthnComparison.choices),
    **dict(Prompt.choices),
    **dict(ClientAuth.choices),
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
        yield Difference("Client secret", (_kept(live),), (_new_secret(draft),))


def label_of(connection: Connection, name: str) -> str:
    theirs = SET_UPS[connection.vendor, connection.protocol].identity_provider_labels
    return theirs.get(_IN_FORMS.get(name, name), _WORDS[name])


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


def _kept(connection: Connection) -> str:
    return "stored" if connection.has_client_secret else _NONE


def _new_secret(draft: ConnectionDraft) -> str:
    return "a new secret" if is_kept(draft, "client_secret") else _NONE
