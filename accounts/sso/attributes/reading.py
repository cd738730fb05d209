"""PURE. From attributes or claims to the fields of a user, the same for both protocols (`protocol.md` 8.3)."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from accounts.sso.attributes import group_lists
from accounts.sso.claims import Names, all_texts, first_text, is_texts, text_values
from common.folding import fold

_EMAIL = re.compile(r"[^\s\x00-\x1f\x7f@<>\"(),:;\[\]\\]+@[^\s\x00-\x1f\x7f@<>\"(),:;\[\]\\]+")
_EMAIL_LIMIT = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_SHOWN_NAMES = 40
_MOST_SIMILAR = 5  # sentences about names that are only similar
_SIMILAR_SHOWN = 2
# Read from elsewhere when it is missing, and their names are too general: `name`, `sub`.
_NO_FIELDS = frozenset({"subject", "user_name"})
# What identity providers put before a name: a namespace, `user.`, `extn.`, Entra's `extension_<application>_`.
_BEFORE = re.compile(r".*[/:#.]")
_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def is_email(text: str) -> bool:
    """Whether this has the shape of an e-mail address; says nothing about whose it is."""
    return len(text) <= _EMAIL_LIMIT and _EMAIL.fullmatch(text) is not None


def profile(
    attributes: Mapping[str, object],
    names: Names,
    own: Mapping[str, str] = _NO_NAMES,
    groups_elsewhere: Collection[str] = (),
) -> dict[str, Any]:
    """The fields of `IdentityClaims` that are read by name. `names`: `Vendor.names(...)`; `own`: the names the admin
    set on the connection, each one that did not arrive gives a remark, as does one that arrived under a similar name.
    `groups_elsewhere`: names whose list the IdP left out as too long. `email` is empty when none has the right shape.
    """
    texts = {name: first_text(attributes, names.get(name, ())) for name in _TEXT_FIELDS}
    return {
        **texts,
        **groups(attributes, names.get("groups", ()), groups_elsewhere),
        "email": email(attributes, names),
        "space_names": all_texts(attributes, names.get("space_name", ())),
        "space_roles": all_texts(attributes, names.get("space_role", ())),
        "remarks": (
            *missing_names(attributes, own),
            *similar_names(attributes, names),
            *no_texts(attributes, names),
        ),
    }


_TEXT_FIELDS = ("first_name", "last_name", "timezone", "account_role")


def email(attributes: Mapping[str, object], names: Names) -> str:
    """The first value of the e-mail attributes that has the shape of an address, else empty."""
    return first_email(text for name in names.get("email", ()) for text in text_values(attributes.get(name)))


def first_email(candidates: Iterable[str]) -> str:
    """The first of these that has the shape of an e-mail address, trimmed; else empty."""
    return next((text.strip() for text in candidates if is_email(text.strip())), "")


def groups(attributes: Mapping[str, object], names: tuple[str, ...], elsewhere: Collection[str]) -> dict[str, Any]:
    """What the first of these names that arrived says of groups; one that is `elsewhere` arrived as a mark."""
    name = next((name for name in names if name in elsewhere or name in attributes), None)
    if name is None or name in elsewhere:
        return {"groups_overage": name is not None}
    found = group_lists.read(attributes[name])
    unread = group_lists.sentence(name, found.unread) if found.unread else ""
    return {"group_ids": found.ids, "groups_unread": unread, "groups_text": found.text}


def missing_names(attributes: Mapping[str, object], own: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each attribute name set on the connection that did not arrive."""
    return tuple(
        f"The connection reads {field} from “{name}”, which did not arrive. {arrived(attributes)}"
        for field, name in sorted(own.items())
        if name and name not in attributes
    )


def no_texts(attributes: Mapping[str, object], names: Names) -> tuple[str, ...]:
    """A sentence for each field whose attribute holds what is neither a text nor a list of texts; null is no value.

    Of groups there is one of its own (`group_lists`).
    """
    first = {field: next((name for name in tried if name in attributes), "") for field, tried in names.items()}
    return tuple(
        f"The connection reads {field} from “{name}”, which came as {group_lists.shape(value)}: expected a text or a "
        "list of texts. What is no text was not read. Let the identity provider send texts."
        for field, name in sorted(first.items())
        if name and field not in ("groups", "subject") and not is_texts(value := attributes[name]) and value is not None
    )


def arrived(attributes: Iterable[str]) -> str:
    """The names that did arrive, as a sentence."""
    names = sorted(attributes)
    if not names:
        return "No attribute arrived at all."
    listed = ", ".join(f"“{name[:200]}”" for name in names[:_SHOWN_NAMES])
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"What arrived: {listed}{more}."


def similar_names(arrived: Iterable[str], names: Names) -> tuple[str, ...]:
    """A sentence for each field of which no attribute arrived, but one under a similar name. `names`: field -> names.

    Similar: in other letter case, with other signs between its words, or with something before it.
    """
    there = set(arrived)
    unread = _by_core(there.difference(name for tried in names.values() for name in tried))
    missing = {field: tried for field, tried in names.items() if field not in _NO_FIELDS and there.isdisjoint(tried)}
    found = ((field, tried, _similar(tried, unread)) for field, tried in sorted(missing.items()))
    return tuple(_read_from(field, tried, came) for field, tried, came in found if came)[:_MOST_SIMILAR]


def _by_core(names: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(_core(name), []).append(name)
    return found


def _similar(tried: tuple[str, ...], unread: Mapping[str, list[str]]) -> list[str]:
    return [name for core in dict.fromkeys(map(_core, tried)) for name in unread.get(core, ())][:_SIMILAR_SHOWN]


def _core(name: str) -> str:
    return _BETWEEN_WORDS.sub("", fold(_EXTENSION.sub("", _BEFORE.sub("", name[:1000]))))


def _read_from(field: str, tried: tuple[str, ...], came: list[str]) -> str:
    listed = " and ".join(f"“{name[:200]}”" for name in came)
    read = " or ".join(f"“{name[:200]}”" for name in tried)
    return (
        f"{listed} arrived and was not read: the connection reads {field} from {read}. Names are compared letter for "
        "letter: set the name that arrives as the connection's attribute name, or let the identity provider send the "
        "connection's name."
    )
