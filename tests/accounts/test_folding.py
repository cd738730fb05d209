"""The key under which two spellings are one."""

import pytest

from accounts.folding import fold
from accounts.services.sign_in_choices import domain_of

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
