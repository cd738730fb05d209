"""`verify_audit_log [ACCOUNT] [--expect-head POSITION:DIGEST]`: whether the audit log is as it was sealed; 1 if not."""

import re
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.errors import ActionRefused
from accounts.management.base import VerbCommand, account_named
from accounts.models import Account
from accounts.services import audit_chain, chain_state, task_runs
from accounts.services.audit_chain import Checked

_HEAD = re.compile(r"([1-9][0-9]*):([0-9a-f]{64})")


class Command(VerbCommand):
    help = "Check the hash chain of the audit log, of one account or all, and name what was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account", nargs="?")
        parser.add_argument(
            "--expect-head",
            metavar="POSITION:DIGEST",
            help='a head kept outside of the database: from the log line "Audit log sealed" or an earlier check',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.found:
            sys.exit(1)

    def run(self, *, account: str | None, expect_head: str | None, **options: Any) -> dict[str, Any]:
        if expect_head and not account:
            raise ActionRefused("Expected the account that the head belongs to; received --expect-head without one.")
        head = _head(expect_head) if expect_head else None
        checked = [audit_chain.check(account_named(account), head)] if account else _check_all()
        findings = [asdict(finding) for each in checked for finding in each.findings]
        self.found = bool(findings)
        return {
            "accounts": len(checked),
            "entries": sum(each.entries for each in checked),
            "sealed": sum(each.sealed for each in checked),
            "unsealed": sum(each.unsealed for each in checked),
            "findings": findings if options["json"] else [f"{one['account']}: {one['sentence']}" for one in findings],
            "heads": {each.account: f"{each.position}:{each.head}" for each in checked if each.position},
        }


def _check_all() -> list[Checked]:
    """Noted, so that each account's page of the log says when that was and what came of it."""
    with task_runs.noting(chain_state.CHECK) as failed:
        checked = [audit_chain.check(each) for each in Account.objects.order_by("slug")]
        failed.extend(each.account for each in checked if each.findings)
    return checked


def _head(text: str) -> tuple[int, str]:
    match = _HEAD.fullmatch(text.strip().lower())
    if match is None:
        raise ActionRefused(f"Expected --expect-head as POSITION:DIGEST, as the log tells it; received '{text}'.")
    return int(match[1]), match[2]
