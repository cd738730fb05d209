"""Pages by cursor (RFC 9865)."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import signing

from accounts.audit.audit import OPERATOR
from scim.errors import ScimError
from scim.listing.cursors import SECONDS
from scim.listing.paging import Page, Query, read_page
from tests.scim.population import populate
from tests.support.cast import Cast
from tests.support.changing import erase


def _names(page: Page) -> list[str]:
    return [(user.user_name or user.email).partition("@")[0] for user in page.users]


def _walk(cast: Cast, **parameters: Any) -> list[Page]:
    pages = [read_page(cast.acme, Query(cursor="", **parameters))]
    while pages[-1].next_cursor:
        pages.append(read_page(cast.acme, Query(cursor=pages[-1].next_cursor, **parameters)))
    return pages


WALKS: list[dict[str, Any]] = [
    {},
    {"filter_text": 'emails co "acme"'},
    {"sort_by": "userName"},
    {"sort_order": "descending"},
]


@pytest.mark.parametrize("parameters", WALKS)
def test_cursors_lead_through_the_whole_list(cast: Cast, parameters: dict[str, Any]) -> None:
    populate(cast.acme)
    walked = [name for page in _walk(cast, count=2, **parameters) for name in _names(page)]
    assert walked == _names(read_page(cast.acme, Query(**parameters)))


@pytest.mark.parametrize("parameters", WALKS)
def test_cursors_lead_back(cast: Cast, parameters: dict[str, Any]) -> None:
    populate(cast.acme)
    *_, before, last = _walk(cast, count=2, **parameters)
    assert last.previous_cursor is not None
    back = read_page(cast.acme, Query(cursor=last.previous_cursor, count=2, **parameters))
    assert (_names(back), bool(back.next_cursor)) == (_names(before), True)


def test_the_first_page_has_none_before_and_the_last_none_after(cast: Cast) -> None:
    first, last = _walk(cast, count=2)
    assert (first.previous_cursor, last.next_cursor) == (None, None)


def test_by_index_there_are_no_cursors(cast: Cast) -> None:
    page = read_page(cast.acme, Query(count=1))
    assert (page.next_cursor, page.previous_cursor) == (None, None)


def test_nobody_is_passed_over_when_somebody_is_erased_meanwhile(cast: Cast) -> None:
    first = read_page(cast.acme, Query(cursor="", count=2))
    erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert _names(read_page(cast.acme, Query(cursor=first.next_cursor, count=2))) == ["petra"]


def test_the_total_is_counted_once(cast: Cast, django_assert_num_queries: Any) -> None:
    first = read_page(cast.acme, Query(cursor="", count=2, filter_text="active eq true"))
    with django_assert_num_queries(1):
        following = read_page(cast.acme, Query(cursor=first.next_cursor, count=2, filter_text="active eq true"))
    assert (first.total, following.total) == (3, 3)


def _refusal(cast: Cast, cursor: str, **parameters: Any) -> str:
    with pytest.raises(ScimError) as refusal:
        read_page(cast.acme, Query(cursor=cursor, **parameters))
    assert refusal.value.status == 400
    return refusal.value.scim_type


def _next(cast: Cast, **parameters: Any) -> str:
    cursor = read_page(cast.acme, Query(cursor="", count=1, **parameters)).next_cursor
    assert cursor is not None
    return cursor


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "\0", "\ud800", "é", ":" * 1_000])
def test_what_was_never_given_out_is_refused(cast: Cast, cursor: str) -> None:
    assert _refusal(cast, cursor) == "invalidCursor"


def test_a_cursor_that_was_changed_is_refused(cast: Cast) -> None:
    assert _refusal(cast, _next(cast)[:-1]) == "invalidCursor"


def test_what_another_part_of_torque_signed_is_refused(cast: Cast) -> None:
    assert _refusal(cast, signing.dumps(["after", 1, 3, ""], salt="other")) == "invalidCursor"


@pytest.mark.parametrize("other", [{"filter_text": "active eq true"}, {"sort_by": "userName"}])
def test_the_cursor_of_another_query_is_refused(cast: Cast, other: dict[str, Any]) -> None:
    assert _refusal(cast, _next(cast), **other) == "invalidCursor"


def test_the_cursor_of_another_account_is_refused(cast: Cast) -> None:
    with pytest.raises(ScimError, match="of another one"):
        read_page(cast.globex, Query(cursor=_next(cast)))


def test_an_old_cursor_has_expired(cast: Cast) -> None:
    cursor = _next(cast)
    later = signing.time.time() + timedelta(seconds=SECONDS + 2).total_seconds()
    with mock.patch("django.core.signing.time.time", return_value=later):
        assert _refusal(cast, cursor) == "expiredCursor"


@pytest.mark.parametrize("count", [0, -1, 201, "9999"])
def test_a_size_outside_the_limits_is_refused_beside_a_cursor(cast: Cast, count: int | str) -> None:
    assert _refusal(cast, "", count=count) == "invalidCount"
