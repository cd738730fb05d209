"""The grants that `docs/audit-log.md` advises: enough to write, seal, check and export; not enough to undo anything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import UnsealedEntry
from accounts.services import audit, audit_chain, audit_export
from accounts.services.audit import OPERATOR
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ADVICE = Path(__file__).parents[2] / "docs" / "audit-log.md"
ROLE = "torque_app"


@pytest.fixture
def as_app(cast: Cast) -> Iterator[Cast]:
    """The rest of the test runs as a role with these grants, and all rights on all other tables."""
    [statements] = re.findall(r"```sql\n(.*?)```", ADVICE.read_text(), re.DOTALL)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(statements)
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cast
        transaction.set_rollback(True)


def test_the_product_can_write_seal_check_and_export(as_app: Cast) -> None:
    audit.record(OPERATOR, "user.tested", as_app.bob)
    assert audit_chain.seal() > 0
    assert not UnsealedEntry.objects.exists()
    assert audit_chain.verify() == []
    assert "user.tested" in "".join(audit_export.export(as_app.acme, "csv", acting=OPERATOR))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET actor = ''",
        "DELETE FROM accounts_auditseal",
        "TRUNCATE accounts_auditentry CASCADE",
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL",
        "DROP TRIGGER accounts_auditentry_append_only ON accounts_auditentry",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION accounts_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_nothing_can_be_undone(as_app: Cast, statement: str) -> None:
    refused = "permission denied|must be owner"
    with pytest.raises(DatabaseError, match=refused), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
