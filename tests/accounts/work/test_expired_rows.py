"""Login records are kept as long as the account chose, their messages for two weeks (`docs/decisions/0015`)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import login_records
from accounts.deprovisioning import retention
from accounts.models import Account, LoginRecord
from accounts.work import expired_rows
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def login(account: Account, days_ago: int, **values: Any) -> LoginRecord:
    own = {"message": "<Response/>", "attributes": {"email": ["x"]}, "steps": [{"part": "Request"}]}
    reference = login_records.new_reference()
    record = LoginRecord.objects.create(account=account, reference=reference, outcome="refused", **{**own, **values})
    LoginRecord.objects.filter(pk=record.pk).update(at=timezone.now() - timedelta(days=days_ago))
    return record


def left() -> set[Any]:
    return set(LoginRecord.objects.values_list("pk", flat=True))


def test_each_account_keeps_its_logins_for_as_long_as_it_chose(cast: Cast) -> None:
    Account.objects.filter(pk=cast.globex.pk).update(login_retention_days=7)
    kept = {login(cast.acme, 89).pk, login(cast.globex, 6).pk}
    login(cast.acme, 91)
    login(cast.globex, 8)
    assert expired_rows.clean()["logins_removed"] == 2
    assert left() == kept


def test_they_go_oldest_first_and_so_many_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expired_rows, "AT_ONCE", 2)
    newest = login(cast.acme, 91).pk
    for days in (92, 93, 94):
        login(cast.acme, days)
    assert [expired_rows.remove_logins(timezone.now()) for _ in range(3)] == [2, 2, 0]
    assert newest not in left()


def test_what_arrived_goes_after_two_weeks_and_how_it_went_stays(cast: Cast) -> None:
    older, newer = login(cast.acme, 15), login(cast.acme, 13)
    assert expired_rows.clean()["login_messages_removed"] == 1
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.message, older.attributes, older.steps) == ("", {}, [{"part": "Request"}])
    assert newer.message
    assert newer.attributes


def test_the_logins_of_somebody_who_was_erased_go_with_them(cast: Cast) -> None:
    login(cast.acme, 1, user=cast.bob, email=cast.bob.email)
    other = login(cast.acme, 1, user=cast.alice)
    long_ago = timezone.now() - timedelta(days=2)
    type(cast.bob).objects.filter(pk=cast.bob.pk).update(
        state="deprovisioned", deprovisioned_at=long_ago, erased_at=long_ago
    )
    assert retention.remove_erased() == 1
    assert left() == {other.pk}


def test_what_is_to_go_is_found_by_index(cast: Cast, rather_by_index: None) -> None:
    now = timezone.now()
    old = LoginRecord.objects.in_account(cast.acme).filter(at__lt=now).order_by("at")
    assert "login_latest_first" in old.values_list("pk", flat=True)[:10].explain()
    with_message = LoginRecord.objects.exclude(message="").filter(at__lt=now).order_by("at")
    assert "login_with_a_message" in with_message.values_list("pk", flat=True)[:10].explain()
