"""PURE. Whether the value of a groups claim or attribute is a list that can be read whole (`protocol.md` section 9).

Only such a list, or a claim that is absent, may remove a user from a group. Any other value changes nothing.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from accounts.sso.claims import is_text, text_values
from common import strict_json
from common.folding import identifier_key, is_guid

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


@dataclass(frozen=True)
class GroupList:
    """`ids`: the list, read whole; None: there is none. `unread`: then what was sent in its place, in words.

    `text`: the one text of which this was made, where it may as well be the identifier of one group (`settled`).
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


def read(value: object) -> GroupList:
    """What a claim's value, or the values of an attribute, say. Numbers are read as texts; blank texts as no value."""
    if isinstance(value, list | tuple) and all(map(is_text, value)):
        return _of_texts(text_values(value))
    if isinstance(value, str):
        return _of_text(value.strip())
    return GroupList(text_values(value)) if is_text(value) else GroupList(unread=shape(value))


def settled(found: GroupList, mapped: Collection[str]) -> GroupList:
    """What one text means, knowing which of the keys `in_question` are those of mapped groups."""
    if not found.text:
        return found
    if identifier_key(found.text) in mapped:
        return GroupList((found.text,))
    parts = found.possible_parts
    if parts and all(identifier_key(part) in mapped for part in parts):
        return GroupList(parts)
    return GroupList(found.ids, found.unread)


def sentence(name: str, unread: str) -> str:
    """For the login record: what was expected and received, what follows, who has to change what."""
    return (
        f'Groups: expected a list of texts, for example ["Platform Team", "Sales"]; “{name[:200]}” came as {unread}. '
        "No group membership was changed. Let the identity provider send one text for each group."
    )


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
    found = read(value) if isinstance(value, list) else GroupList(unread=shape(value))
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


def shape(value: object) -> str:
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
    inside = "another list" if isinstance(odd[0], list | tuple) else shape(odd[0])
    return f"a list that holds {inside}" + (" beside texts" if len(odd) < len(value) else "")


def _members(value: object) -> str:
    names = [_short(str(name)) for name in value][:_SHOWN_MEMBERS] if isinstance(value, Mapping) else []
    return f" with {', '.join(f'“{name}”' for name in names)}" if names else ""


def _short(text: str) -> str:
    """On one line, without what is not printable."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 2 * _SHOWN_TEXT]).split())
    return line if len(line) <= _SHOWN_TEXT and len(text) <= 2 * _SHOWN_TEXT else f"{line[:_SHOWN_TEXT]}…"
