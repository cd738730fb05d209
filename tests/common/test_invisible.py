"""Characters that nobody sees in a name."""

import pytest

from common.invisible import invisible

INVISIBLE = {
    "a\u200bb": "U+200B ZERO WIDTH SPACE",
    "a\u200db": "U+200D ZERO WIDTH JOINER",
    "\u202eab": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "ab\u2066": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "a\u200eb": "U+200E LEFT-TO-RIGHT MARK",
    "\ufeffab": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "a\u00adb": "U+00AD SOFT HYPHEN",
    "a\u3164b": "U+3164 HANGUL FILLER",
    "a\ufe0fb": "U+FE0F VARIATION SELECTOR-16",
    "a\tb": "U+0009",
    "a\u2028b": "U+2028 LINE SEPARATOR",
    "ab\ue000": "U+E000",
}


@pytest.mark.parametrize("text", INVISIBLE)
def test_the_first_invisible_character_is_named(text: str) -> None:
    assert invisible(text) == INVISIBLE[text]


@pytest.mark.parametrize("text", ["", "Zo\u00eb O'Neill", "\u5c71\u7530", "\u0645\u0631\u064a\u0645", "\u0928\u093f"])
def test_letters_of_any_script_are_visible(text: str) -> None:
    assert not invisible(text)
