"""Pages by index: counters, limits, order, places after somebody was erased, and how many queries a page costs."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account
from accounts.provisioning import provisioning
from scim.errors import ScimError
from scim.listing import paging
from scim.listing.paging import MAX_COUNT, Page, Query, read_page
from tests.scim.population import populate
from tests.support.cast import Cast
from tests.support.changing import erase

Ask = Callable[..., Page]


@pytest.fixture
def ask(cast: Cast) -> Ask:
    """A page of Acme, whose counters are read anew as each request does."""

    def read(**parameters: Any) -> Page:
        return read_page(Account.objects.get(pk=cast.acme.pk), Query(**parameters))

    return read


def _announce(account: Account, names: list[str]) -> None:
    for name in names:
        provisioning.provision(account, provisioning.UserRecord(user_name=name), acting=OPERATOR)


def _names(page: Page) -> list[str]:
    return [(user.user_name or user.email).partition("@")[0] for user in page.users]


def test_people_come_in_the_order_of_their_creation(ask: Ask) -> None:
    page = ask()
    assert (_names(page), page.total, page.start_index) == (["alice", "bob", "petra"], 3, 1)


def test_a_page_begins_at_start_index(ask: Ask) -> None:
    page = ask(start_index="2", count="1")
    assert (_names(page), page.total, page.start_index) == (["bob"], 3, 2)


@pytest.mark.parametrize("start_index", ["0", "-5", -1, None, "", " 1 ", "+1", "-9" + "9" * 3_000])
def test_a_start_index_below_one_is_one(ask: Ask, start_index: str | int | None) -> None:
    page = ask(start_index=start_index, count=1)
    assert (_names(page), page.start_index) == (["alice"], 1)


@pytest.mark.parametrize("start_index", ["4", 10**30, "9" * 4_000])
def test_beyond_the_end_there_is_nobody(ask: Ask, start_index: str | int) -> None:
    page = ask(start_index=start_index)
    assert (page.users, page.total) == ([], 3)
    assert ask(start_index=start_index, filter_text="active eq true").users == []


@pytest.mark.parametrize("count", ["0", "-1", -7])
@pytest.mark.parametrize("filter_text", ["", "active eq true"])
def test_no_count_gives_the_total_alone(ask: Ask, count: str | int, filter_text: str) -> None:
    page = ask(count=count, filter_text=filter_text)
    assert (page.users, page.total) == ([], 3)


@pytest.mark.parametrize(
    "wrong", ["one", "1.5", "1e3", "0x1", "1_000", "\N{FULLWIDTH DIGIT ONE}", True, 1.5, [], "9" * 4_001]
)
@pytest.mark.parametrize("name", ["start_index", "count"])
def test_what_is_no_whole_number_is_refused(ask: Ask, name: str, wrong: Any) -> None:
    with pytest.raises(ScimError) as refusal:
        ask(**{name: wrong})
    assert (refusal.value.status, refusal.value.scim_type) == (400, "invalidValue")


def test_a_page_has_a_largest_size(cast: Cast, ask: Ask) -> None:
    _announce(cast.acme, [f"p{number}" for number in range(MAX_COUNT)])
    page = ask(count=10_000)
    assert (len(page.users), page.total) == (MAX_COUNT, MAX_COUNT + 3)


def test_a_filter_has_its_own_total(cast: Cast, ask: Ask) -> None:
    populate(cast.acme)
    page = ask(filter_text='emails co "acme"', start_index=3, count=2)
    assert (_names(page), page.total) == (["petra", "Ann"], 8)
    assert ask(filter_text='emails co "acme"', start_index=50).total == 8


IN = ["active eq true", "ACTIVE Eq True", "active ne false", "not (active eq false)"]


@pytest.mark.parametrize("filter_text", IN)
def test_who_is_in_is_counted_without_who_is_out_or_erased(cast: Cast, ask: Ask, filter_text: str) -> None:
    populate(cast.acme)
    everybody = ask().total
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    erase(cast.petra.pk, cast.acme, acting=OPERATOR)
    page = ask(filter_text=filter_text, count=2)
    assert (page.total, ask(filter_text=filter_text).total) == (len(ask(filter_text=filter_text).users), page.total)
    assert page.total == everybody - 1 - ask(filter_text="active eq false").total


def test_nobody_of_another_account_is_seen_or_counted(cast: Cast, ask: Ask) -> None:
    page = ask(filter_text='userName eq "charlie@globex.example" or active eq true or not (active eq true)')
    assert (_names(page), page.total) == (["alice", "bob", "petra"], 3)


def test_nobody_erased_is_seen_or_counted(cast: Cast, ask: Ask) -> None:
    erase(cast.petra.pk, cast.acme, acting=OPERATOR)
    assert (_names(ask()), ask().total) == (["alice", "bob"], 2)
    assert ask(filter_text="not (active eq true)").total == 0


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A landmark at every second place, so that few people have many."""
    monkeypatch.setattr(paging, "STEP", 2)


def test_after_an_erasure_every_place_is_right(cast: Cast, ask: Ask, short_steps: None) -> None:
    _announce(cast.acme, list("cdefgh"))
    erase(cast.petra.pk, cast.acme, acting=OPERATOR)
    everybody = ["alice", "bob", *"cdefgh"]
    assert [_names(ask(start_index=place, count=3)) for place in range(1, 10)] == [
        everybody[place - 1 : place + 2] for place in range(1, 10)
    ]


def test_who_comes_after_an_erasure_has_a_place_too(cast: Cast, ask: Ask, short_steps: None) -> None:
    erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert _names(ask(start_index=2)) == ["petra"]
    _announce(cast.acme, list("cdefgh"))
    assert [_names(ask(start_index=place, count=1)) for place in range(2, 9)] == [["petra"], *map(list, "cdefgh")]


def test_a_second_erasure_moves_the_places_again(cast: Cast, ask: Ask, short_steps: None) -> None:
    _announce(cast.acme, list("cdef"))
    for gone, expected in ((cast.bob, "f"), (cast.petra, "")):
        erase(gone.pk, cast.acme, acting=OPERATOR)
        assert _names(ask(start_index=6, count=1)) == list(expected)
    assert _names(ask(start_index=5)) == ["f"]


def test_a_page_of_everybody_is_one_query(ask: Ask, cast: Cast, django_assert_num_queries: Any) -> None:
    account = Account.objects.get(pk=cast.acme.pk)
    with django_assert_num_queries(1):
        page = read_page(account, Query(start_index=2, count=2))
        assert _names(page) == ["bob", "petra"]


def test_after_an_erasure_only_the_first_deep_page_is_two_queries(
    cast: Cast, short_steps: None, django_assert_num_queries: Any
) -> None:
    _announce(cast.acme, list("cdef"))
    erase(cast.petra.pk, cast.acme, acting=OPERATOR)
    account = Account.objects.get(pk=cast.acme.pk)
    for place, queries in ((2, 1), (5, 2), (6, 1)):
        with django_assert_num_queries(queries):
            assert read_page(account, Query(start_index=place, count=1)).total == 6


@pytest.mark.parametrize(
    "asked", ['userName eq "bob@acme.example"', 'externalId eq "00u"', 'id eq "{bob}"', 'userName eq "x"']
)
def test_looking_somebody_up_is_one_query(cast: Cast, asked: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        read_page(cast.acme, Query(filter_text=asked.replace("{bob}", str(cast.bob.pk))))


def test_a_full_page_of_a_filter_is_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    cast.acme.refresh_from_db()
    with django_assert_num_queries(2):
        assert read_page(cast.acme, Query(filter_text="active eq true", count=2)).total == 3
