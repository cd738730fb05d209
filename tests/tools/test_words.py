"""The rule about words finds private ones, and leaves stored names and ordinary English alone."""

import pytest

from tools.words import INSTEAD, OVERLOOKED, by_folder, house_words


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("def let_go(user):", "let_go"),
        ("Okta lets people go", "lets people go"),
        ("def finish_departure(user_id):", "departure"),
        ("somebody who is out", "is out"),
        ("def unproved_domain(claims):", "unproved"),
        ("a domain that is proved by DNS", "proved"),
        ("prove your domain", "prove your domain"),
        ("def _told(value):", "told"),
        ("told_of = 1", "told"),
        ("class ProgramRoad:", "ProgramRoad"),
        ("every REST door", "door"),
        ("whoever has it", "whoever"),
        ("def run_self_test():", "self_test"),
        ("of_moment(at)", "moment"),
        ("Add it in Azure.", "Azure"),
    ],
)
def test_a_private_word_is_named_with_its_place(line: str, word: str) -> None:
    found = list(house_words("accounts/x.py", f"first\n{line}\n"))
    assert [text.split("“")[1].split("”")[0] for text in found] == [word]
    assert all(text.startswith("accounts/x.py:2: ") for text in found)


@pytest.mark.parametrize(
    "line",
    [
        'Count("domains", filter=Q(domains__proved_at__isnull=False)), "domain.proved"',
        "HeldDeparture.objects.filter(user__held_departure=None)",
        '"user.departure-held": "Held the deprovisioning of …"',
        "We cannot serve you at the moment",
        "improve, approved, indoors, abroad, compile, indeed",
        "the timeout is out of range",
        "the browser proves that it began the sign-in",
        "guests are told apart by what came in a message",
    ],
)
def test_stored_names_and_ordinary_words_may_stay(line: str) -> None:
    assert list(house_words("accounts/x.py", line)) == []


@pytest.mark.parametrize("name", ["CHANGELOG.md", "docs/decisions/0001-x.md", "accounts/migrations/0001_x.py"])
def test_history_keeps_its_words(name: str) -> None:
    assert list(house_words(name, "told by departures")) == []


def test_every_exception_has_a_reason() -> None:
    assert [one.text for one in OVERLOOKED if not one.reason.endswith(".")] == []
    assert all(INSTEAD.values())


def test_folders_are_counted() -> None:
    assert by_folder(["accounts/a.py:1: x", "accounts/b/c.py:2: y", "README.md:1: z"]) == "accounts 2, README.md 1"
