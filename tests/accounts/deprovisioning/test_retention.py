"""Deprovisioned users are kept as long as the account says, then erased; their rows go; the audit log stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import cleanup, end_access, retention
from accounts.models import Account, AuditEntry, FormerAccess, User
from tests.support.cast import Cast
from tests.support.changing import erase
from tests.support.commands import run

pytestmark = pytest.mark.django_db


def left(user: User, days: float) -> None:
    end_access.deprovision(user.pk, user.account, acting=OPERATOR)
    cleanup.finish(user.pk)
    User.objects.filter(pk=user.pk).update(deprovisioned_at=timezone.now() - timedelta(days=days))


def test_whose_time_is_over_is_erased_and_their_row_goes_with_what_was_noted(cast: Cast) -> None:
    left(cast.bob, 30.1)
    assert retention.erase_expired() == 1
    assert not User.objects.filter(email="bob@acme.example").exists()
    assert retention.remove_erased() == 1
    assert not User.objects.filter(pk=cast.bob.pk).exists()
    assert not FormerAccess.objects.exists()


def test_the_audit_log_still_names_who_was_erased(cast: Cast) -> None:
    left(cast.bob, 31)
    retention.erase_expired()
    retention.remove_erased()
    entry = AuditEntry.objects.get(action="user.erased")
    assert (entry.object_label, entry.actor) == ("bob@acme.example", "end of the retention time")


def test_whose_time_is_not_over_stays(cast: Cast) -> None:
    left(cast.bob, 29.9)
    assert retention.erase_expired() == 0


def test_each_account_has_its_own_time(cast: Cast) -> None:
    Account.objects.filter(pk=cast.globex.pk).update(retention_days=5)
    left(cast.bob, 10)
    left(cast.charlie, 10)
    assert retention.erase_expired() == 1
    assert User.objects.get(pk=cast.bob.pk).erased_at is None


def test_who_was_restored_stays(cast: Cast) -> None:
    left(cast.bob, 40)
    before = timezone.now() - timedelta(days=30)
    end_access.restore(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert not retention._erase(cast.bob.pk, cast.acme, before)
    assert retention.erase_expired() == 0


def test_a_run_erases_no_more_than_it_may_and_the_next_goes_on(cast: Cast) -> None:
    for user in (cast.bob, cast.petra, cast.charlie):
        left(user, 40)
    assert [retention.erase_expired(limit=2) for _ in range(3)] == [2, 1, 0]


def test_the_row_of_who_was_present_stays_for_the_guards_count(cast: Cast) -> None:
    erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert retention.remove_erased() == 0
    User.objects.update(deprovisioned_at=timezone.now() - timedelta(minutes=61))
    assert retention.remove_erased() == 1


def test_the_command_says_how_many(cast: Cast) -> None:
    left(cast.bob, 31)
    assert run("erase_expired_users") == {"people_erased": 1}
    assert run("erase_expired_users") == {"people_erased": 0}
