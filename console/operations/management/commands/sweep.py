"""`sweep`: do work that a lost message left undone; beat does the same every minute. Exit 1 if a part failed."""

from typing import Any

from accounts import attempts
from accounts.work import sweep, task_runs
from console.management.base import VerbCommand
from scim import request_log


class Command(VerbCommand):
    help = "Do all pending work, and delete expired data."
    options = {"--retry-parked": {"action": "store_true", "help": "first give parked work five more attempts"}}

    def run(self, *args: Any, retry_parked: bool = False, **options: Any) -> dict[str, Any]:
        retried = {"work_retried": attempts.retry_parked()} if retry_parked else {}
        with task_runs.noting("sweep") as failed:
            swept = sweep.sweep(more={"provisioning_log": lambda: {"provisioning_lines_removed": request_log.clean()}})
            failed.extend(swept.failed)
        parked = [f"{work.kind} {work.key}: {work.problem}" for work in attempts.parked()]
        return {**retried, **swept.counts, "parked": parked, "failed": swept.failed}

    def complaint(self, result: dict[str, Any]) -> str:
        parts = ", ".join(result["failed"])
        return f"These parts failed; see the log: {parts}. The others are done." if parts else ""
