"""`rotate_secrets [--check]`: writes every secret anew under the newest key. Exit 1 when some are left."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.work import secret_rotation
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Encrypt all stored secrets with the newest of ENCRYPTION_KEYS, so that older keys can be removed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", action="store_true", help="count what is under other keys; change nothing")

    def run(self, *args: Any, check: bool = False, **options: Any) -> dict[str, Any]:
        rotation = secret_rotation.look() if check else secret_rotation.rotate()
        return {**rotation.counts, "enter_again": rotation.missed}

    def complaint(self, result: dict[str, Any]) -> str:
        if result["left"]:
            return (
                f"Secrets that are not under the newest key: {result['left']}. Keep the older keys, and run"
                " rotate_secrets (again, if it has just run: then a process without the newest key still writes)."
            )
        if result["enter_again"]:
            return "No key opens some secrets of connections: put their key back and run again, or enter them again."
        return ""
