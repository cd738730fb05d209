"""The six rules: every published case, and what holds for any input (`protocol.md` 10.2)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces.role_mapping import MEMBER_ROLE, Code, Decision, Placement, assign, entries

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
    assign(space_name, space_role, SPACES, ROLES)


@given(name_lists, role_lists)
def test_every_deviation_from_what_was_asked_is_a_decision(space_name: str, space_role: str) -> None:
    found = assign(space_name, space_role, SPACES, ROLES)
    unknown = {decision.space for decision in found.decisions if decision.code is Code.SPACE_UNKNOWN}
    assert {asked for asked in entries(space_name) if asked not in (*SPACES, "trial")} == unknown
    assert all(p.role != MEMBER_ROLE or found.decisions or "Space Member" in space_role for p in found.placements)


@pytest.mark.parametrize(
    ("space_name", "space_role", "decision"),
    [
        ("Trial,DevOps", "Space Admin", Decision(Code.ROLE_REUSED, role="Space Admin", count=2)),
        ("Trial", "Wizard", Decision(Code.ROLE_UNKNOWN, "Trial", "Wizard")),
        ("Trial,QA", "Space Admin,Space Admin,Wizard", Decision(Code.ROLES_IGNORED, roles=("Wizard",))),
        ("Atlantis", "Space Admin", Decision(Code.SPACE_UNKNOWN, "Atlantis", "Space Admin")),
        ("Trial,QA", ",Space Admin", Decision(Code.ROLE_MISSING, "Trial")),
        ("QA,QA", "Space Admin,Wizard", Decision(Code.SPACE_REPEATED, "QA", "Space Admin")),
    ],
)
def test_each_rule_has_its_decision(space_name: str, space_role: str, decision: Decision) -> None:
    assert decision in assign(space_name, space_role, SPACES, ROLES).decisions


def test_an_account_role_is_no_space_role() -> None:
    assert assign("Trial", "Account Admin", SPACES, ROLES).placements == (Placement("Trial", MEMBER_ROLE),)
