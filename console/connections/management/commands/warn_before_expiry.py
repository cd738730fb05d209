"""`warn_before_expiry`: alerts for what ends soon; beat does the same every day. Idempotent."""

from typing import Any

from accounts.connections.certificates import expiry
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Raise alerts for certificates, client secrets and API tokens that end soon."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        return {**expiry.warn()}
