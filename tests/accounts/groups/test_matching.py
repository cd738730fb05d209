"""Group ids of a login against mapped groups: the table of `protocol.md` section 9, and what holds for any input."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.groups.matching import Action, Code, ConnectionGroups, Remark, decide, match, near_forms, near_misses
from common.folding import fold, identifier_key

OKTA = ConnectionGroups(
    delivers_groups=True, seen_before=True, keep_when_missing=False, can_ask_graph=False, group_limit=100
)
ENTRA = replace(OKTA, can_ask_graph=True, group_limit=None)
GUID = "0C6A7E0E-5D0C-4A43-9A53-0C6F0E6A1F11"
HUNDRED = tuple(f"group-{number}" for number in range(100))

keys = st.text(min_size=1, max_size=8).map(identifier_key).filter(bool)


@pytest.mark.parametrize(
    ("group_ids", "overage", "connection", "action"),
    [
        (("a", "b"), False, OKTA, Action.MATCH),
        ((), False, OKTA, Action.MATCH),
        (None, False, replace(OKTA, seen_before=False), Action.NOTHING),
        (None, False, OKTA, Action.MATCH),
        (None, False, replace(OKTA, keep_when_missing=True), Action.NOTHING),
        (None, True, ENTRA, Action.ASK_GRAPH),
        (None, True, replace(ENTRA, can_ask_graph=False), Action.NOTHING),
        (HUNDRED, False, OKTA, Action.ADD_ONLY),
        (HUNDRED, False, ENTRA, Action.MATCH),
        (HUNDRED[:99], False, OKTA, Action.MATCH),
        (("a",), False, replace(OKTA, delivers_groups=False), Action.NOTHING),
    ],
)
def test_each_row_of_the_table(group_ids, overage, connection, action) -> None:
    assert decide(group_ids, overage, connection).action is action


def test_a_missing_list_after_one_was_seen_means_in_no_group() -> None:
    assert decide(None, False, OKTA).ids == ()


@pytest.mark.parametrize(
    ("group_ids", "overage", "connection", "remark"),
    [
        (None, False, OKTA, Remark(Code.MISSING_EMPTY)),
        (None, False, replace(OKTA, keep_when_missing=True), Remark(Code.MISSING_KEPT)),
        (None, False, replace(OKTA, seen_before=False), Remark(Code.NEVER_ARRIVED)),
        (None, True, ENTRA, Remark(Code.OVERAGE_READ)),
        (None, True, OKTA, Remark(Code.OVERAGE_WITHOUT_SECRET)),
        (None, True, replace(OKTA, takes_client_secret=False), Remark(Code.OVERAGE_UNREADABLE)),
        (HUNDRED, False, OKTA, Remark(Code.AT_LIMIT, count=100)),
        (("a",), False, OKTA, None),
    ],
)
def test_anything_but_a_whole_list_has_a_remark(group_ids, overage, connection, remark) -> None:
    assert decide(group_ids, overage, connection).remark == remark


def test_guids_compare_without_regard_to_letter_case() -> None:
    assert match([GUID.lower()], {identifier_key(GUID): "Ops"}, []).joins == ("Ops",)


def test_names_compare_exactly() -> None:
    assert match(["ops"], {identifier_key("Ops"): "Ops"}, []).joins == ()


def test_blanks_around_an_identifier_do_not_count() -> None:
    assert match([" Ops "], {"Ops": "Ops"}, []).joins == ("Ops",)


@given(st.lists(keys), st.dictionaries(keys, st.integers()), st.lists(st.integers()))
def test_after_joins_and_leaves_the_person_is_where_the_list_says(ids, mapped, present) -> None:
    change = match(ids, mapped, present)
    after = (set(present) | set(change.joins)) - set(change.leaves)
    assert after == {mapped[key] for key in ids if key in mapped}


@given(st.lists(keys), st.dictionaries(keys, st.integers()), st.lists(st.integers()))
def test_matching_twice_changes_nothing_more(ids, mapped, present) -> None:
    change = match(ids, mapped, present)
    after = (set(present) | set(change.joins)) - set(change.leaves)
    again = match(ids, mapped, list(after))
    assert (again.joins, again.leaves) == ((), ())


@given(st.lists(st.text()))
def test_only_mapped_groups_are_joined(ids) -> None:
    assert match(ids, {}, []).joins == ()


@pytest.mark.parametrize("seen_before", [True, False])
def test_what_is_no_list_changes_nothing_and_says_so(seen_before: bool) -> None:
    found = decide(None, False, replace(OKTA, seen_before=seen_before), "What came.")
    assert (found.action, found.remark) == (Action.NOTHING, Remark(Code.UNREAD, text="What came."))


def test_a_cut_list_is_read_from_graph_whatever_else_came() -> None:
    assert decide(None, True, ENTRA, "What came.").action is Action.ASK_GRAPH


@pytest.mark.parametrize(
    ("came", "mapped"),
    [
        ("/Platform Team", "Platform Team"),
        ("/acme/Platform Team", "Platform Team"),
        ("CONTOSO\\Platform Team", "Platform Team"),
        ("platform team", "Platform Team"),
        ("Platform  Team", "Platform Team"),
        ("Platform Team@contoso.example", "Platform Team"),
        ("CN=Platform Team,OU=Groups,DC=acme", "Platform Team"),
        ("cn=Sales\\, EMEA,ou=Groups,dc=acme", "Sales, EMEA"),
        (f"{{{GUID}}}", GUID.lower()),
        (f"urn:uuid:{GUID}", GUID.lower()),
        ("Platform Team", "/Platform Team"),
    ],
)
def test_a_near_miss_is_named_with_both_spellings(came: str, mapped: str) -> None:
    (remark,) = near_misses(["Chess", came], {"Platform": mapped, "Other": "Other Team"})
    assert remark == Remark(Code.NEAR_MISS, group="Platform", identifier=came, mapped=mapped)
    assert fold(mapped) in near_forms(came)


@pytest.mark.parametrize("came", ["Platform", "Team", "Platform Teams", "", "/", "@", "CN=", "\\"])
def test_what_is_only_a_part_is_no_near_miss(came: str) -> None:
    assert near_misses([came], {"Platform": "Platform Team"}) == []


def test_near_misses_are_a_few() -> None:
    names = [f"Team {number}" for number in range(9)]
    remarks = near_misses([f"/{name}" for name in names], {name: name for name in names})
    assert (len(remarks), remarks[-1]) == (6, Remark(Code.MORE_NEAR_MISSES, count=4))


@given(st.text())
def test_any_text_has_spellings(text: str) -> None:
    assert all(form.strip() for form in near_forms(text))
