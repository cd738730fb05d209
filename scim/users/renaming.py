"""PURE. Entra renames whom it deletes: 32 hex digits (the object id without dashes), then the name of before (E6).

It can send that along with the deactivation. Were it stored, nobody would find the person again at their restore.
"""

import re
from collections.abc import Iterable

from common.folding import fold

_DELETED = re.compile(r"[0-9a-fA-F]{32}(?=.)")


def before_deletion(name: str, known: Iterable[str]) -> str:
    """The known name of which `name` is the deleted form; or else `name`."""
    if not _DELETED.match(name):
        return name
    rest = fold(name[32:])
    return next((before for before in known if fold(before) == rest), name)
