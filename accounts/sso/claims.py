"""PURE. What a verified login says about a user, and how it is read from an IdP's attributes.

Attributes come as a mapping of the IdP's own names to values, the same for both protocols: SAML attribute values
are a list of strings; an ID token's claims are whatever JSON they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from common.texts import storable


@dataclass(frozen=True)
class IdentityClaims:
    """Made only by a protocol module, after every check has passed.

    `space_names` and `space_roles` are the attribute values as sent (not yet split at commas). `group_ids`: None
    means the IdP said nothing about groups that is read, () that the user is in none. `user_names` are other names
    the IdP has for the user (preferred_username, upn, an e-mail NameID), good for a first match only. Times are
    aware, in UTC.
    """

    connection_id: UUID
    issuer: str
    subject: str
    email: str
    # The subject is an e-mail address, whose letter case says nothing about who it is (SAML core 8.3.2).
    subject_is_email: bool = False
    first_name: str = ""
    last_name: str = ""
    timezone: str = ""
    account_role: str = ""
    space_names: tuple[str, ...] = ()
    space_roles: tuple[str, ...] = ()
    group_ids: tuple[str, ...] | None = None
    groups_overage: bool = False
    # A sentence where something came in place of a list of groups; then nothing changes (`attributes.group_lists`).
    groups_unread: str = ""
    # One text, which may be several groups or the identifier of one: known when it is compared with mapped groups.
    groups_text: str = field(default="", repr=False)
    # False: the IdP does not vouch for the address; good for contact, never for matching.
    email_trusted: bool = True
    # The claim by which the IdP says so, and its value for a sentence; two empty texts: it says nothing.
    email_denied_by: tuple[str, str] = ("", "")
    # Why this is a guest of an Entra tenant, in words; empty: a member. Guests are never matched by e-mail or name.
    guest: str = ""
    user_names: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    message_id: str = ""
    message_expires_at: datetime | None = None
    authenticated_at: datetime | None = None
    session_ends_at: datetime | None = None
    # The IdP's name of its session (SAML SessionIndex, OIDC `sid`), and what it wants to hear at logout, by our names.
    idp_session: str = ""
    logout_hints: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    # Sentences about what was looked for and did not arrive.
    remarks: tuple[str, ...] = ()
    received_names: tuple[str, ...] = field(default=(), compare=False)


Names = Mapping[str, tuple[str, ...]]


def is_text(value: object) -> bool:
    """A number is text enough."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def is_texts(value: object) -> bool:
    """Whether this is one text or a list of nothing else."""
    return all(map(is_text, value)) if isinstance(value, list | tuple) else is_text(value)


def text_values(value: object) -> tuple[str, ...]:
    """The strings of one attribute value, NFC, blank ones dropped; anything that is no text counts as absent."""
    candidates = value if isinstance(value, list | tuple) else [value]
    texts = [storable(str(item)) for item in candidates if is_text(item)]
    return tuple(text for text in texts if text.strip())


def first_text(attributes: Mapping[str, object], names: tuple[str, ...]) -> str:
    """The first value of the first of these attributes that has one, trimmed; else empty."""
    return next((values[0].strip() for name in names if (values := text_values(attributes.get(name)))), "")


def all_texts(attributes: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, ...]:
    """All values of the first of these attributes that has any, blank ones kept in place; else ()."""
    for name in names:
        value = attributes.get(name)
        if value is not None and text_values(value):
            candidates = value if isinstance(value, list | tuple) else [value]
            return tuple(storable(item) for item in candidates if isinstance(item, str))
    return ()
