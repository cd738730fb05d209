"""`erase_expired_users`: removes people who were let go longer ago than their account keeps them. Idempotent."""

from typing import Any

from accounts.deprovisioning import retention
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Erase people whose retention time after deprovisioning is over."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        return {"people_erased": retention.erase_expired()}
