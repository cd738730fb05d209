"""The list of users, as a page and as CSV."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Account, User
from accounts.models.user import UserState
from accounts.permissions import Permission
from console.shared.guards import account_of, acting, needs, zone_for
from console.shared.lists import Listing
from console.users import export as user_export
from console.users.filters import UserFilters
from console.users.forms import JoinForm, PlaceForm
from spaces.rights import extents_of

ORDERS = {
    "email": ("email_key",),
    "name": ("last_name", "first_name"),
    "state": ("state", "email_key"),
    "role": ("account_role__name", "email_key"),
    "seen": ("last_login",),
}


@require_safe
@needs(Permission.MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    listing = listing_of(request, known_total=lambda: _present(account))
    waiting = users_of(account).filter(state=UserState.PENDING).count()
    extents = extents_of(account.pk, [person.pk for person in listing.page])
    page = {
        "listing": listing,
        "rows": [(person, extents[person.pk]) for person in listing.page],
        "waiting": waiting,
        "place": PlaceForm(account),
        "join": JoinForm(account),
        "zone": zone_for(request),
    }
    return render(request, "users/users.html", page)


@require_GET
@needs(Permission.MANAGE_USERS)
def export_users(request: HttpRequest) -> HttpResponseBase:
    """Export all users that match the filters."""
    account, listing = account_of(request), listing_of(request)
    text = user_export.export(account, listing.rows, listing.asked, acting=acting(request))
    name = f"users-{account.slug}-{timezone.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def users_of(account: Account) -> QuerySet[User]:
    """Return all users but erased ones."""
    found: QuerySet[User] = User.objects.in_account(account).present()
    return found


def listing_of(request: HttpRequest, known_total: Callable[[], int] | None = None) -> Listing:
    rows = users_of(account_of(request)).select_related("account_role")
    return Listing(request, rows, UserFilters, ORDERS, known_total=known_total, by_key=True)


def _present(account: Account) -> int:
    """Count active and pending users: the account's counter without deprovisioned users."""
    return account.user_count - users_of(account).filter(deprovisioned_at__isnull=False).count()
