"""Fields that a form does not have change nothing, whatever they are called (R49)."""

import re
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction

from accounts.models import Account, AccountOwned
from tests.walk.asking import World, send
from tests.walk.routes import every_route
from tests.walk.rows import PUBLIC
from tests.walk.table import TABLE

ROUTES = {route.key: route for route in every_route() if route.key in TABLE}
POSTED = {key: TABLE[key] for key in ROUTES if "POST" in TABLE[key].methods and TABLE[key].who != PUBLIC}
OWNED = [model for model in apps.get_models() if issubclass(model, AccountOwned)]
MARK = "mass-assigned"
# Secrets that are new each time, and what is derived from them.
RANDOM = {
    "password",
    "digest",
    "prefix",
    "key_digest",
    "sp_private_key",
    "sp_certificate",
    "next_private_key",
    "next_certificate",
    "reference",
    "request_id",
    "proof_token",
}
FINGERPRINT = re.compile(r"([0-9A-F]{2}:){31}[0-9A-F]{2}")

State = dict[str, Counter[str]]


def every_field(world: World) -> dict[str, Any]:
    """Each field of each table, and what somebody would like to find in it."""
    wanted: dict[str, Any] = {"is_staff": "1", "is_superuser": "1", "is_active": "1", "permissions": "Manage Users"}
    for model in OWNED:
        for field in model._meta.concrete_fields:
            value = _tempting(field, world)
            wanted |= {field.name: value, field.attname: value}
    return wanted


def _tempting(field: Any, world: World) -> str:
    if field.name == "account_role":
        return str(world.ours.admin.account_role_id)
    if field.is_relation or isinstance(field, models.UUIDField):
        related = field.related_model or field.model
        theirs = related._default_manager.filter(**{_account_of(related): world.theirs.account.pk}).first()
        return str(theirs.pk if theirs else world.theirs.account.pk)
    if field.choices:
        return str(field.choices[-1][0])
    if isinstance(field, models.IntegerField):
        return "99"
    if isinstance(field, models.BooleanField):
        return "on"
    return "2001-01-01T00:00:00Z" if isinstance(field, models.DateTimeField) else MARK


def _account_of(model: Any) -> str:
    return "account" if issubclass(model, AccountOwned) else "pk"


def state_of(known: set[Any], account: Account | None = None) -> State:
    """All rows of all tables, in a spelling in which the same button done twice reads the same."""
    within = {} if account is None else {"account": account}
    return {
        model._meta.label: Counter(
            str([_spelled(*item, known) for item in sorted(row.items())])
            for row in model._default_manager.filter(**within).values()
        )
        for model in OWNED
    }


def _spelled(name: str, value: Any, known: set[Any]) -> Any:
    if isinstance(value, datetime):
        return "a moment" if value.year > 2001 else value
    if isinstance(value, UUID) and value not in known:
        return "a new one"
    if name == "changes":  # of an audit entry
        value = FINGERPRINT.sub("a fingerprint", str(value))
    return "random" if name in RANDOM and MARK not in str(value) else (name, value)


def after(world: World, key: str, more: dict[str, Any], known: set[Any]) -> tuple[int, State]:
    route, row = ROUTES[key], TABLE[key]
    entrance = world.entrance(world.ours.admin)
    own = dict(row.fields(world.ours))
    with transaction.atomic():
        address = route.address(**row.kwargs(route.kwargs, world.ours))
        answer = send("POST", address, row, entrance, {**more, **own})
        state = state_of(known)
        transaction.set_rollback(True)
    return answer.status_code, state


def test_more_fields_make_no_difference(world: World) -> None:
    world.entrance(world.ours.admin)
    known = {key for model in OWNED for key in model._default_manager.values_list("pk", flat=True)}
    known |= {world.ours.account.pk, world.theirs.account.pk}
    more, found = every_field(world), []
    for key in POSTED:
        status, plain = after(world, key, {}, known)
        declared = set(TABLE[key].optional)
        crammed_status, crammed = after(world, key, {n: v for n, v in more.items() if n not in declared}, known)
        if status != crammed_status:
            found.append(f"{key}: {status}, with more fields {crammed_status}")
        found += [f"{key} changes {table}" for table in plain if plain[table] != crammed[table]]
    assert not found, "\n".join(["", *found])


def test_no_form_touches_what_another_account_has(world: World) -> None:
    """Its names and ids where those of one's own belong."""
    world.entrance(world.ours.admin)
    known, theirs, found = {world.theirs.account.pk}, world.theirs.account, []
    before = state_of(known, theirs)
    for key, row in POSTED.items():
        address = ROUTES[key].address(**row.kwargs(ROUTES[key].kwargs, world.ours))
        with transaction.atomic():
            answer = send("POST", address, row, world.entrance(world.ours.admin), row.fields(world.theirs))
            changed = [table for table, rows in state_of(known, theirs).items() if rows != before[table]]
            transaction.set_rollback(True)
        if changed or answer.status_code >= 500:
            found.append(f"{key}: {answer.status_code}, changes {', '.join(changed) or 'nothing'}")
    assert not found, "\n".join(["", *found])


def test_the_comparison_sees_a_difference(world: World) -> None:
    known = {world.ours.account.pk, world.theirs.account.pk, world.ours.group.pk}
    before = state_of(known)
    world.ours.group.description = MARK
    world.ours.group.save()
    assert [table for table, rows in state_of(known).items() if rows != before[table]] == ["accounts.Group"]
