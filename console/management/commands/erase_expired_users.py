"""`erase_expired_users`: erase users whose retention time after deprovisioning is over. Idempotent."""

from typing import Any

from accounts.deprovisioning import retention
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Erase users whose retention time after deprovisioning is over."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        return {"people_erased": retention.erase_expired()}
