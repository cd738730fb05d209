"""PURE. A request's body as the log may keep it: what the product stores is shown, everything else is masked."""

from typing import Any

from scim.attributes import ATTRIBUTES

MASK = "***"
_MOST_LEVELS = 6
_MOST_ITEMS = 20
_LONGEST_TEXT = 200
# What the product stores, and the words that steer a request. A password is in neither, nor is anything unknown.
_SHOWN = frozenset(part.lower() for row in ATTRIBUTES for part in row.name.split(".")) | frozenset(
    ("schemas operations op path filter sortby sortorder startindex count cursor attributes excludedattributes").split()
)
_URN = "urn:ietf:params:scim:schemas:"


def masked(body: Any) -> Any:
    """A JSON value of bounded size; values under unknown names are replaced by `***`."""
    return _shown(body, 0) if isinstance(body, dict | list) else (None if body is None else MASK)


def _shown(value: Any, level: int) -> Any:
    if level >= _MOST_LEVELS:
        return MASK
    if isinstance(value, dict):
        return _members(value, level)
    if isinstance(value, list):
        return [_shown(item, level + 1) for item in value[:_MOST_ITEMS]]
    if isinstance(value, float):  # may be infinite, which no database takes as JSON
        return MASK
    return _short(value) if isinstance(value, str) else value


def _members(value: dict[str, Any], level: int) -> dict[str, Any]:
    # An operation on an unknown path: its value is as unknown as its path.
    hidden = any(name.lower() == "path" and path is not None and not _is_known(path) for name, path in value.items())
    return {
        _short(name): MASK if (hidden and name.lower() == "value") or not _is_known(name) else _shown(item, level + 1)
        for name, item in list(value.items())[:_MOST_ITEMS]
    }


def _is_known(path: Any) -> bool:
    """Each part of a path or name is one that the product stores: `name.givenName`, `emails[type eq "work"].value`."""
    if not isinstance(path, str):
        return False
    text = path.lower()
    if text.startswith(_URN):
        text = text.removeprefix(_URN).rpartition(":")[2]
        if text in ("user", "0"):
            return True
    first, _, rest = text.partition("[")
    parts = [*first.split("."), *rest.rpartition("]")[2].split(".")]
    return all(part in _SHOWN for part in parts if part)


def _short(text: str) -> str:
    clean = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return clean if len(clean) <= _LONGEST_TEXT else clean[:_LONGEST_TEXT] + "…"
