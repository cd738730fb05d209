"""What is noted of one account does not grow without end, and belongs to it alone."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Account
from scim.listing import paging


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "STEP", 1)


def _account() -> Account:
    return Account(pk=uuid4(), last_user_number=9, user_count=8)


def test_without_erasures_the_place_is_the_number() -> None:
    account = Account(last_user_number=9, user_count=9)
    assert paging.landmark(account, 7) == (7, 0)


def test_the_first_places_need_no_landmark() -> None:
    assert paging.landmark(_account(), paging.STEP) == (0, paging.STEP - 1)


@pytest.mark.django_db
def test_nobody_left_is_no_error(short_steps: None) -> None:
    assert paging.landmark(_account(), 5) == (0, 4)


@pytest.mark.django_db
def test_an_account_is_surveyed_once(short_steps: None, django_assert_num_queries: Any) -> None:
    accounts = _account(), _account()
    with django_assert_num_queries(2):
        for account in (*accounts, *accounts):
            paging.landmark(account, 2)
    assert paging._survey.cache_info().maxsize == 200
