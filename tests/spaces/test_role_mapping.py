"""The six rules: every published case, and what holds for any input (`protocol.md` 10.2)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces.role_mapping import MEMBER_ROLE, Placement, assign, entries

CASES = json.loads((Path(__file__).parent / "mapping_cases.json").read_text())
SPACES = ("Trial", "DevOps", "QA")
ROLES = ("Space Member", "Space Developer", "Space Admin")

names = st.sampled_from([*SPACES, "trial", "Atlantis", "", " QA "])
role_names = st.sampled_from([*ROLES, "space admin", "Wizard", "Account Admin", ""])
name_lists = st.lists(names, max_size=6).map(",".join)
role_lists = st.lists(role_names, max_size=6).map(",".join)
anything = st.none() | st.text() | st.lists(st.text() | st.none() | st.integers())


def test_all_fifty_two_published_cases_are_here() -> None:
    assert len(CASES) == 52


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_published_case_holds(case: dict) -> None:
    found = assign(case["space_name"], case["space_role"], case["known_spaces"], case["known_roles"])
    assert [{"space": p.space, "role": p.role} for p in found.placements] == case["expect"]


@given(name_lists, role_lists)
def test_every_space_comes_once_and_is_known_and_so_is_its_role(space_name: str, space_role: str) -> None:
    found = assign(space_name, space_role, SPACES, ROLES).placements
    assert len({p.space for p in found}) == len(found) <= len(entries(space_name))
    assert all(p.space in SPACES and p.role in ROLES for p in found)


@given(name_lists, role_lists, st.integers(0, 5))
def test_an_unknown_space_with_a_role_at_its_place_changes_nothing_else(
    space_name: str, space_role: str, place: int
) -> None:
    spaces, roles = entries(space_name), entries(space_role)
    if len(roles) < 2 or len(roles) < len(spaces) or place > len(spaces):
        return
    with_one_more = assign(
        ",".join([*spaces[:place], "Lemuria", *spaces[place:]]),
        ",".join([*roles[:place], "Space Admin", *roles[place:]]),
        SPACES,
        ROLES,
    )
    assert with_one_more.placements == assign(space_name, space_role, SPACES, ROLES).placements


@given(name_lists, role_lists, role_lists)
def test_roles_beyond_the_spaces_change_nothing(space_name: str, space_role: str, extra: str) -> None:
    spaces, roles = entries(space_name), entries(space_role)
    if len(roles) < 2 or len(roles) < len(spaces):
        return
    more = assign(space_name, ",".join([*roles, *entries(extra)]), SPACES, ROLES)
    assert more.placements == assign(space_name, space_role, SPACES, ROLES).placements


@given(anything, anything)
def test_no_input_raises(space_name: object, space_role: object) -> None:
    found = assign(space_name, space_role, SPACES, ROLES)
    assert all(isinstance(sentence, str) for sentence in found.decisions)


@given(name_lists, role_lists)
def test_whatever_departs_from_what_was_asked_is_told_in_a_sentence(space_name: str, space_role: str) -> None:
    found = assign(space_name, space_role, SPACES, ROLES)
    told = " ".join(found.decisions)
    for asked in entries(space_name):
        if asked and asked not in (*SPACES, "trial"):
            assert f"'{asked}' does not exist here" in told
    assert all(p.role != MEMBER_ROLE or told or "Space Member" in space_role for p in found.placements)


@pytest.mark.parametrize(
    ("space_name", "space_role", "sentence"),
    [
        ("Trial,DevOps", "Space Admin", "One role for 2 spaces: role 'Space Admin' is used in all of them."),
        ("Trial", "Wizard", "Role 'Wizard' is no space role here: 'Space Member' in space 'Trial' instead."),
        ("Trial,QA", "Space Admin,Space Admin,Wizard", "More roles than spaces: 'Wizard' ignored."),
        ("Atlantis", "Space Admin", "Space 'Atlantis' does not exist here: ignored together with role 'Space Admin'."),
        ("Trial,QA", ",Space Admin", "No role was sent for space 'Trial': 'Space Member'."),
        ("QA,QA", "Space Admin,Wizard", "Space 'QA' is named again: its first valid role 'Space Admin' stays."),
    ],
)
def test_each_decision_is_a_sentence(space_name: str, space_role: str, sentence: str) -> None:
    assert sentence in assign(space_name, space_role, SPACES, ROLES).decisions


def test_an_account_role_is_no_space_role() -> None:
    assert assign("Trial", "Account Admin", SPACES, ROLES).placements == (Placement("Trial", MEMBER_ROLE),)
