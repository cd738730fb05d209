"""PURE. From attributes or claims to the fields of a user, the same for both protocols (`protocol.md` 8.3): texts, the
fields that are read by name, and lists of groups.

Attributes come as a mapping of the IdP's own names to values: SAML attribute values are a list of strings; the claims
of an ID token are whatever JSON they are.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from common import strict_json
from common.folding import fold, identifier_key, is_guid
from common.texts import storable

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
_TEXT_FIELDS = ("first_name", "last_name", "timezone", "account_role")

# Of lists of groups.
_SHOWN_TEXT = 60
_SHOWN_MEMBERS = 4
_MOST_COMPARED = 200  # parts of one text that are looked for among mapped identifiers
_SEPARATORS = re.compile(r"(?<!\\)[,;|\t\r\n]")
_BETWEEN_GUIDS = re.compile(r"[\s,;|]+")
# Parts with these are no plain names: an assignment, a quoted or bracketed list in some program's own notation.
_MARKS = frozenset("=\"'[]{}<>\\")
_DN_PART = re.compile(r"\s*([A-Za-z][A-Za-z0-9.-]*)\s*=.*", re.DOTALL)
_DN_ENDS = frozenset({"dc", "o", "c"})  # RFC 4514: the most specific part comes first, so nothing follows these
_CONSTANTS = frozenset({"true", "false", "null", "none", "undefined"})

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
    found = read_groups(attributes[name])
    unread = found.unread and (
        f'Groups: expected a list of texts, for example ["Platform Team", "Sales"]; “{name[:200]}” came as'
        f" {found.unread}. No group membership was changed. Let the identity provider send one text for each group."
    )
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

    Of groups there is one of its own (`groups`).
    """
    first = {field: next((name for name in tried if name in attributes), "") for field, tried in names.items()}
    return tuple(
        f"The connection reads {field} from “{name}”, which came as {shape_of(value)}: expected a text or a "
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


@dataclass(frozen=True)
class GroupList:
    """`ids`: the list, read whole; None: there is none. `unread`: then what was sent in its place, in words.

    `text`: the one text of which this was made, where it may as well be the identifier of one group (`settled_groups`).
    """

    ids: tuple[str, ...] | None = None
    unread: str = ""
    text: str = ""

    @property
    def in_question(self) -> frozenset[str]:
        """Identifier keys of which it matters whether a group is mapped to them; mostly none."""
        return frozenset(map(identifier_key, (self.text, *self.possible_parts))) if self.text else frozenset()

    @property
    def possible_parts(self) -> tuple[str, ...]:
        """What the text is a list of, if each of these is mapped; () where that is known or not to be found out."""
        parts = _parts(self.text) if self.ids is None else []
        return tuple(parts) if 1 < len(parts) <= _MOST_COMPARED else ()


def read_groups(value: object) -> GroupList:
    """Whether a claim's value, or the values of an attribute, are a list of groups that can be read whole
    (`protocol.md` section 9). Numbers are read as texts; blank texts as no value.

    Only such a list, or a claim that is absent, may remove a user from a group. Any other value changes nothing.
    """
    if isinstance(value, list | tuple) and all(map(is_text, value)):
        return _of_texts(text_values(value))
    if isinstance(value, str):
        return _of_text(value.strip())
    return GroupList(text_values(value)) if is_text(value) else GroupList(unread=shape_of(value))


def settled_groups(found: GroupList, mapped: Collection[str]) -> GroupList:
    """What one text means, knowing which of the keys `in_question` are those of mapped groups."""
    if not found.text:
        return found
    if identifier_key(found.text) in mapped:
        return GroupList((found.text,))
    parts = found.possible_parts
    if parts and all(identifier_key(part) in mapped for part in parts):
        return GroupList(parts)
    return GroupList(found.ids, found.unread)


def _of_texts(texts: tuple[str, ...]) -> GroupList:
    """A list of texts, unless those are JSON again."""
    if not any(text.lstrip().startswith(("[", "{")) and _is_json(text) for text in texts):
        return GroupList(texts)
    return _of_notation(texts[0].strip()) if len(texts) == 1 else GroupList(unread="a list of texts that hold JSON")


def _is_json(text: str) -> bool:
    try:
        strict_json.loads(text)
    except ValueError:
        return False
    return True


def _of_text(text: str) -> GroupList:
    (whole,) = text_values(text) or ("",)
    if not whole:
        return GroupList(unread="an empty text")
    if whole[0] + whole[-1] in ("[]", "{}") or whole.lower() in _CONSTANTS:
        return _of_notation(whole)
    guids = _BETWEEN_GUIDS.split(whole)
    if len(guids) > 1 and all(map(is_guid, guids)):
        return GroupList(tuple(guids))
    parts = _parts(whole)
    if len(parts) == 1 or _is_one_name(parts, whole):
        return GroupList((whole,))
    if _is_joined(whole):
        return GroupList(tuple(parts), text=whole)
    return GroupList(unread=f"one text that may be one name or several, '{_short(whole)}'", text=whole)


def _of_notation(whole: str) -> GroupList:
    """A text in brackets is JSON, or a GUID as Windows writes it, or nothing that is read."""
    if is_guid(whole.strip("{}")):
        return GroupList((whole,))
    try:
        value = strict_json.loads(whole)
    except ValueError:
        return GroupList(unread=f"the text '{_short(whole)}'", text=whole)
    found = read_groups(value) if isinstance(value, list) else GroupList(unread=shape_of(value))
    return GroupList(found.ids, found.unread, whole)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text)]


def _is_joined(whole: str) -> bool:
    """`Ops,Dev`: commas alone, without a blank beside them as in the name `Sales, EMEA`, around plain names."""
    parts = whole.split(",")
    plain = all(part and part == part.strip() and not _MARKS.intersection(part) for part in parts)
    return plain and len(parts) == len(_parts(whole))


def _is_one_name(parts: Sequence[str], whole: str) -> bool:
    """Whether these are the parts of one distinguished name, `CN=Ops,OU=Groups,DC=acme` (RFC 4514)."""
    found = [_DN_PART.fullmatch(part) for part in parts]
    if not all(found) or re.search(r"(?<!\\)[;|\t\r\n]", whole):
        return False
    is_end = [match[1].lower() in _DN_ENDS for match in found if match]
    return is_end == sorted(is_end)


def shape_of(value: object) -> str:
    """What this is, without its values: they may be anything."""
    if isinstance(value, list | tuple):
        return _shape_of_list(value)
    if isinstance(value, Mapping):
        return f"an object{_members(value)}"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return "a number with a fraction" if isinstance(value, float) else "a text"


def _shape_of_list(value: Sequence[object]) -> str:
    odd = [item for item in value if not is_text(item)]
    if not odd:
        return "a list of texts"
    if all(isinstance(item, Mapping) for item in value):
        return f"a list of objects{_members(odd[0])}"
    if all(isinstance(item, list | tuple) for item in value):
        return "a list of lists"
    inside = "another list" if isinstance(odd[0], list | tuple) else shape_of(odd[0])
    return f"a list that holds {inside}" + (" beside texts" if len(odd) < len(value) else "")


def _members(value: object) -> str:
    names = [_short(str(name)) for name in value][:_SHOWN_MEMBERS] if isinstance(value, Mapping) else []
    return f" with {', '.join(f'“{name}”' for name in names)}" if names else ""


def _short(text: str) -> str:
    """On one line, without what is not printable."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 2 * _SHOWN_TEXT]).split())
    return line if len(line) <= _SHOWN_TEXT and len(text) <= 2 * _SHOWN_TEXT else f"{line[:_SHOWN_TEXT]}…"
