"""`account_settings ACCOUNT [--session-idle-minutes N] ...`: show or change settings of an account."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts import account_settings
from accounts.audit.audit import OPERATOR
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = "Show or change session lifetimes and the retention of deprovisioned users and login records."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("--session-idle-minutes", type=int, help="minutes without a request until a session ends")
        parser.add_argument("--session-absolute-minutes", type=int, help="minutes until a session ends in any case")
        parser.add_argument("--retention-days", type=int, help="days for which a deprovisioned user can be restored")
        parser.add_argument("--login-retention-days", type=int, help="days for which login records are retained")

    @transaction.atomic
    def run(
        self,
        *,
        account: str,
        session_idle_minutes: int | None,
        session_absolute_minutes: int | None,
        retention_days: int | None,
        login_retention_days: int | None,
        **_: Any,
    ) -> dict[str, Any]:
        found = account_named(account)
        if session_idle_minutes is not None or session_absolute_minutes is not None:
            idle = found.session_idle_minutes if session_idle_minutes is None else session_idle_minutes
            absolute = found.session_absolute_minutes if session_absolute_minutes is None else session_absolute_minutes
            account_settings.set_session_lifetimes(found, idle, absolute, OPERATOR)
        if retention_days is not None:
            account_settings.set_retention(found, retention_days, OPERATOR)
        if login_retention_days is not None:
            account_settings.set_login_retention(found, login_retention_days, OPERATOR)
        names = ("session_idle_minutes", "session_absolute_minutes", "retention_days", "login_retention_days")
        return {"account": found.name, **{name: getattr(found, name) for name in names}}
