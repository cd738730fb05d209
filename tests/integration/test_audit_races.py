"""Sealing while others seal and write: PostgreSQL decides, no position is made twice, nothing is left out."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from accounts.audit import audit
from accounts.audit import chain as audit_chain
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, AuditSeal, UnsealedEntry, User
from tests.support.cast import Cast
from tests.support.chains import verify

pytestmark = pytest.mark.django_db(transaction=True)
SEALERS = 4


def test_four_sealers_at_once_make_one_chain(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "AT_ONCE", 20)
    for _ in range(200):
        audit.record(OPERATOR, "user.tested", cast.bob)
    barrier = Barrier(SEALERS)

    def seal(_: int) -> int:
        barrier.wait(timeout=10)
        try:
            return audit_chain.seal()
        finally:
            connection.close()

    with ThreadPoolExecutor(SEALERS) as pool:
        sealed = sum(pool.map(seal, range(SEALERS)))
    assert sealed == AuditEntry.objects.count() == AuditSeal.objects.count()
    assert verify() == []


def test_an_entry_of_a_transaction_that_takes_long_is_sealed_when_it_is_there(cast: Cast) -> None:
    written, may_commit = Event(), Event()
    audit_chain.seal()

    def slow() -> None:
        with transaction.atomic():
            audit.record(OPERATOR, "user.slow", cast.bob)
            written.set()
            may_commit.wait(timeout=20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        written.wait(timeout=20)
        audit.record(OPERATOR, "user.quick", cast.bob)
        assert audit_chain.seal() == 1
        may_commit.set()
        late.result()
    assert audit_chain.seal() == 1
    order = AuditSeal.objects.in_account(cast.acme).order_by("position").values_list("entry__action", flat=True)
    assert list(order)[-2:] == ["user.quick", "user.slow"]
    assert verify() == []


def test_writers_do_not_wait_for_a_sealer(cast: Cast) -> None:
    with transaction.atomic():
        audit_chain.seal()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_write, cast.acme, cast.bob).result(timeout=20)
    assert UnsealedEntry.objects.in_account(cast.acme).count() == 1


def _write(account: Account, person: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        Account.objects.select_for_update().get(pk=account.pk)
        audit.record(OPERATOR, "user.tested", person)
    connection.close()
