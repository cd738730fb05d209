"""`rotate_secrets [--check]`: encrypt all secrets with the newest key. Exit 1 if some are left."""

from typing import Any

from accounts.work import secret_rotation
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Encrypt all stored secrets with the newest of ENCRYPTION_KEYS, so that older keys can be removed."
    options = {"--check": {"action": "store_true", "help": "only count secrets under older keys"}}

    def run(self, *args: Any, check: bool = False, **options: Any) -> dict[str, Any]:
        rotation = secret_rotation.look() if check else secret_rotation.rotate()
        return {**rotation.counts, "enter_again": rotation.missed}

    def complaint(self, result: dict[str, Any]) -> str:
        if result["left"]:
            return (
                f"Secrets not encrypted with the newest key: {result['left']}. Keep the older keys and run"
                " rotate_secrets again. If some are left after that, a process still runs without the newest key."
            )
        if result["enter_again"]:
            return (
                "Some secrets of connections cannot be decrypted. Restore their key and run again, or enter the"
                " secrets again."
            )
        return ""
