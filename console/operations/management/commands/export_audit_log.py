"""`export_audit_log ACCOUNT --format csv|jsonl [--since ISO] [--until ISO] [--output FILE]`."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from accounts.audit import export as audit_export
from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = "Export an account's audit log as CSV or JSON lines, to standard output or a file. The export is audited."
    positionals = ("account",)
    options = {
        "--format": {"required": True, "choices": list(audit_export.FORMS)},
        "--since": {"metavar": "ISO", "help": "entries from this time on; UTC unless it has a zone"},
        "--until": {"metavar": "ISO", "help": "entries before this time; now by default"},
        "--output": {"metavar": "FILE", "help": "a new file, readable by its owner only"},
    }

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the export itself if there is no --output."""
        if options["output"]:
            super().handle(*args, **options)
            return
        try:
            for piece in _text(**options):
                self.stdout.write(piece, ending="")
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from None

    def run(self, *, output: str, **options: Any) -> dict[str, Any]:
        if Path(output).exists():
            raise ActionRefused(
                "export-file-present", f"The file '{output}' exists. Choose another name, or remove it."
            )
        text = _text(**options)
        try:
            with open(
                output, "x", newline="", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)
            ) as file:
                written = sum(map(file.write, text))
        except OSError as problem:
            raise ActionRefused("export-file-unwritable", f"Cannot write to '{output}': {problem.strerror}.") from None
        return {"output": output, "characters": written}


def _text(*, account: str, since: str | None, until: str | None, **options: Any) -> Iterator[str]:
    owner = account_named(account)
    return audit_export.export(owner, options["format"], since=_time(since), until=_time(until), acting=OPERATOR)


def _time(text: str | None) -> datetime | None:
    return audit_export.time_of(text) if text else None
