"""Codes that people read out have no characters that are mistaken for each other."""

from common.readable_codes import ALPHABET, new_code


def test_characters_that_look_alike_are_left_out() -> None:
    assert not set("01ILOU") & set(ALPHABET)


def test_a_code_has_its_length_and_is_random() -> None:
    codes = {new_code(10) for _ in range(100)}
    assert len(codes) == 100
    assert {len(code) for code in codes} == {10}
