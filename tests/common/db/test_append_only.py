"""The audit log can be added to and read; the database refuses anything else, from any client (R57)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.audit import chain as audit_chain
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import retention
from accounts.models import AuditEntry, AuditSeal, UnsealedEntry, User
from tests.support.cast import Cast
from tests.support.changing import erase

pytestmark = pytest.mark.django_db

FORBIDDEN = {
    "change an entry": "UPDATE accounts_auditentry SET actor = 'nobody'",
    "delete an entry": "DELETE FROM accounts_auditentry",
    "change a seal": "UPDATE accounts_auditseal SET digest = ''",
    "delete a seal": "DELETE FROM accounts_auditseal",
}
DETOURS = {
    "sqlite": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    "postgresql": "INSERT INTO {table} (SELECT * FROM {table} LIMIT 1) ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_sql_cannot(cast: Cast, name: str) -> None:
    audit_chain.seal()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORBIDDEN[name])


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditseal"])
def test_sql_cannot_empty_a_table_at_once(cast: Cast, table: str) -> None:
    """SQLite has no TRUNCATE: there a DELETE without a condition takes that place."""
    audit_chain.seal()
    empty = {"postgresql": f"TRUNCATE {table} CASCADE", "sqlite": f"DELETE FROM {table}"}[connection.vendor]  # noqa: S608
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is still to be checked is refused for itself
        cursor.execute(empty)


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditseal"])
def test_sql_cannot_replace_by_inserting(cast: Cast, table: str) -> None:
    audit_chain.seal()
    replace = DETOURS[connection.vendor].format(table=table)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(replace)


def test_django_cannot_either(cast: Cast) -> None:
    entry = AuditEntry.objects.in_account(cast.acme).first()
    assert entry
    for change in (entry.delete, entry.save):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_what_waits_for_its_seal_is_what_has_none(cast: Cast) -> None:
    waiting = set(UnsealedEntry.objects.values_list("id", flat=True))
    assert waiting == set(AuditEntry.objects.values_list("id", flat=True))
    audit_chain.seal()
    assert not UnsealedEntry.objects.exists()
    assert AuditSeal.objects.count() == len(waiting)


def test_entries_outlive_the_person_they_name(cast: Cast) -> None:
    erase(cast.bob.id, cast.acme, acting=OPERATOR)
    User.objects.filter(pk=cast.bob.id).update(deprovisioned_at=timezone.now() - timedelta(hours=2))
    assert retention.remove_erased() == 1
    labels = AuditEntry.objects.in_account(cast.acme).values_list("object_label", flat=True)
    assert "bob@acme.example" in labels
