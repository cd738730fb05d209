"""The result of a refusal: a login record with all of it for the admin, a page with a reference for the user."""

from urllib.parse import urlencode

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import login_records
from accounts.models import Connection, SignInTransaction, User
from accounts.permissions import Permission
from accounts.rights import account_permissions
from accounts.sso import transactions
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals import catalogue
from accounts.sso.trace import Trace
from accounts.unrecorded_refusals import Tie
from common.http.local_paths import HOME
from common.outbound import slots

log = structlog.get_logger(__name__)


def refusal_page(
    request: HttpRequest,
    refusal: LoginRefused,
    connection: Connection | None,
    claims: IdentityClaims | None = None,
    *,
    tie: Tie = Tie.CONNECTION,
    row: SignInTransaction | None = None,
    next_path: str = "",
    trace: Trace | None = None,
) -> HttpResponse:
    """403 with a reference; the admin finds it in the login records of the connection's account.

    Without a reference when the refusal was only counted. `row`: the sign-in that ends here, if it is known.
    It, or `next_path`, says where the user wants to go; trying again and other ways to log in still lead there.
    """
    trace = trace or Trace()
    trace.failed(refusal)
    if connection is None:  # no account: the reference is in the log only
        reference = login_records.new_reference()
    else:
        seen = {} if claims is None else {"email": claims.email[:320], "subject": claims.subject[:512]}
        reference = login_records.record_or_count_refusal(
            connection, tie, refusal.code, str(refusal), **seen, **trace.for_record()
        )
    log.warning("Login refused", code=refusal.code, reference=reference, connection=connection and str(connection.id))
    if row and row.consumed_at and refusal.code != transactions.USED:
        transactions.keep_refusal(row, refusal, reference)
    next_path = row.next_path if row else next_path
    return _page(request, refusal.code, refusal.side, reference, connection, next_path)


def refused_again(request: HttpRequest, row: SignInTransaction) -> HttpResponse:
    """The page of a refused answer, for the browser that brings it again: no second record of one failure."""
    kept = row.refusal or {}
    return _page(request, kept["code"], kept["side"], kept["reference"], row.connection, row.next_path)


def _page(
    request: HttpRequest, code: str, side: str, reference: str, connection: Connection | None, next_path: str
) -> HttpResponse:
    asked = f"?{urlencode({'next': next_path})}" if next_path not in ("", HOME) else ""
    log_in = reverse("login") + asked
    context = {
        "try_again_url": reverse("sso:start", args=[connection.id]) + asked if connection else log_in,
        "other_ways_url": log_in if connection else "",
        "reference": reference,
        "message": catalogue.text_for_user(code, side),
        "may_see_record": bool(reference) and _may_look(request, connection),
    }
    return render(request, "sso/refused.html", context, status=403)


def _may_look(request: HttpRequest, connection: Connection | None) -> bool:
    """Whether this browser's session is one of an admin who may read the login record."""
    user = request.user
    if connection is None or not isinstance(user, User) or user.account_id != connection.account_id:
        return False
    return not account_permissions(user).isdisjoint((Permission.MANAGE_SSO, Permission.MANAGE_USERS))


def busy_page(request: HttpRequest) -> HttpResponse:
    """503: this server asks as many identity providers as it may. The browser retries by itself and holds nothing here
    meanwhile; a sign-in under way continues then."""
    seconds = slots.RETRY_AFTER
    again = request.get_full_path()
    response = render(request, "sso/busy.html", {"seconds": seconds, "try_again_url": again}, status=503)
    response["Retry-After"], response["Refresh"] = str(seconds), f"{seconds}; url={again}"
    return response
