"""PURE. Attributes that arrived and are not read, because their names are only similar to those that are."""

import re
from collections.abc import Iterable, Mapping

from accounts.sso.claims import Names
from common.folding import fold

_MOST = 5
_SHOWN = 2
# Read from elsewhere when it is missing, and their names are too general: `name`, `sub`.
_NO_FIELDS = frozenset({"subject", "user_name"})
# What identity providers put before a name: a namespace, `user.`, `extn.`, Entra's `extension_<application>_`.
_BEFORE = re.compile(r".*[/:#.]")
_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


def similar_names(arrived: Iterable[str], names: Names) -> tuple[str, ...]:
    """A sentence for each field of which no attribute arrived, but one under a similar name. `names`: field -> names.

    Similar: in other letter case, with other signs between its words, or with something before it.
    """
    there = set(arrived)
    unread = _by_core(there.difference(name for tried in names.values() for name in tried))
    missing = {field: tried for field, tried in names.items() if field not in _NO_FIELDS and there.isdisjoint(tried)}
    found = ((field, tried, _of(tried, unread)) for field, tried in sorted(missing.items()))
    return tuple(_sentence(field, tried, came) for field, tried, came in found if came)[:_MOST]


def _by_core(names: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(_core(name), []).append(name)
    return found


def _of(tried: tuple[str, ...], unread: Mapping[str, list[str]]) -> list[str]:
    return [name for core in dict.fromkeys(map(_core, tried)) for name in unread.get(core, ())][:_SHOWN]


def _core(name: str) -> str:
    return _BETWEEN_WORDS.sub("", fold(_EXTENSION.sub("", _BEFORE.sub("", name[:1000]))))


def _sentence(field: str, tried: tuple[str, ...], came: list[str]) -> str:
    listed = " and ".join(f"“{name[:200]}”" for name in came)
    read = " or ".join(f"“{name[:200]}”" for name in tried)
    return (
        f"{listed} came and was not read: the connection reads {field} from {read}. Names are compared letter for "
        "letter: set the name that comes as the connection's attribute name, or let the identity provider send that of "
        "the connection."
    )
