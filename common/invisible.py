"""PURE. Invisible characters: two names that differ by one look the same (RFC 8264 sections 9.11 to 9.13)."""

import unicodedata

# Control and format characters (zero width, writing direction), separators of lines, and no characters at all.
_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cn", "Co", "Cs"})
# Default_Ignorable_Code_Point that has another category: fillers, a joiner, variation selectors.
_IGNORABLE = frozenset({0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810)})
_VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def invisible(text: str) -> str:
    """Return the first invisible character as "U+200B ZERO WIDTH SPACE", or an empty text."""
    if text.isascii() and text.isprintable():
        return ""
    found = next((letter for letter in text if _is_invisible(letter)), "")
    return f"U+{ord(found):04X} {unicodedata.name(found, '')}".strip() if found else ""


def _is_invisible(letter: str) -> bool:
    code = ord(letter)
    if unicodedata.category(letter) in _CATEGORIES or code in _IGNORABLE:
        return True
    return any(code in block for block in _VARIATIONS)
