"""PURE. A whole name in two parts, for providers that send no others."""

import re

_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")  # "Lee, Ann (Contractor)"
_COMMA = re.compile(r"[,\uff0c\u3001]")
# They follow a name after a comma and are neither of its parts.
_SUFFIXES = frozenset("jr sr ii iii iv esq phd md dds ba bsc ma msc mba dr prof".split())


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: after a comma comes the first name ("Lee, Ann"), else the first word is it."""
    name = _REMARK.sub("", whole) or whole
    last, *others = [part for part in map(_tidy, _COMMA.split(name)) if not _is_suffix(part)] or [""]
    if others:
        return others[0], last
    first, _, last = last.partition(" ")
    return first, last


def _tidy(part: str) -> str:
    return " ".join(part.split())


def _is_suffix(part: str) -> bool:
    return not part or part.replace(".", "").casefold() in _SUFFIXES
