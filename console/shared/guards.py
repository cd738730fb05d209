"""Who may open a page: a stranger is sent to sign in, a person without the permission gets the 403 page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.audit.audit import Actor, person
from accounts.models import Account, User
from accounts.permissions import Permission
from accounts.rights import ALL, PermissionsExceeded, account_permissions
from accounts.users.users import zone_of
from common.http.client_address import client_address

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=models.Model)


def needs(*any_of: Permission) -> Callable[[View], View]:
    """The person's account role, or that of one of their groups, has to have one of these permissions."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permissions_of(request).isdisjoint(any_of):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except PermissionsExceeded as refusal:  # of a verb that has no form or message to tell it in
                raise PermissionDenied(str(refusal)) from None

        return guarded

    return guard


def permissions_of(request: HttpRequest) -> frozenset[str]:
    """Of the person who asks; one query for a request, however often it is asked."""
    kept: frozenset[str] | None = getattr(request, "_permissions", None)
    if kept is None:
        kept = frozenset(account_permissions(person_of(request)))
        vars(request)["_permissions"] = kept
    return kept


def decides(request: HttpRequest) -> bool:
    """Whether the person who asks has all account permissions, for what a page offers. Services check it again."""
    return permissions_of(request) >= ALL


def person_of(request: HttpRequest) -> User:
    """Who asks, behind a guard."""
    return cast(User, request.user)


def account_of(request: HttpRequest) -> Account:
    """The account whose pages these are, behind a guard."""
    return person_of(request).account


def own_or_404(request: HttpRequest, rows: "type[M] | models.QuerySet[M]", key: UUID | str) -> M:
    """The row of that key in one's own account; of another account nothing is there."""
    queryset: Any = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    return cast(M, get_object_or_404(queryset.in_account(account_of(request)), pk=key))


def acting(request: HttpRequest) -> Actor:
    """Who asks, for the audit log."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return person(person_of(request), client_address(request), str(request_id))


def zone_for(request: HttpRequest) -> ZoneInfo:
    """The time zone in which the person who asks reads times."""
    return ZoneInfo(zone_of(person_of(request)))
