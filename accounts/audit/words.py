"""PURE. What an entry of the audit log says in plain words: one row for each action. `…` stands for whom or what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SENTENCES = {
    "account-role.created": "Created the account role …",
    "account-role.deleted": "Deleted the account role …",
    "account-role.updated": "Changed the account role …",
    "account.created": "Opened the account …",
    "account.hold-mass-departures-changed": "Changed whether mass departures are held",
    "account.login-retention-changed": "Changed how long records of logins are kept",
    "account.recovery-codes-made": "Made new recovery codes",
    "account.retention-changed": "Changed how long people who left are kept",
    "account.session-lifetimes-changed": "Changed how long sessions live",
    "account.sso-enforced": "Enforced single sign-on",
    "account.sso-enforcement-lifted": "Lifted the enforcement of single sign-on",
    "audit.exported": "Exported the audit log",
    "connection.admin-asked": "Asked the account admins to decide about …",
    "connection.changed": "Changed the connection …",
    "connection.client-key-made": "Made a key for the token endpoint of …",
    "connection.client-key-replaced": "Changed the key for the token endpoint of …",
    "connection.client-secret-removed": "Removed the client secret of …",
    "connection.client-secret-set": "Set the client secret of …",
    "connection.created": "Created the connection …",
    "connection.default-placement-changed": "Changed the default space of …",
    "connection.deleted": "Deleted the connection …",
    "connection.disabled": "Disabled the connection …",
    "connection.draft-published": "Published the draft of …",
    "connection.draft-saved": "Saved a draft of …",
    "connection.draft-thrown-away": "Threw away the draft of …",
    "connection.enabled": "Enabled the connection …",
    "connection.metadata-approved": "Approved changed metadata of …",
    "connection.metadata-changed": "Took over changed metadata of …",
    "connection.metadata-dropped": "Dropped changed metadata of …",
    "connection.metadata-held": "Held changed metadata of … until an admin decides",
    "connection.move-finished": "Finished the move of people to …",
    "connection.move-started": "Started to move people to …",
    "connection.move-undone": "Undid the move of people to …",
    "connection.permissions-allowed": "Allowed logins through … to give account permissions",
    "connection.request-dismissed": "Dismissed a request about …",
    "connection.own-key-replaced": "Made a new private key for …, in place of one that could not be read",
    "domain.claimed": "Claimed the e-mail domain …",
    "domain.proved": "Proved the e-mail domain …",
    "domain.removed": "Removed the e-mail domain …",
    "domain.subdomains-changed": "Changed whether sub-domains belong to the e-mail domain …",
    "group.created": "Created the group …",
    "group.deleted": "Deleted the group …",
    "group.member-removed": "Took somebody out of the group …",
    "group.members-added": "Added people to the group …",
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
    "user.activated": "Welcomed … at their first login",
    "user.added-to-group": "Added … to a group",
    "user.break-glass-login": "Let … in by password, although single sign-on is enforced",
    "user.clean-up-finished": "Removed what was left of the access of …",
    "user.created": "Created …",
    "user.departure-dropped": "Kept …, whose departure was held",
    "user.departure-held": "Held the departure of … until an admin decides",
    "user.deprovisioned": "Deprovisioned …",
    "user.erased": "Erased …",
    "user.groups-synced": "Matched the groups of … to the identity provider's",
    "user.identifiers-changed": "Changed the identifiers of …",
    "user.identity-removed": "Removed an identity of …",
    "user.password-link-made": "Made a link for … to set a password",
    "user.password-set": "Set the password of …",
    "user.placed-in-space": "Placed … in a space",
    "user.protected": "Was refused a change of …",
    "user.recovery-code-used": "Took a recovery code of …",
    "user.recovery-link-made": "Made a recovery link for …",
    "user.recovery-link-used": "Let … in by a recovery link",
    "user.removed-from-group": "Took … out of a group",
    "user.restored": "Restored …",
    "user.sessions-ended": "Ended sessions of …",
    "user.short-tokens-ended": "Ended short tokens of …",
    "user.spaces-mapped": "Gave … the spaces of their login",
    "user.taken-out-of-space": "Took … out of a space",
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
        Change(_plain(name), *(("", _told(value)) if is_plain_list(action, name) else _pair(value)))
        for name, value in recorded.items()
        if value or not is_plain_list(action, name)
    ]


def is_plain_list(action: str, field: str) -> bool:
    """Whether the field of such an entry holds values side by side, and no before and after."""
    return (action, field) in _PLAIN_LISTS


def _pair(value: Any) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2:
        return _told(value[0]), _told(value[1])
    return "", _told(value)


def _told(value: Any) -> str:
    match value:
        case None | "" | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_told(item) for item in value)
        case dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").replace("idp", "IdP")
