"""Texts made fit to be stored and quoted, and lists of names cut to a readable length."""

from common.texts import and_more, listed, quoted, storable


def test_what_a_database_cannot_hold_is_removed() -> None:
    assert storable("a\x00b\ud800") == "ab?"


def test_a_quoted_value_is_printable_and_short() -> None:
    assert quoted("a\nb") == "“a b”"
    assert quoted("abcdef", limit=3) == "“abc…”"


def test_names_beyond_the_limit_are_counted() -> None:
    assert and_more(["QA", "DevOps", "Sales"], 2) == ["QA", "DevOps", "and 1 more"]
    assert and_more(["QA", "DevOps"], 2) == ["QA", "DevOps"]


def test_names_that_were_not_read_are_counted_too() -> None:
    assert and_more(["QA"], total=1201) == ["QA", "and 1,200 more"]


def test_names_in_a_sentence_are_separated_by_commas() -> None:
    assert listed(["QA", "DevOps", "Sales"], 2) == "QA, DevOps and 1 more"
    assert listed(["QA", "DevOps"]) == "QA, DevOps"
    assert listed([]) == ""
