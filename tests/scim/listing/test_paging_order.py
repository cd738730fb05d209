"""Lists in an order that the client asks for."""

from collections.abc import Callable

import pytest

from scim.attributes import ATTRIBUTES
from scim.errors import ScimError
from scim.listing.paging import Query, read_page
from tests.scim.population import populate
from tests.support.cast import Cast

Sorted = Callable[..., list[str]]


@pytest.fixture
def names(cast: Cast) -> Sorted:
    populate(cast.acme)

    def read(sort_by: str, sort_order: str = "") -> list[str]:
        page = read_page(cast.acme, Query(sort_by=sort_by, sort_order=sort_order))
        return [(user.user_name or user.email).partition("@")[0].strip() for user in page.users]

    return read


def test_letter_case_does_not_count(names: Sorted) -> None:
    assert names("userName")[1:] == ["alice", "Ann", "bo", "bob", "dora", "Fay", "nobody", "petra"]


def test_descending_is_the_opposite(names: Sorted) -> None:
    assert names("USERNAME", "Descending") == names("userName", "ascending")[::-1]


def test_who_has_no_value_comes_last(names: Sorted) -> None:
    assert names("displayName")[:2] == ["Ann", "nobody"]


def test_who_has_no_value_comes_first_when_descending(names: Sorted) -> None:
    assert names("displayName", "descending")[-2:] == ["nobody", "Ann"]


def test_equals_stay_in_the_order_of_their_creation(names: Sorted) -> None:
    assert names("active") == ["bo", "alice", "bob", "petra", "Ann", '100%_Real\\"Zoë', "dora", "nobody", "Fay"]


def test_a_list_is_sorted_by_its_primary_entry(names: Sorted) -> None:
    assert names("emails.value") == ["alice", "Ann", "bo", "bob", "dora", "Fay", "petra", '100%_Real\\"Zoë', "nobody"]


@pytest.mark.parametrize("row", [row.path for row in ATTRIBUTES if row.sortable])
def test_every_attribute_that_says_so_can_be_sorted_by(names: Sorted, row: str) -> None:
    assert sorted(names(row)) == sorted(names(row, "descending"))


def test_the_whole_list_can_be_turned_around(names: Sorted) -> None:
    assert names("", "descending")[:2] == ["Fay", "nobody"]


@pytest.mark.parametrize(
    ("sort_by", "sort_order"),
    [("shoeSize", ""), ("name", ""), ("phoneNumbers", ""), ("userName", "upwards"), ("\0", "")],
)
def test_what_cannot_be_sorted_is_refused(cast: Cast, sort_by: str, sort_order: str) -> None:
    with pytest.raises(ScimError) as refusal:
        read_page(cast.acme, Query(sort_by=sort_by, sort_order=sort_order))
    assert (refusal.value.status, refusal.value.scim_type) == (400, "invalidValue")
