"""`account_settings ACCOUNT [--session-idle-minutes N] ...`: show or change settings of an account."""

from typing import Any

from django.db import transaction

from accounts import account_settings
from accounts.audit.audit import OPERATOR
from console.management.base import VerbCommand, account_named

LIFETIMES = ("session_idle_minutes", "session_absolute_minutes")


class Command(VerbCommand):
    help = "Show or change session lifetimes and the retention of deprovisioned users and login records."
    positionals = ("account",)
    options = {
        "--session-idle-minutes": {"type": int, "help": "minutes without a request until a session ends"},
        "--session-absolute-minutes": {"type": int, "help": "minutes until a session ends in any case"},
        "--retention-days": {"type": int, "help": "days for which a deprovisioned user can be restored"},
        "--login-retention-days": {"type": int, "help": "days for which login records are retained"},
    }

    @transaction.atomic
    def run(self, *, account: str, **options: Any) -> dict[str, Any]:
        found = account_named(account)
        lifetimes = [options[name] for name in LIFETIMES]
        if lifetimes != [None, None]:
            idle, absolute = (
                getattr(found, name) if minutes is None else minutes
                for name, minutes in zip(LIFETIMES, lifetimes, strict=True)
            )
            account_settings.set_session_lifetimes(found, idle, absolute, OPERATOR)
        if options["retention_days"] is not None:
            account_settings.set_retention(found, options["retention_days"], OPERATOR)
        if options["login_retention_days"] is not None:
            account_settings.set_login_retention(found, options["login_retention_days"], OPERATOR)
        names = (*LIFETIMES, "retention_days", "login_retention_days")
        return {"account": found.name, **{name: getattr(found, name) for name in names}}
