"""Refusals that are counted: one row an hour, however many there are, deleted after a month."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import unrecorded_refusals
from accounts.models import Connection, UnrecordedRefusals
from accounts.unrecorded_refusals import Tie
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return saml_connection(cast.acme)


def test_an_hour_is_one_row_with_the_latest_reason(okta: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC))
    unrecorded_refusals.count(okta, "first", "The first.")
    unrecorded_refusals.count(okta, "second", "The \0second.")
    row = UnrecordedRefusals.objects.get()
    assert (row.number, row.reason, row.explanation) == (2, "second", "The second.")
    assert row.hour == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_a_day_is_the_sum_of_its_hours(okta: Connection) -> None:
    now = timezone.now()
    for hours, number in ((1, 5), (3, 7), (40, 100)):
        at = now - timedelta(hours=hours)
        UnrecordedRefusals.objects.create(
            account=okta.account, connection=okta, hour=at, latest_at=at, number=number, reason=str(hours)
        )
    counted = unrecorded_refusals.counted_since(okta, now - timedelta(hours=24))
    assert counted.number == 12
    assert counted.latest
    assert counted.latest.reason == "1"
    assert unrecorded_refusals.number_since(now - timedelta(hours=24)) == 12


def test_an_hour_has_so_many_records_and_the_next_has_as_many(okta: Connection) -> None:
    most = unrecorded_refusals.RECORDED_AN_HOUR
    recorded = [unrecorded_refusals.becomes_a_record(okta, Tie.CONNECTION) for _ in range(most + 1)]
    assert recorded == [True] * most + [False]


def test_a_month_later_it_is_deleted(okta: Connection) -> None:
    unrecorded_refusals.count(okta, "old", "Old.")
    assert unrecorded_refusals.clean(timezone.now()) == 0
    assert unrecorded_refusals.clean(timezone.now() + timedelta(days=31)) == 1
