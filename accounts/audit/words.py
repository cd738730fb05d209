"""PURE. Sentences for entries of the audit log: one row for each action. `…` stands for the target."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SENTENCES = {
    "account-role.created": "Created the account role …",
    "account-role.deleted": "Deleted the account role …",
    "account-role.updated": "Changed the account role …",
    "account.created": "Created the account …",
    "account.hold-mass-departures-changed": "Changed the deprovisioning guard",
    "account.login-retention-changed": "Changed how long login records are kept",
    "account.recovery-codes-made": "Generated new recovery codes",
    "account.retention-changed": "Changed how long deprovisioned users are kept",
    "account.session-lifetimes-changed": "Changed session lifetimes",
    "account.sso-enforced": "Enforced single sign-on",
    "account.sso-enforcement-lifted": "Stopped enforcing single sign-on",
    "audit.exported": "Exported the audit log",
    "connection.admin-asked": "Asked the account admins for a decision about …",
    "connection.changed": "Changed the connection …",
    "connection.client-key-made": "Generated a token endpoint key for …",
    "connection.client-key-replaced": "Replaced the token endpoint key of …",
    "connection.client-secret-removed": "Removed the client secret of …",
    "connection.client-secret-set": "Set the client secret of …",
    "connection.created": "Created the connection …",
    "connection.default-placement-changed": "Changed the default space of …",
    "connection.deleted": "Deleted the connection …",
    "connection.disabled": "Disabled the connection …",
    "connection.draft-published": "Published the draft of …",
    "connection.draft-saved": "Saved a draft of …",
    "connection.draft-thrown-away": "Discarded the draft of …",
    "connection.enabled": "Enabled the connection …",
    "connection.metadata-approved": "Approved changed metadata of …",
    "connection.metadata-changed": "Applied changed metadata of …",
    "connection.metadata-dropped": "Rejected changed metadata of …",
    "connection.metadata-held": "Held changed metadata of … for approval",
    "connection.move-finished": "Finished moving users to …",
    "connection.move-started": "Started moving users to …",
    "connection.move-undone": "Undid moving users to …",
    "connection.permissions-allowed": "Allowed logins through … to assign account permissions",
    "connection.request-dismissed": "Dismissed a request about …",
    "connection.own-key-replaced": "Replaced the unreadable private key of …",
    "domain.claimed": "Claimed the e-mail domain …",
    "domain.proved": "Verified the e-mail domain …",
    "domain.removed": "Removed the e-mail domain …",
    "domain.subdomains-changed": "Changed whether the e-mail domain … includes sub-domains",
    "group.created": "Created the group …",
    "group.deleted": "Deleted the group …",
    "group.member-removed": "Removed a user from the group …",
    "group.members-added": "Added users to the group …",
    "group.space-roles-changed": "Changed the spaces of the group …",
    "group.updated": "Changed the group …",
    "space-role.created": "Created the space role …",
    "space-role.deleted": "Deleted the space role …",
    "space-role.updated": "Changed the space role …",
    "space.created": "Created the space …",
    "space.deleted": "Deleted the space …",
    "space.updated": "Changed the space …",
    "token.created": "Created the API token …",
    "token.revoked": "Revoked the API token …",
    "user.account-role-changed": "Changed the account role of …",
    "user.activated": "Activated … at first login",
    "user.added-to-group": "Added … to a group",
    "user.break-glass-login": "Signed … in with a password while single sign-on is enforced",
    "user.clean-up-finished": "Finished the clean-up of …",
    "user.created": "Created …",
    "user.departure-dropped": "Rejected the held deprovisioning of …",
    "user.departure-held": "Held the deprovisioning of … for approval",
    "user.deprovisioned": "Deprovisioned …",
    "user.erased": "Erased …",
    "user.groups-synced": "Synced group memberships of … from the identity provider",
    "user.identifiers-changed": "Changed the identifiers of …",
    "user.identity-removed": "Removed an identity of …",
    "user.password-link-made": "Created a password link for …",
    "user.password-set": "Set the password of …",
    "user.placed-in-space": "Assigned … to a space",
    "user.protected": "Was refused a change to …",
    "user.recovery-code-used": "Used a recovery code of …",
    "user.recovery-link-made": "Created a recovery link for …",
    "user.recovery-link-used": "Signed … in with a recovery link",
    "user.removed-from-group": "Removed … from a group",
    "user.restored": "Restored …",
    "user.sessions-ended": "Ended sessions of …",
    "user.short-tokens-ended": "Ended short tokens of …",
    "user.spaces-mapped": "Assigned …'s spaces from login attributes",
    "user.taken-out-of-space": "Removed … from a space",
    "user.updated": "Updated …",
    "users.exported": "Exported the list of users",
}

# Fields that hold a plain list, where all others hold [before, after]. Entries are never changed: these stay lists.
_PLAIN_LISTS = frozenset({("user.groups-synced", "joined"), ("user.groups-synced", "left")})


@dataclass(frozen=True)
class Change:
    """One field, before and after, in words; empty: nothing was there."""

    name: str
    before: str
    after: str


def sentence(action: str, label: str) -> str:
    """ "Deprovisioned bob@acme.example"; for an action without a sentence, its own words."""
    words = SENTENCES.get(action)
    return words.replace("…", label) if words else f"{_plain(action.replace('.', ' ')).capitalize()}: {label}"


def changes(recorded: Mapping[str, Any], action: str) -> list[Change]:
    """Of an entry's `changes`: field -> [before, after], or a plain list where that is what the action writes."""
    return [
        Change(_plain(name), *(("", _shown(value)) if is_plain_list(action, name) else _pair(value)))
        for name, value in recorded.items()
        if value or not is_plain_list(action, name)
    ]


def is_plain_list(action: str, field: str) -> bool:
    """Whether the field of such an entry holds values side by side, and no before and after."""
    return (action, field) in _PLAIN_LISTS


def _pair(value: Any) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2:
        return _shown(value[0]), _shown(value[1])
    return "", _shown(value)


def _shown(value: Any) -> str:
    match value:
        case None | "" | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            shown = [_shown(item) for item in value]
            return (" " if all(item.endswith(".") for item in shown) else ", ").join(shown)  # sentences, or values
        case dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").replace("idp", "IdP")
