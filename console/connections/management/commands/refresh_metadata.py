"""`refresh_metadata`: refresh metadata now; beat refreshes what is an hour old."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.connections.provider import metadata
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Refresh metadata, discovery documents and keys of all connections."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--due", action="store_true", help="only what was last read over an hour ago")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        return {**metadata.refresh_due(all_of_them=not options["due"])}
