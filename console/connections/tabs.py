"""What the pages of one connection share: loading it, and its tabs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.connections.admin_requests import open_requests
from accounts.connections.consent import was_enabled
from accounts.connections.drafts import draft_of, goes_into_a_draft, with_draft
from accounts.connections.vendors import SET_UPS, SetUp
from accounts.models import Connection
from accounts.models.identity import ConnectionState, Protocol
from console.connections.words import described_draft
from console.shared.guards import has_all_permissions, own_or_404, zone_for

TABS = {
    "connection": "Overview",
    "connection-provider": "Identity provider",
    "connection-certificates": "Certificates",  # of SAML
    "connection-domains": "Domains",
    "connection-people": "User access",
    "connection-move": "Move users",
    "connection-attributes": "Attribute names",
    "connection-general": "General",
}


def connection_of(request: HttpRequest, connection_id: UUID, **having: Any) -> Connection:
    """Return the connection of the user's own account, else 404."""
    return own_or_404(request, Connection.objects.select_related("account").filter(**having), connection_id)


def edited(request: HttpRequest, connection_id: UUID, **having: Any) -> Connection:
    """Return the connection with its draft applied, for pages that change settings. Do not save it."""
    return with_draft(connection_of(request, connection_id, **having))


def where(connection: Connection) -> str:
    """Return where a change was saved, for a message."""
    return " in the draft. Live settings are unchanged" if goes_into_a_draft(connection) else ""


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the data of a POST, also if it is empty: all boxes may be left empty."""
    return request.POST if request.method == "POST" else None


def set_up_of(connection: Connection) -> SetUp:
    return SET_UPS[connection.vendor, connection.protocol]


def shown(
    request: HttpRequest, connection: Connection, route: str, template: str, *, edits: bool = False, **context: Any
) -> HttpResponse:
    """Render one tab. `edits`: its settings go into the draft of a live connection."""
    draft = draft_of(connection)
    tabs = [
        {"label": label, "address": address_of(connection, tab), "is_current": tab == route}
        for tab, label in TABS.items()
        if tab != "connection-certificates" or connection.protocol == Protocol.SAML
    ]
    page = {
        "connection": connection,
        "set_up": set_up_of(connection),
        "tabs": tabs,
        "is_live": connection.state == ConnectionState.LIVE,
        "in_set_up": is_in_set_up(connection) and route != "connection-set-up",
        "zone": zone_for(request),
        "edits": edits,
        "draft": draft and described_draft(draft),
        "was_enabled": was_enabled(connection),
        "has_all_permissions": has_all_permissions(request),
        "asked": set() if has_all_permissions(request) else open_requests(connection),
    }
    return render(request, template, {**page, **context})


def is_in_set_up(connection: Connection) -> bool:
    return connection.state == ConnectionState.DRAFT


def after_step(connection: Connection, route: str) -> HttpResponse:
    """Redirect after a save: to the set-up steps of a draft connection, else to `route`."""
    return redirect("connection-set-up" if is_in_set_up(connection) else route, connection.pk)


def address_of(connection: Connection, route: str = "connection") -> str:
    return reverse(route, args=[connection.pk])
