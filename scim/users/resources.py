"""Users as SCIM resources and back.

What has no column is kept in `User.scim_attributes`, flat, under the attribute's own path: "title", "name.middleName",
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"; "emails", "phoneNumbers" and "addresses" are
lists of objects, "extensions" is what `extensions` keeps. What was not sent but follows from something else (the
formatted name, an e-mail that is the userName) is not kept, so that it goes on following.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.models.user import UserOrigin, UserState
from accounts.provisioning.provisioning import UserRecord
from common.folding import fold
from common.invisible import invisible
from scim.attributes import ATTRIBUTES, COMMON, CORE, ENTERPRISE, canonical, check_is_list, of_schema, read
from scim.errors import invalid_syntax, invalid_value, quoted, type_name
from scim.users import extensions

# The attributes that a client may send, by lower-case name.
_SENT = {row.name.lower(): row for row in (*of_schema(COMMON), *of_schema(CORE)) if row.mutability != "readOnly"}
_SENT_EXTENSION = {row.name.lower(): row for row in of_schema(ENTERPRISE)}

# Where a kept value stands: its path, then the object around it in its schema ("" for none) and its name there.
_KEPT = {
    row.path: (row.parent, row.key, row.schema == ENTERPRISE)
    for row in ATTRIBUTES
    if not row.column and row.schema != COMMON and row.type == "string" and not row.parent.endswith("s")
}
_KEPT_LISTS = ("emails", "phoneNumbers", "addresses")

# Length of `User.other_email_keys`; in bytes, because an index of PostgreSQL takes rows of at most 2,704.
_OTHER_EMAILS_LIMIT = 2_000
_DELETED_BY_ENTRA = re.compile(r"[0-9a-fA-F]{32}(?=.)")


def to_resource(user: User, base_url: str) -> dict[str, Any]:
    """The resource of a user; `base_url` is where SCIM is, as "https://host/api/scim"."""
    kept: dict[str, Any] = user.scim_attributes
    key = str(user.pk)
    shown: dict[str, Any] = {
        "schemas": [CORE],
        "id": key,
        "externalId": user.external_id,
        "userName": user.user_name or user.email,
        "name": _shown_name(user, kept),
        "displayName": user.display_name,
        "timezone": user.timezone,
        "active": user.state != UserState.DEPROVISIONED,
        "emails": _shown_emails(user),
        "phoneNumbers": kept.get("phoneNumbers"),
        "addresses": kept.get("addresses"),
        "meta": {
            "resourceType": "User",
            "created": _instant(user.created_at),
            "lastModified": _instant(user.modified_at),
            "location": f"{base_url}/Users/{key}",
            "version": f'W/"{user.version}"',
        },
    }
    _show_kept(shown, kept)
    if "extensions" in kept:
        extensions.show(shown, kept["extensions"])
    return {name: value for name, value in shown.items() if value or value is False}


def to_record(document: object, current: User | None = None) -> UserRecord:
    """What a resource says of a user; `current`: the user it is about, for PUT and the outcome of a PATCH.

    What is absent or null is cleared, but for `active` and `externalId`, which stay (`protocol.md` 1.6). Raises
    ScimError: `invalidSyntax`, `invalidValue`.
    """
    given = _read(document)
    user_name = before_deletion(given.get("userName") or "", _addresses(current))
    _check_visible("userName", [user_name], current)
    if not user_name:
        raise invalid_value("Expected a userName; received none. Map an attribute to it in the identity provider.")
    entries = _read_emails(given, current)
    _check_visible("emails.value", [entry["value"] for entry in entries], current)
    is_derived = current is not None and entries == _derived_emails(current)
    if is_derived and _email_follows_user_name(current):
        entries = []
    emails = _in_order(entries) or _own_email(user_name, current)
    name = _read_name(given, current)
    return UserRecord(
        user_name=_user_name(user_name, emails, current),
        external_id=given.get("externalId"),
        active=given.get("active"),
        emails=emails,
        work_email=next((entry["value"] for entry in entries if entry.get("type", "").lower() == "work"), ""),
        first_name=name.get("givenName", ""),
        last_name=name.get("familyName", ""),
        display_name=given.get("displayName") or "",
        timezone=given.get("timezone") or "",
        attributes=_to_keep({**given, "emails": [] if is_derived else entries}, current),
    )


def _shown_name(user: User, kept: dict[str, Any]) -> dict[str, str]:
    name = {
        "formatted": kept.get("name.formatted") or user.full_name,
        "familyName": user.last_name,
        "givenName": user.first_name,
    }
    return {part: text for part, text in name.items() if text} or _stand_in_name(user)


def _stand_in_name(user: User) -> dict[str, str]:
    """Okta wants a name of the first user it reads, and an account begins with an admin of whom only the address is
    known (`protocol.md` 1.5). Never kept; users created by provisioning have none.
    """
    if user.origin == UserOrigin.SCIM or user.full_name or not user.email:
        return {}
    local_part = user.email.partition("@")[0]
    return {"familyName": local_part, "givenName": local_part}


def _shown_emails(user: User) -> list[dict[str, Any]]:
    """As they were sent, but the primary one is where Torque writes to: a login may have changed it since."""
    kept = user.scim_attributes.get("emails")
    if not kept:
        return _derived_emails(user)
    entries: list[dict[str, Any]] = [dict(entry) for entry in kept]
    primary = next((entry for entry in entries if entry.get("primary")), entries[0])
    if primary["value"] != user.email and fold(primary["value"]) != user.email_key:
        primary["value"] = user.email
    return entries


def _derived_emails(user: User) -> list[dict[str, Any]]:
    """The e-mails shown of a user for whom none were sent."""
    if user.scim_attributes.get("emails") or not user.email:
        return []
    return [{"value": user.email, "type": "work", "primary": True}]


def _show_kept(shown: dict[str, Any], kept: dict[str, Any]) -> None:
    for path, value in kept.items():
        parent, key, is_extension = _KEPT.get(path, ("", "", False))
        if not key or path == "name.formatted":
            continue
        around = shown
        if is_extension:
            if ENTERPRISE not in shown:
                shown["schemas"] = [CORE, ENTERPRISE]
            around = shown.setdefault(ENTERPRISE, {})
        if parent:
            around = around.setdefault(parent, {})
        around[key] = value


def _instant(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _read(document: object) -> dict[str, Any]:
    """The values that are given, in their proper types, under the attributes' names (the extension's: their paths)."""
    if not isinstance(document, dict):
        raise invalid_syntax(f"Expected a User, a JSON object; received {type_name(document)}.")
    members = canonical(document, "the user")
    given: dict[str, Any] = {}
    for name, row in _SENT.items():
        if name in members:
            if row.multi_valued:
                check_is_list(row, members[name])
            given[row.name] = read(row, members[name])
    if (extension := members.get(ENTERPRISE.lower())) is not None:
        if not isinstance(extension, dict):
            raise invalid_value(f"Expected an object for {ENTERPRISE}; received {type_name(extension)}.")
        parts = canonical(extension, "the enterprise extension")
        given |= {row.path: read(row, parts[name]) for name, row in _SENT_EXTENSION.items() if name in parts}
    if any(name.startswith("urn:") for name in members):
        given["extensions"] = extensions.read(document)
    return given


def _read_name(given: dict[str, Any], current: User | None) -> dict[str, str]:
    stand_in = _stand_in_name(current) if current else {}
    name = given.get("name") or {}
    return {part: text for part, text in name.items() if stand_in.get(part) != text}


def _read_emails(given: dict[str, Any], current: User | None) -> list[dict[str, Any]]:
    """The entries with one primary: the one that says so, else the first for work, else the first.

    Not one that says it is not: what was sent is shown as it was sent.
    """
    entries: list[dict[str, Any]] = given.get("emails") or []
    for entry in entries:
        entry["value"] = before_deletion(entry["value"], reversed(_addresses(current)))
    if entries and not any(entry.get("primary") for entry in entries):
        silent = [entry for entry in entries if entry.get("primary") is None]
        for entry in sorted(silent, key=lambda entry: entry.get("type", "").lower() != "work")[:1]:
            entry["primary"] = True
    return entries


def _check_visible(name: str, sent: list[str], current: User | None) -> None:
    """Raises ScimError for a name that looks like another one. A stored one is accepted, or nothing of that user could
    be changed, not even their access."""
    for value in sent:
        if (found := invisible(value)) and value not in _addresses(current):
            raise invalid_value(
                f"Expected {name} without invisible characters; received {found} in {quoted(value)}."
                " Remove it in the identity provider."
            )


def _in_order(entries: list[dict[str, Any]]) -> tuple[str, ...]:
    """The addresses, the primary one first."""
    ranked = sorted(entries, key=lambda entry: not entry.get("primary"))
    if sum(len(fold(entry["value"]).encode()) + 1 for entry in ranked[1:]) >= _OTHER_EMAILS_LIMIT:
        raise invalid_value(f"Expected emails of {_OTHER_EMAILS_LIMIT} characters in all; received more.")
    return tuple(entry["value"] for entry in ranked)


def _own_email(user_name: str, current: User | None) -> tuple[str, ...]:
    """A user who has signed in keeps their address when the identity provider sends none, not even as userName."""
    if current is None or current.origin == UserOrigin.SCIM or "@" in user_name:
        return ()
    return (current.email,)


def _email_follows_user_name(current: User | None) -> bool:
    if current is None or current.origin != UserOrigin.SCIM:
        return False
    return bool(current.user_name) and current.email_key == current.user_name_key


def _user_name(user_name: str, emails: tuple[str, ...], current: User | None) -> str:
    """A user without a userName gets none, as long as the e-mail is the same."""
    if current is None or current.user_name or emails[:1] != (current.email,) or user_name != current.email:
        return user_name
    return ""


def _addresses(current: User | None) -> tuple[str, ...]:
    """The userName, then the e-mails of now."""
    if current is None:
        return ()
    return (current.user_name or current.email, *(entry["value"] for entry in _shown_emails(current)))


def _to_keep(given: dict[str, Any], current: User | None) -> dict[str, Any]:
    """The values without a column, flat; without the formatted name if it follows from the others."""
    kept: dict[str, Any] = {name: entries for name in (*_KEPT_LISTS, "extensions") if (entries := given.get(name))}
    for path, (parent, key, is_extension) in _KEPT.items():
        if not parent:
            value = given.get(path)
        else:
            around = given.get(f"{ENTERPRISE}:{parent}" if is_extension else parent)
            value = around.get(key) if around else None
        if value:
            kept[path] = value
    formatted = kept.get("name.formatted")
    if formatted and _follows(formatted, given["name"], current):
        del kept["name.formatted"]
    return kept


def _follows(formatted: str, name: dict[str, str], current: User | None) -> bool:
    """Is it what Torque shows by itself: of these names, or of the names before this change?"""
    if formatted == f"{name.get('givenName', '')} {name.get('familyName', '')}".strip():
        return True
    return current is not None and "name.formatted" not in current.scim_attributes and formatted == current.full_name


def before_deletion(name: str, known: Iterable[str]) -> str:
    """The known name of which `name` is the deleted form; or else `name`.

    Entra renames whom it deletes: 32 hex digits (the object id without dashes), then the name of before (E6). It can
    send that along with the deactivation. Were it stored, nobody would find the user again at their restore.
    """
    if not _DELETED_BY_ENTRA.match(name):
        return name
    rest = fold(name[32:])
    return next((before for before in known if fold(before) == rest), name)
