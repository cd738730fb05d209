"""`list_provisioning ACCOUNT [--last N] [--failed] [--bodies]`: the latest provisioning requests, newest first."""

from typing import Any

from console.management.base import VerbCommand, account_named
from scim.models import ProvisioningRequest


class Command(VerbCommand):
    help = "List the latest provisioning requests; with --bodies also their bodies, with secrets masked."
    positionals = ("account",)
    options = {
        "--last": {"type": int, "default": 20, "metavar": "N"},
        "--failed": {"action": "store_true", "help": "only refused requests"},
        "--bodies": {"action": "store_true"},
    }

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        lines = ProvisioningRequest.objects.in_account(account_named(options["account"])).order_by("-at")
        if options["failed"]:
            lines = lines.filter(status__gte=400)
        return {"requests": [_entry(line, options["bodies"]) for line in lines[: max(options["last"], 0)]]}


def _entry(line: ProvisioningRequest, with_body: bool) -> dict[str, Any]:
    entry = {
        "at": line.at.isoformat(),
        "token": line.token_name,
        "request": f"{line.method} {line.path}",
        "sentence": line.sentence,
        "status": line.status,
        "duration_ms": line.duration_ms,
    }
    return {**entry, "body": line.body} if with_body else entry
