"""An entry says who did what to whom, and lists no more names than can be read."""

import pytest

from accounts.audit import audit
from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry
from tests.support.cast import Cast


def test_fifty_names_are_listed_and_the_others_counted() -> None:
    names = [f"user{number}" for number in range(53)]
    assert audit.shortened(names)[49:] == ["user49", "and 3 more"]
    assert audit.shortened(names[:50]) == names[:50]


def test_names_that_were_not_read_are_counted_too() -> None:
    assert audit.shortened(["bob"], total=4) == ["bob", "and 3 more"]


@pytest.mark.django_db
def test_an_entry_names_actor_target_and_request(cast: Cast) -> None:
    acting = audit.person(cast.alice, "192.0.2.1", "request-1")
    audit.record(acting, "user.updated", cast.bob, {"first_name": ["Bob", "Rob"]})
    entry = AuditEntry.objects.get(action="user.updated")
    assert (entry.account, entry.actor_id, entry.object_id) == (cast.acme, cast.alice.pk, cast.bob.pk)
    assert (entry.actor, entry.ip_address, entry.request_id) == ("alice@acme.example", "192.0.2.1", "request-1")


@pytest.mark.django_db
def test_many_entries_are_one_statement(cast: Cast, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        audit.record_all(OPERATOR, "user.updated", [(user, {}) for user in (cast.bob, cast.alice)])
    assert AuditEntry.objects.filter(action="user.updated").count() == 2
