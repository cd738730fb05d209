"""Group ids of a login against mapped groups: the table of `protocol.md` section 9, and what holds for any input."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.group_matching import Action, ConnectionGroups, decide, identifier_key, match

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
    ("group_ids", "overage", "connection"),
    [(None, False, OKTA), (None, True, ENTRA), (None, True, OKTA), (HUNDRED, False, OKTA)],
)
def test_whatever_is_not_a_plain_list_is_told_in_a_sentence(group_ids, overage, connection) -> None:
    assert decide(group_ids, overage, connection).sentence.endswith(".")


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
