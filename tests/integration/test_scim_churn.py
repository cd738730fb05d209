"""Eight clients at once, each with a random sequence of writes at the same few people."""

import random
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db.models import Count, F, OuterRef, Subquery

from accounts.models import Account, AuditEntry, User
from tests.integration.test_races import at_once
from tests.integration.test_scim_races import Ask, ask, patch, person
from tests.support.cast import Cast

__all__ = ["ask"]  # the fixture

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS, WRITES, PEOPLE = 8, 60, 6

Write = tuple[str, str, dict[str, Any] | None]


def write(chance: random.Random, cast: Cast) -> Write:
    """One of the four verbs, at a person who is there or was there just now."""
    name = f"p{chance.randrange(PEOPLE)}@acme.example"
    present = User.objects.in_account(cast.acme).filter(erased_at=None, origin="scim").values_list("pk", flat=True)
    keys = list(present)
    verb = chance.choice(["POST", "PUT", "PATCH", "PATCH", "DELETE"]) if keys else "POST"
    if verb == "POST":
        return verb, "/Users", person(chance.choice([name, name.upper()]), active=chance.random() < 0.9)
    path = f"/Users/{chance.choice(keys)}"
    if verb == "PUT":
        # Never a name that somebody may have: of two who get each other's, PostgreSQL ends one as a deadlock (503).
        name = f"q{chance.randrange(10**9)}@acme.example"
        return verb, path, person(name, title=str(chance.random()), active=chance.random() < 0.7)
    return verb, path, patch(active=chance.random() < 0.5, title=str(chance.random())) if verb == "PATCH" else None


def play(ask: Ask, cast: Cast, number: int) -> Counter[tuple[str, int]]:
    chance, counts = random.Random(number), Counter[tuple[str, int]]()  # noqa: S311  # no secret
    for _ in range(WRITES):
        verb, path, body = write(chance, cast)
        counts[verb, ask(verb, path, body)[0]] += 1
    return counts


@pytest.mark.parametrize("hold", [False, True])
def test_whatever_meets_whatever_is_answered_and_counted_right(ask: Ask, cast: Cast, hold: bool) -> None:
    Account.objects.filter(pk=cast.acme.pk).update(hold_mass_departures=hold)
    counts: Counter[tuple[str, int]] = sum(at_once(*(partial(play, ask, cast, n) for n in range(CLIENTS))), Counter())
    asked = {verb: {status for name, status in counts if name == verb} for verb, _ in counts}
    assert asked["POST"] <= {201, 409}
    assert asked["DELETE"] <= {204, 404}
    assert asked["PUT"] | asked["PATCH"] <= {200, 404}
    people = User.objects.in_account(cast.acme)
    assert Account.objects.get(pk=cast.acme.pk).user_count == people.filter(erased_at=None).count()
    entries = AuditEntry.objects.filter(object_id=OuterRef("pk"), action__startswith="user.").values("object_id")
    written = people.annotate(entries=Subquery(entries.annotate(n=Count("pk")).values("n")))
    assert not written.filter(origin="scim", version__gt=F("entries")).exists()
