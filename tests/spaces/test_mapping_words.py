"""Each decision about spaces reads as one sentence."""

import pytest

from spaces.mapping_words import sentence
from spaces.role_mapping import Code, Decision


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence(code: Code) -> None:
    assert sentence(Decision(code, "QA", "Space Admin", "Space Member", ("Wizard",), 2)).endswith(".")


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (
            Decision(Code.ROLE_REUSED, role="Space Admin", count=2),
            "One role for 2 spaces: role 'Space Admin' is used in all of them.",
        ),
        (
            Decision(Code.ROLE_UNKNOWN, "Trial", "Wizard"),
            "Role 'Wizard' is no space role here: 'Space Member' in space 'Trial' instead.",
        ),
        (Decision(Code.ROLES_IGNORED, roles=("A", "B")), "More roles than spaces: 'A', 'B' ignored."),
        (Decision(Code.SPACE_UNKNOWN, "Atlantis"), "Space 'Atlantis' does not exist here: ignored."),
        (
            Decision(Code.SPACE_UNKNOWN, "Atlantis", "Space Admin"),
            "Space 'Atlantis' does not exist here: ignored together with role 'Space Admin'.",
        ),
        (Decision(Code.SPACE_UNKNOWN), "An empty space name: ignored."),
        (Decision(Code.ROLE_MISSING, "Trial"), "No role was sent for space 'Trial': 'Space Member'."),
        (
            Decision(Code.SPACE_REPEATED, "QA", "Tester"),
            "Space 'QA' is named again: its first valid role 'Tester' stays.",
        ),
    ],
)
def test_values_are_quoted_in_the_sentence(decision: Decision, expected: str) -> None:
    assert sentence(decision) == expected


def test_a_name_with_braces_is_shown_as_it_is() -> None:
    assert sentence(Decision(Code.ADDED, "{role}", "R")) == "Added to space '{role}' as 'R'."
