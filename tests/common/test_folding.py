"""The key under which two spellings are one."""

import pytest

from accounts.connections.domains.sign_in_choices import domain_of
from common.folding import fold

IDNA = "ann@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "spelling",
    [
        "ann@bücher.example",
        " Ann@BÜCHER.Example ",
        "ann@bu\u0308cher.example",
        "ann@xn--bcher-kva.example",
        "ANN@XN--BCHER-KVA.EXAMPLE",
        "ann@bücher。example",
        "ann@ｂücher.example",
    ],
)
def test_all_spellings_of_a_domain_are_one(spelling: str) -> None:
    assert fold(spelling) == IDNA
    assert domain_of(spelling) == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@mail.münchen.example", "ann@mail.xn--mnchen-3ya.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        ("a@b@bücher.example", "a@b@xn--bcher-kva.example"),
        ("ann@💩.example", "ann@xn--ls8h.example"),
        ("ann@xn--ls8h.example", "ann@xn--ls8h.example"),
        ("ann@xn--.example", "ann@xn--.example"),
        ("ann@" + "ü" * 300, "ann@" + "ü" * 300),
        ("Ann@Acme.example", "ann@acme.example"),
        ("Team @ Zürich office", "team @ zürich office"),
        ("Bücher", "bücher"),
        ("ann@", "ann@"),
        ("", ""),
    ],
)
def test_what_is_no_other_spelling_stays_its_own(text: str, key: str) -> None:
    assert fold(text) == key
    assert fold(key) == key


def test_sharp_s_is_another_domain_than_double_s() -> None:
    assert fold("ann@straße.example") != fold("ann@strasse.example")


SAME = [
    ("Ann@Acme.example", "ann@acme.example"),
    ("\uff21\uff2e\uff2e", "ann"),
    ("ann\uff20acme\uff0eexample", "ann@acme.example"),
    ("\u3000ann\u3000", "ann"),
    ("\uff76\uff9e", "\u30ac"),  # half-width KA and voiced sound mark: GA
    ("\uff11\uff12\uff13", "123"),
    ("Zoe\u0308", "zo\u00eb"),
    ("STRASSE", "stra\u00dfe"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("other", ["\u0430nn", "\u00e1nn", "a nn", "\u2460"])
def test_compatibility_goes_no_further_than_width(other: str) -> None:
    assert fold(other) == other


@pytest.mark.parametrize("text", [text for pair in SAME for text in pair])
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
