"""The start page: what needs an admin, who I am here, what I may do, and why."""

from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import LoginRecord, User
from accounts.pages.guards import permissions_of
from accounts.permissions import Permission
from accounts.services.attention import attention_for
from accounts.services.users import zone_of
from spaces.services.rights import rights_of

LOGINS_SHOWN = 5


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    logins = LoginRecord.objects.in_account(user.account_id).filter(user=user).order_by("-at")[:LOGINS_SHOWN]
    attention = attention_for(user.account) if Permission.MANAGE_USERS in permissions_of(request) else None
    page = {"attention": attention, "rights": rights_of(user), "logins": logins, "zone": ZoneInfo(zone_of(user))}
    return render(request, "accounts/home.html", page)
