"""What is noted of one account does not grow without end, and belongs to it alone."""

from uuid import uuid4

import pytest

from accounts.models import Account
from scim.listing import landmarks


@pytest.fixture
def few_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landmarks, "_MOST_ACCOUNTS", 2)
    monkeypatch.setattr(landmarks, "STEP", 1)
    landmarks._noted.clear()


def _account() -> Account:
    return Account(pk=uuid4(), last_user_number=9, user_count=8)


def test_without_erasures_the_place_is_the_number() -> None:
    account = Account(last_user_number=9, user_count=9)
    assert landmarks.before(account, 7) == (7, 0)


def test_the_first_places_need_no_landmark() -> None:
    assert landmarks.before(_account(), landmarks.STEP) == (0, landmarks.STEP - 1)


@pytest.mark.django_db
def test_nobody_left_is_no_error(few_accounts: None) -> None:
    assert landmarks.before(_account(), 5) == (0, 4)


@pytest.mark.django_db
def test_the_account_asked_for_least_lately_is_forgotten(few_accounts: None) -> None:
    first, second, third = _account(), _account(), _account()
    for account in (first, second, first, third):
        landmarks.before(account, 2)
    assert [key for key, _ in landmarks._noted] == [first.pk, third.pk]
