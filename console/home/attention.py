"""What needs an admin's attention, and the page on which each alert can be resolved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Window
from django.urls import reverse

from accounts.connections.admin_requests import Request, connection_id_of, kind_of
from accounts.connections.to_do import ToDo, waiting
from accounts.deprovisioning.holds import held
from accounts.models import Account, Alert, Connection, User
from accounts.models.work import AlertKind

ALERTS_SHOWN = 5
_PAGES = {
    Request.ENABLE: "connection-enable",
    Request.PUBLISH: "connection",
    Request.DOMAIN: "connection-domains",
    Request.PEOPLE: "connection-people",
    Request.GENERAL: "connection-general",
    Request.GROUPS: "connection-people",
    Request.DELETE: "connection",
}


@dataclass(frozen=True)
class Attention:
    """`waiting`: pending users; `held`: deprovisioning awaiting approval; `alerts`: the newest;
    `connections`: those with something to do, and what."""

    waiting: int
    held: int
    alerts: Sequence[Alert]
    more_alerts: int
    connections: list[tuple[Connection, tuple[ToDo, ...]]]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.held or self.alerts or self.connections)


def attention_for(account: Account, *, is_account_admin: bool, manages_sso: bool) -> Attention:
    """Return it in four queries. `is_account_admin`: with requests of others; `manages_sso`: with connections."""
    pending = User.objects.in_account(account).pending()
    alerts = Alert.objects.in_account(account).open()
    if not is_account_admin:
        alerts = alerts.exclude(kind=AlertKind.ADMIN_ASKED)
    shown: list[Any] = list(alerts.annotate(total=Window(Count("pk"))).order_by("-raised_at")[:ALERTS_SHOWN])
    more = shown[0].total - len(shown) if shown else 0
    return Attention(pending.count(), held(account), shown, more, waiting(account) if manages_sso else [])


def address_of_alert(alert: Alert) -> str:
    """Empty where it leads nowhere."""
    if alert.kind != AlertKind.ADMIN_ASKED:
        return ""
    return reverse(_PAGES[kind_of(alert)], args=[connection_id_of(alert)])
