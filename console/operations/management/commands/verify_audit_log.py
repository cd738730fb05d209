"""`verify_audit_log [ACCOUNT] [--against FILE] [--expect-head POSITION:DIGEST]`: check the integrity of the audit log.
Exit 1 on findings."""

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accounts.audit import chain as audit_chain
from accounts.audit.chain import Checked, Head
from accounts.errors import ActionRefused
from accounts.models import Account
from accounts.work import task_runs
from common import strict_json
from console.management.base import VerbCommand, account_named

_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")
KeptHeads = dict[str, Head]  # by the account's slug


class Command(VerbCommand):
    help = "Verify the hash chain of the audit log, of one account or of all, and list differences."
    options = {
        "account": {"nargs": "?"},
        "--against": {
            "metavar": "FILE",
            "help": "output of an earlier check with --json, stored outside the database: no chain may end before it",
        },
        "--expect-head": {
            "metavar": "POSITION:DIGEST",
            "help": 'one head stored outside the database: from the log line "Audit log sealed" or an earlier check',
        },
    }

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.found:
            sys.exit(1)

    def run(
        self, *, account: str | None, against: str | None, expect_head: str | None, **options: Any
    ) -> dict[str, Any]:
        if expect_head and not account:
            raise ActionRefused(
                "audit-head-without-account", "--expect-head needs the account that the head belongs to."
            )
        kept = _read_heads(against) if against else {}
        if account:
            expected = [_head(expect_head, "--expect-head")] if expect_head else []
            checked = [_check_one(account_named(account), kept, expected)]
        else:
            checked = _check_all(kept)
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


def _check_one(account: Account, kept: KeptHeads, expected: list[Head]) -> Checked:
    if kept and account.slug not in kept:
        raise ActionRefused(
            "audit-head-of-another-account",
            f"The file has no head of '{account.slug}'; it has heads of {', '.join(kept)}.",
        )
    return audit_chain.check(account, *expected, *_of(account, kept))


def _check_all(kept: KeptHeads) -> list[Checked]:
    """Check all accounts, and store time and result for the audit log page of each account."""
    with task_runs.noting(audit_chain.CHECK) as failed:
        accounts = list(Account.objects.order_by("slug"))
        checked = [audit_chain.check(each, *_of(each, kept)) for each in accounts]
        gone = sorted(set(kept) - {each.slug for each in accounts})
        removed = [
            *audit_chain.removed_accounts(),
            *(audit_chain.account_removed(slug, kept[slug][0]) for slug in gone),
        ]
        checked += [Checked(finding.account, entries=0, unsealed=0, findings=[finding]) for finding in removed]
        failed.extend(each.account for each in checked if each.findings)
    return checked


def _of(account: Account, kept: KeptHeads) -> list[Head]:
    return [kept[account.slug]] if account.slug in kept else []


def _read_heads(path: str) -> KeptHeads:
    """The `heads` of what `verify_audit_log --json` printed."""
    expected = f"Expected what verify_audit_log --json prints in '{path}'"
    try:
        heads = strict_json.loads(Path(path).read_bytes())["heads"]
        texts = {str(slug): str(text) for slug, text in heads.items()}
    except OSError as problem:
        raise ActionRefused("audit-heads-unreadable", f"{expected}; {problem.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ActionRefused("audit-heads-unreadable", f"{expected}; received something without heads.") from None
    if not texts:
        raise ActionRefused("audit-head-missing", f"{expected}; received no head.")
    return {slug: _head(text, f"the head of '{slug}'") for slug, text in texts.items()}


def _head(text: str, what: str) -> Head:
    match = _HEAD.fullmatch(text.strip().lower())
    if match is None:
        raise ActionRefused(
            "audit-head-invalid", f"Expected {what} as POSITION:DIGEST, as the log shows it; received '{text[:100]}'."
        )
    return int(match[1]), match[2]
