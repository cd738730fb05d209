"""`check_connections`: state of all connections. Exit 1 if one needs attention."""

from typing import Any

from accounts.connections import checks as connection_checks
from accounts.connections.checks import Check
from accounts.connections.provider import metadata
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Show for each connection the last metadata read, held changes, expiry dates, and what needs attention."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        entries = [_entry(check) for check in connection_checks.check_all()]
        return {"connections": entries, "need_a_person": sum(bool(entry["warnings"]) for entry in entries)}

    def complaint(self, result: dict[str, Any]) -> str:
        flagged = [entry for entry in result["connections"] if entry["warnings"]]
        names = ", ".join(f"'{entry['name']}' of {entry['account']}" for entry in flagged)
        return f"These connections need attention: {names}." if flagged else ""


def _entry(check: Check) -> dict[str, Any]:
    connection = check.connection
    return {
        "account": connection.account.name,
        "connection": str(connection.pk),
        "name": connection.name,
        "vendor": connection.vendor,
        "protocol": connection.protocol,
        "state": connection.state,
        "last_good_read": check.last_good_read.isoformat() if check.last_good_read else None,
        "problem": connection.metadata_problem or None,
        "held": metadata.is_held(connection),
        "certificate_days_left": check.certificate_days_left,
        "own_certificate_days_left": check.own_certificate_days_left,
        "client_secret_days_left": check.client_secret_days_left,
        "warnings": check.needs,
    }
