"""What waits at connections for an admin: drafts that are not published, domains that are missing or not verified."""

from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account, Connection, ConnectionDraft
from accounts.models.identity import ConnectionState

SHOWN = 5


class ToDo(StrEnum):
    DRAFT = "draft"
    NO_DOMAIN = "no-domain"
    UNVERIFIED = "unverified"


def with_drafts(connections: QuerySet[Any]) -> QuerySet[Any]:
    """Each with `has_draft`."""
    drafts = ConnectionDraft.objects.filter(account=OuterRef("account"), connection=OuterRef("pk"))
    found: QuerySet[Any] = connections.annotate(has_draft=Exists(drafts))
    return found


def to_do(state: str, *, has_draft: bool, domains: int, verified: int) -> tuple[ToDo, ...]:
    """Of one connection. What is not live has its set-up, which names its domains."""
    found = [ToDo.DRAFT] if has_draft else []
    if state == ConnectionState.LIVE and not domains:
        found.append(ToDo.NO_DOMAIN)
    elif state == ConnectionState.LIVE and verified < domains:
        found.append(ToDo.UNVERIFIED)
    return tuple(found)


def waiting(account: Account) -> list[tuple[Connection, tuple[ToDo, ...]]]:
    """The first SHOWN connections of the account where something waits, by name. One query."""
    counted = with_drafts(Connection.objects.in_account(account)).annotate(
        claimed=Count("domains"), verified=Count("domains", filter=Q(domains__proved_at__isnull=False))
    )
    lacking = Q(state=ConnectionState.LIVE) & (Q(claimed=0) | Q(verified__lt=F("claimed")))
    rows = counted.filter(Q(has_draft=True) | lacking).only("name", "state").order_by("name")[:SHOWN]
    return [
        (row, to_do(row.state, has_draft=row.has_draft, domains=row.claimed, verified=row.verified)) for row in rows
    ]
