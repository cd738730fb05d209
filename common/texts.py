"""PURE. Texts from outside, made fit to be stored and to be quoted in a sentence."""

from common.folding import nfc


def storable(text: str) -> str:
    """NFC, without what JSON can carry and a database cannot hold: NUL characters and half surrogate pairs."""
    return nfc(text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8"))


def quoted(value: str, limit: int = 200) -> str:
    """A value from a message, for a sentence: quoted, control characters gone, cut to a readable length."""
    shown = "".join(character if character.isprintable() else " " for character in value[:limit])
    return f"“{shown}{'…' if len(value) > limit else ''}”"
