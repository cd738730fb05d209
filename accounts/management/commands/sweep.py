"""`sweep`: does what a lost message left undone; beat does the same every minute."""

from typing import Any

from accounts import tasks
from accounts.management.base import VerbCommand
from scim import request_log


class Command(VerbCommand):
    help = "Sync groups that are still due and remove expired sign-ins."

    def run(self, **options: Any) -> dict[str, Any]:
        return {**tasks.sweep(), "provisioning_lines_removed": request_log.clean()}
