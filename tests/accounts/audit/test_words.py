"""Each action that the product writes down has words of its own."""

import ast
import re

import pytest

from accounts.audit.words import SENTENCES, Change, changes, sentence
from tests.support import product

WORD = r"[a-z]+(?:-[a-z]+)*"
ACTION = re.compile(rf"{WORD}\.{WORD}")
WRITING = {"record", "record_all", "entry"}  # of `accounts.audit.audit`


def calls(module: ast.Module) -> list[ast.Call]:
    """Where the module writes into the audit log."""
    nodes = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return [node for node in nodes if ast.unparse(node.func) in {f"audit.{verb}" for verb in WRITING}]


def texts(module: ast.Module) -> set[str]:
    nodes = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant))
    return {value for value in nodes if isinstance(value, str) and ACTION.fullmatch(value)}


def written_down() -> set[str]:
    """Actions, whatever they are about: of every module that writes any, each text in the shape of an action."""
    modules = (ast.parse(path.read_text()) for path in product.modules())
    return {text for module in modules if calls(module) for text in texts(module)}


def test_actions_of_any_noun_are_seen() -> None:
    module = ast.parse("def _write(action):\n    audit.record(acting, action, row)\n\n_write('moons.landed-on')")
    assert len(calls(module)) == 1
    assert texts(module) == {"moons.landed-on"}
    assert {"users.exported", "account.login-retention-changed", "user.restored"} <= written_down()


def test_every_action_has_a_sentence() -> None:
    found = written_down()
    assert found - SENTENCES.keys() == set(), "add a sentence for each to accounts/audit/words.py"
    assert SENTENCES.keys() - found == set(), "nothing writes these down"


def test_a_sentence_names_whom_or_what() -> None:
    assert sentence("user.deprovisioned", "bob@acme.example") == "Deprovisioned bob@acme.example"
    assert sentence("user.frobbed-twice", "bob") == "User frobbed twice: bob"


@pytest.mark.parametrize(
    ("joined", "shown"),
    [(["Developers", "Testers"], "Developers, Testers"), (["Developers"], "Developers"), (["A", "B", "C"], "A, B, C")],
)
def test_groups_that_a_login_joined_are_no_before_and_after(joined: list[str], shown: str) -> None:
    recorded = {"joined": joined, "left": []}
    assert changes(recorded, "user.groups-synced") == [Change("joined", "", shown)]
    left = {"joined": [], "left": joined}
    assert changes(left, "user.groups-synced") == [Change("left", "", shown)]


def test_the_same_field_of_another_action_is_a_before_and_after() -> None:
    assert changes({"left": ["A", "B"]}, "user.updated") == [Change("left", "A", "B")]


def test_changes_are_shown_as_before_and_after() -> None:
    recorded = {"idp_identifier": [None, "x"], "hold": [False, True], "spaces": [["A", "B"], []], "odd": {"a": 1}}
    assert changes(recorded, "group.updated") == [
        Change("IdP identifier", "", "x"),
        Change("hold", "no", "yes"),
        Change("spaces", "A, B", ""),
        Change("odd", "", '{"a": 1}'),
    ]


def test_sentences_stand_side_by_side_without_commas() -> None:
    recorded = {"spaces": [None, ["Added to space 'QA' as 'Space Member'.", "Removed from space 'Ops'."]]}
    (change,) = changes(recorded, "user.spaces-from-login")
    assert change.after == "Added to space 'QA' as 'Space Member'. Removed from space 'Ops'."
