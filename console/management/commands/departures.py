"""`departures ACCOUNT`: deprovisioning that awaits approval, and the deprovisioning guard (R45)."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import holds
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = "Show, approve or reject deprovisioning awaiting approval, and switch the deprovisioning guard on or off."
    positionals = ("account",)
    options = {
        "--hold": {
            "choices": ("on", "off"),
            "help": "deprovisioning guard: hold unusually many deprovisionings for approval",
        }
    }

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        decision = parser.add_mutually_exclusive_group()
        decision.add_argument(
            "--let-go", action="store_true", help="approve: deprovision all held users, and close the alert"
        )
        decision.add_argument("--keep", action="store_true", help="reject: keep all held users, and close the alert")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        if options["hold"]:
            holds.set_hold(account, options["hold"] == "on", OPERATOR)
        deprovisioned = holds.release_all(account, OPERATOR) if options["let_go"] else 0
        kept = holds.drop_all(account, OPERATOR) if options["keep"] else 0
        held = holds.held(account)
        return {"held": held, "let_go": deprovisioned, "kept": kept, "hold": account.hold_mass_departures}
