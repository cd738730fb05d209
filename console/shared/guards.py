"""Permissions of pages: anonymous users are redirected to sign-in, users without the permission get the 403 page."""

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
    """Require one of these permissions, from the user's account role or a group."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permissions_of(request).isdisjoint(any_of):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except PermissionsExceeded as refusal:  # not handled by a form or a message
                raise PermissionDenied(str(refusal)) from None

        return guarded

    return guard


def permissions_of(request: HttpRequest) -> frozenset[str]:
    """Return the permissions of the signed-in user; one query per request."""
    kept: frozenset[str] | None = getattr(request, "_permissions", None)
    if kept is None:
        kept = frozenset(account_permissions(person_of(request)))
        vars(request)["_permissions"] = kept
    return kept


def has_all_permissions(request: HttpRequest) -> bool:
    """Whether the user has all account permissions. For what a page offers; services check again."""
    return permissions_of(request) >= ALL


def person_of(request: HttpRequest) -> User:
    """Return the signed-in user, behind a guard."""
    return cast(User, request.user)


def account_of(request: HttpRequest) -> Account:
    """Return the account of the signed-in user, behind a guard."""
    return person_of(request).account


def own_or_404(request: HttpRequest, rows: "type[M] | models.QuerySet[M]", key: UUID | str) -> M:
    """Return the row with this key in the user's own account, else 404."""
    queryset: Any = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    return cast(M, get_object_or_404(queryset.in_account(account_of(request)), pk=key))


def acting(request: HttpRequest) -> Actor:
    """Return the signed-in user as the actor of audit entries."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return person(person_of(request), client_address(request), str(request_id))


def zone_for(request: HttpRequest) -> ZoneInfo:
    """Return the time zone of the signed-in user."""
    return ZoneInfo(zone_of(person_of(request)))
