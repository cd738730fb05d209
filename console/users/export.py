"""The list of users as CSV, for access reviews: streamed, in constant memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.audit.links import time_text
from accounts.models import Account, GroupMembership, User
from common.csv_lines import csv_lines
from spaces.models import SpaceMembership

AT_ONCE = 500  # users in memory
HEADINGS = (
    *("email", "user_name", "first_name", "last_name", "state", "origin", "account_role"),
    *("spaces", "groups", "created_at", "last_login", "deprovisioned_at"),
)


@transaction.atomic
def export(account: Account, users: QuerySet[User], asked: dict[str, str], *, acting: Actor) -> Iterator[str]:
    """Yield the text in order of creation. `users`: of this account; `asked`: the filters, for the audit log.

    The download is audited before the first line.
    """
    audit.record(acting, "users.exported", account, {"filters": [None, asked]})
    return csv_lines(HEADINGS, _batches(account, users))


def _batches(account: Account, users: QuerySet[User]) -> Iterator[list[list[Any]]]:
    """Yield batches of users, three queries each, by number: OFFSET would read all rows that it skips."""
    found = users.select_related("account_role").order_by("number")
    batch = list(found[:AT_ONCE])
    while batch:
        yield _rows(account, batch)
        batch = list(found.filter(number__gt=batch[-1].number)[:AT_ONCE]) if len(batch) == AT_ONCE else []


def _rows(account: Account, batch: list[User]) -> list[list[Any]]:
    """`spaces`: "space: role" of each, assigned directly; roles through groups follow from the groups."""
    own = SpaceMembership.objects.in_account(account).filter(user__in=batch).order_by("space__name")
    places = own.values_list("user", "space__name", "role__name")
    joined = GroupMembership.objects.in_account(account).filter(user__in=batch).order_by("group__name")
    spaces = _by_user((user_id, f"{space}: {role}") for user_id, space, role in places)
    groups = _by_user(joined.values_list("user", "group__name"))
    return [
        [
            *(user.email, user.user_name, user.first_name, user.last_name),
            *(user.state, user.origin, user.account_role.name),
            *("; ".join(spaces[user.pk]), "; ".join(groups[user.pk])),
            *(at and time_text(at) for at in (user.created_at, user.last_login, user.deprovisioned_at)),
        ]
        for user in batch
    ]


def _by_user(pairs: Iterable[tuple[UUID, str]]) -> defaultdict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for user_id, name in pairs:
        found[user_id].append(name)
    return found
