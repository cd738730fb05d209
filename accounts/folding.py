"""PURE. One spelling for comparison (`architecture.md` section 6): NFC + casefold, the same on every database."""

import unicodedata


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The key under which two spellings count as one: trimmed, NFC, letter case ignored."""
    return nfc(nfc(text.strip()).casefold())
