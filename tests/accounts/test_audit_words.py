"""Each action that the product writes down has words of its own."""

import re

from accounts.audit_words import SENTENCES, Change, changes, sentence
from tools.setup import ROOT

NOUNS = r"account|audit|connection|domain|group|space|space-role|account-role|token|user"
ACTION = re.compile(rf'"((?:{NOUNS})\.[a-z]+(?:-[a-z]+)*)"')


def written_down() -> set[str]:
    """Of the services: whatever looks like an action there is one."""
    folders = (ROOT / app / "services" for app in ("accounts", "spaces"))
    return {found for folder in folders for path in folder.rglob("*.py") for found in ACTION.findall(path.read_text())}


def test_every_action_has_a_sentence() -> None:
    found = written_down()
    assert len(found) > 25
    assert found - SENTENCES.keys() == set(), "add a sentence for each to accounts/audit_words.py"
    assert SENTENCES.keys() - found == set(), "nothing writes these down"


def test_a_sentence_names_whom_or_what() -> None:
    assert sentence("user.deprovisioned", "bob@acme.example") == "Deprovisioned bob@acme.example"
    assert sentence("user.frobbed-twice", "bob") == "User frobbed twice: bob"


def test_changes_are_told_as_before_and_after() -> None:
    recorded = {"idp_identifier": [None, "x"], "hold": [False, True], "spaces": [["A", "B"], []], "odd": {"a": 1}}
    assert changes(recorded) == [
        Change("IdP identifier", "", "x"),
        Change("hold", "no", "yes"),
        Change("spaces", "A, B", ""),
        Change("odd", "", '{"a": 1}'),
    ]
