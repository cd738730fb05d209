"""Hand-written SQL stands in `common/db`, and in the modules named here (`docs/decisions/0032`)."""

import re

from tools.setup import ROOT

PRODUCT = ("accounts", "common", "console", "scim", "spaces", "torque_sso")
SQL = re.compile(r"\.cursor\(\)|RawSQL\(|\.raw\(|\.extra\(")

# Statements that neither the ORM nor `common.db.statements` can write.
ELSEWHERE = {
    "accounts/attempts.py": "counts a try in one statement, in a transaction of its own",
    "accounts/audit/chain.py": "takes an advisory lock of PostgreSQL",
    "accounts/audit/database_role.py": "grants of a database role",
    "accounts/groups/groups.py": "searches lists in a JSON column",
    "accounts/tokens/revocation.py": "a condition on a JSON column of the audit log",
    "accounts/tokens/tokens.py": "a token with its owner and account, prepared: each request of a program reads it",
    "torque_sso/health.py": "asks SQLite whether it can write",
}


def test_hand_written_sql_stands_in_common_db() -> None:
    found = set()
    for name in PRODUCT:
        for file in (ROOT / name).rglob("*.py"):
            path = str(file.relative_to(ROOT))
            if "/migrations/" not in path and not path.startswith("common/db/") and SQL.search(file.read_text()):
                found.add(path)
    assert found == set(ELSEWHERE)
