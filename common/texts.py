"""PURE. Texts from outside, made fit to be stored and to be quoted in a sentence."""

from collections.abc import Sequence

from common.folding import nfc


def storable(text: str) -> str:
    """NFC, without what JSON can carry and a database cannot hold: NUL characters and half surrogate pairs."""
    return nfc(text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8"))


def quoted(value: str, limit: int = 200) -> str:
    """A value from a message, for a sentence: quoted, control characters gone, cut to a readable length."""
    shown = "".join(character if character.isprintable() else " " for character in value[:limit])
    return f"“{shown}{'…' if len(value) > limit else ''}”"


def and_more(names: Sequence[str], limit: int | None = None, total: int | None = None) -> list[str]:
    """The first `limit` names and, where others follow, "and 3 more". `total`: where not all of them were read."""
    shown = list(names[:limit])
    more = (len(names) if total is None else total) - len(shown)
    return [*shown, f"and {more:,} more"] if more > 0 else shown


def listed(names: Sequence[str], limit: int | None = None, total: int | None = None) -> str:
    """ "QA, DevOps and 3 more": the first `limit` names, for a sentence."""
    shown = names[:limit]
    return " ".join([", ".join(shown), *and_more(names, limit, total)[len(shown) :]])
