"""What a draft of a connection changes, in words: each setting as it is live, and as it would be."""

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
    "sso_by_post": "Requests by POST",
    "metadata_url": "Metadata URL",
    "slo_url": "Single logout URL",
    "slo_response_url": "Single logout answers",
    "slo_by_post": "Single logout by POST",
    "issuer": "Issuer",
    "tenant_id": "Tenant ID",
    "client_id": "Client ID",
    "flow": "Flow",
    "force_authn": "Ask everybody to sign in again (ForceAuthn)",
    "name_id_policy": "NameID format asked for",
    "authn_contexts": "Authentication contexts asked for",
    "authn_comparison": "How they are compared",
    "accept_response_signature_over_encryption": "Accept encrypted assertions without a signature of their own",
    "client_auth": "The application authenticates with",
    "extra_scopes": "Extra scopes",
    "prompt": "Always ask the person to",
    "max_age": "Maximum age of a sign-in there, in seconds",
    "acr_values": "Authentication context (acr_values)",
    "omit_login_hint": "The entered email is not passed on",
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
    """One setting; several values are lines of their own."""

    label: str
    live: tuple[str, ...]
    draft: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label}: {', '.join(self.live)} → {', '.join(self.draft)}"


@dataclass(frozen=True)
class ToldDraft:
    """`lacking`: why no test speaks for it, a sentence; empty when one does."""

    version: str
    differences: tuple[Difference, ...]
    lacking: str


def told_of_draft(draft: ConnectionDraft) -> ToldDraft:
    return ToldDraft(version_of(draft), tuple(_differences(draft)), lacking_test(draft))


def _differences(draft: ConnectionDraft) -> Iterator[Difference]:
    live, new = draft.connection, drafted(draft)
    for name in draft.changes:
        before, after = getattr(live, name), getattr(new, name)
        if before == after:
            continue
        if name == "attribute_names":
            yield from _names(before, after)
        elif name == "idp_certificates":
            yield Difference("Certificates", certificates_told(before), certificates_told(after))
        else:
            yield Difference(label_of(live, name), (value_told(before),), (value_told(after),))
    if draft.changes_secret:
        yield Difference("Client secret", (_kept(live),), ("a new one" if is_kept(draft, "client_secret") else _NONE,))


def label_of(connection: Connection, name: str) -> str:
    theirs = SET_UPS[connection.vendor, connection.protocol].theirs
    return theirs.get(_IN_FORMS.get(name, name), _WORDS[name])


def value_told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _NONE if value is None else _CHOICES.get(value, str(value)) or _NONE


def _names(before: dict[str, str], after: dict[str, str]) -> Iterator[Difference]:
    for field, (label, _) in FIELD_WORDS.items():
        if before.get(field) != after.get(field):
            values = ((names.get(field) or "the usual names",) for names in (before, after))
            yield Difference(f"Attribute name of “{label}”", next(values), next(values))


def certificates_told(text: str) -> tuple[str, ...]:
    """With the whole fingerprint: one who publishes may not be who made the draft, and a part of it can be forged."""
    return tuple(f"{certificate_subject(pem)} ({fingerprint(pem)})" for pem in kept_certificates(text)) or (_NONE,)


def _kept(connection: Connection) -> str:
    return "one is kept" if connection.has_client_secret else _NONE
