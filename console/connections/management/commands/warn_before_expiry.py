"""`warn_before_expiry`: raise alerts before expiry; beat does the same every day. Idempotent."""

from typing import Any

from accounts.connections.certificates import expiry
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Raise alerts for certificates, client secrets and API tokens that expire soon."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        return {**expiry.warn()}
