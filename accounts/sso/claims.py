"""PURE. What a verified login says about a user, the same for both protocols."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


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
    # A sentence where something came in place of a list of groups; then nothing changes (`attributes.reading`).
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
