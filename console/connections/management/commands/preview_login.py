"""`preview_login ACCOUNT CONNECTION --claims FILE`: preview the effect of a login; nothing is saved."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from accounts.errors import ActionRefused
from accounts.sso.login.preview import preview_login
from console.management.base import VerbCommand, account_named, connection_named


class Command(VerbCommand):
    help = "Preview the effect of a login with these attributes. Nothing is saved."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("connection", help="name or id")
        parser.add_argument(
            "--claims",
            required=True,
            metavar="FILE",
            help="JSON object of attributes as the identity provider sends them",
        )

    def run(self, *, account: str, connection: str, claims: str, **options: Any) -> dict[str, Any]:
        found = connection_named(account_named(account), connection)
        return asdict(preview_login(found, _object_in(claims)))


def _object_in(path: str) -> dict[str, object]:
    try:
        content = json.loads(Path(path).read_text())
    except (OSError, ValueError, RecursionError) as problem:
        raise ActionRefused(
            "attributes-file-invalid", f"Expected a file with a JSON object of attributes; '{path}': {problem}."
        ) from None
    if not isinstance(content, dict):
        raise ActionRefused(
            "attributes-file-invalid", f"Expected a JSON object of attributes; '{path}' holds another JSON value."
        )
    return content
