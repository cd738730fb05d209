"""`check_connections`: how every connection stands. Exit 1 when one needs a person."""

from typing import Any

from accounts.connections import checks as connection_checks
from accounts.connections.checks import Check
from accounts.connections.provider import metadata
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Tell for each connection what was last read, what is held, what ends soon, and what needs a person."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        told = [_told(check) for check in connection_checks.check_all()]
        return {"connections": told, "need_a_person": sum(bool(entry["warnings"]) for entry in told)}

    def complaint(self, result: dict[str, Any]) -> str:
        needy = [entry for entry in result["connections"] if entry["warnings"]]
        names = ", ".join(f"'{entry['name']}' of {entry['account']}" for entry in needy)
        return f"A person has to look at {names}." if needy else ""


def _told(check: Check) -> dict[str, Any]:
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
