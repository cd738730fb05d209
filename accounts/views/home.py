"""The start page: who I am here, what I may do, and why."""

from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import LoginRecord, User
from accounts.services.users import is_timezone
from spaces.services.rights import rights_of

LOGINS_SHOWN = 5


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    logins = LoginRecord.objects.in_account(user.account_id).filter(user=user).order_by("-at")[:LOGINS_SHOWN]
    page = {"rights": rights_of(user), "logins": logins, "zone": _zone(user)}
    return render(request, "accounts/home.html", page)


def _zone(user: User) -> ZoneInfo:
    """The person's time zone; UTC until one is known."""
    return ZoneInfo(user.timezone if is_timezone(user.timezone) else "UTC")
