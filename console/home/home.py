"""The start page: what needs attention, the user's access and its reasons."""

from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.connections.admin_requests import dismiss_request
from accounts.models import Alert, LoginRecord, User
from accounts.models.work import AlertKind
from accounts.permissions import Permission
from accounts.users.users import zone_of
from console.home.attention import address_of_alert, attention_for
from console.shared.guards import acting, has_all_permissions, needs, own_or_404, permissions_of
from console.shared.refusals import refusal_as_message
from spaces.rights import rights_of

LOGINS_SHOWN = 5


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    logins = LoginRecord.objects.in_account(user.account_id).filter(user=user).order_by("-at")[:LOGINS_SHOWN]
    attention = None
    if Permission.MANAGE_USERS in permissions_of(request):
        manages_sso = Permission.MANAGE_SSO in permissions_of(request)
        is_admin = has_all_permissions(request)
        attention = attention_for(user.account, is_account_admin=is_admin, manages_sso=manages_sso)
    alerts = [(alert, address_of_alert(alert)) for alert in attention.alerts] if attention else []
    page = {
        "attention": attention,
        "alerts": alerts,
        "rights": rights_of(user),
        "logins": logins,
        "zone": ZoneInfo(zone_of(user)),
    }
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
