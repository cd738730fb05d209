"""The start page: what needs attention, the user's access and its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.connections.admin_requests import Request, connection_id_of, dismiss_request, kind_of
from accounts.connections.to_do import ToDo, waiting
from accounts.deprovisioning.holds import held
from accounts.models import Alert, Connection, LoginRecord, User
from accounts.models.work import AlertKind
from accounts.permissions import Permission
from console.shared.guards import account_of, acting, has_all_permissions, needs, own_or_404, permissions_of, person_of
from console.shared.refusals import refusal_as_message
from spaces.rights import rights_of

LOGINS_SHOWN = 5
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


def _attention(request: HttpRequest) -> Attention:
    """Return it in four queries. Requests of others are for account admins."""
    account, manages_sso = account_of(request), Permission.MANAGE_SSO in permissions_of(request)
    pending = User.objects.in_account(account).pending()
    alerts = Alert.objects.in_account(account).open()
    if not has_all_permissions(request):
        alerts = alerts.exclude(kind=AlertKind.ADMIN_ASKED)
    shown: list[Any] = list(alerts.annotate(total=Window(Count("pk"))).order_by("-raised_at")[:ALERTS_SHOWN])
    more = shown[0].total - len(shown) if shown else 0
    return Attention(pending.count(), held(account), shown, more, waiting(account) if manages_sso else [])


def _address_of(alert: Alert) -> str:
    """Empty where it leads nowhere."""
    if alert.kind != AlertKind.ADMIN_ASKED:
        return ""
    return reverse(_PAGES[kind_of(alert)], args=[connection_id_of(alert)])


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    logins = LoginRecord.objects.in_account(user.account_id).filter(user=user).order_by("-at")[:LOGINS_SHOWN]
    attention = _attention(request) if Permission.MANAGE_USERS in permissions_of(request) else None
    alerts = [(alert, _address_of(alert)) for alert in attention.alerts] if attention else []
    page = {"attention": attention, "alerts": alerts, "rights": rights_of(user), "logins": logins}
    return render(request, "home/home.html", page)


@require_POST
@needs(Permission.MANAGE_SSO)
def dismiss(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Dismiss a request to the account admins without acting on it."""
    alert = own_or_404(request, Alert.objects.filter(kind=AlertKind.ADMIN_ASKED), alert_id)
    with refusal_as_message(request):
        dismiss_request(alert, acting=acting(request))
        messages.success(request, "Request dismissed.")
    return redirect("home")
