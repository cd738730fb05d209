"""Set-up guide for each vendor, in the order of its admin console."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Connection, User
from accounts.models.identity import Protocol
from accounts.permissions import Permission
from accounts.rate_limits import limited_by
from accounts.sso import addresses
from console.shared.guards import account_of, permissions_of

VENDORS = {"okta": "Okta", "entra": "Microsoft Entra ID"}
# What stands in place of an address that only a connection has.
SAMPLE = {
    "acs_url": "{base}/api/accounts/your-account/saml/connection-id/acs",
    "entity_id": "{base}/api/accounts/your-account/saml/connection-id/metadata",
    "redirect_uri": "{base}/api/accounts/idp-callback",
    "initiate_login_url": "{base}/login/sso/connection-id",
}


@limited_by("DOCUMENT")
@require_safe
def guide(request: HttpRequest, vendor: str) -> HttpResponse:
    """`?connection=ID` selects one of several; else the newest of each protocol."""
    own = _own_connections(request, vendor)
    page = {
        "label": VENDORS[vendor],
        "saml": _values(own.get(Protocol.SAML)),
        "oidc": _values(own.get(Protocol.OIDC)),
        "connections": own,
        "scim_url": f"{settings.BASE_URL}/api/scim",
    }
    return render(request, f"guides/{vendor}.html", page)


def _own_connections(request: HttpRequest, vendor: str) -> dict[str, Connection]:
    """Return the connection of each protocol, for users who may see them; others get samples."""
    if not isinstance(request.user, User) or Permission.MANAGE_SSO not in permissions_of(request):
        return {}
    owned = Connection.objects.in_account(account_of(request)).filter(vendor=vendor).select_related("account")
    asked = request.GET.get("connection", "")
    found: dict[str, Connection] = {}
    for connection in owned.order_by("-created_at")[:50]:
        if connection.protocol not in found or str(connection.pk) == asked:
            found[connection.protocol] = connection
    return found


def _values(connection: Connection | None) -> dict[str, str]:
    samples = {name: sample.format(base=settings.BASE_URL) for name, sample in SAMPLE.items()}
    return {**samples, **addresses.addresses_of(connection)} if connection else samples
