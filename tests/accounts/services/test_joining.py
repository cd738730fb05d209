"""Adding people to a group by hand, many at once."""

from typing import Any

import pytest

from accounts.models import AuditEntry, GroupMembership
from accounts.services import provisioning, users
from accounts.services.audit import OPERATOR
from accounts.services.groups import create_group
from accounts.services.joining import join
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_only_who_was_not_in_it_counts(cast: Cast) -> None:
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    assert join([cast.bob.pk], devs, acting=OPERATOR) == 1
    assert join([cast.bob.pk, cast.petra.pk], devs, acting=OPERATOR) == 1
    entries = AuditEntry.objects.filter(action="user.added-to-group")
    assert {entry.object_id for entry in entries} == {cast.bob.pk, cast.petra.pk}


def test_who_is_out_or_elsewhere_is_left_out(cast: Cast) -> None:
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    provisioning.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert join([cast.bob.pk, cast.charlie.pk], devs, acting=OPERATOR) == 0
    assert not GroupMembership.objects.exists()


def test_many_cost_as_much_as_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    many = [users.provision_pending(cast.acme, f"p{n}@acme.example", acting=OPERATOR).pk for n in range(40)]
    with django_assert_max_num_queries(11):
        assert join(many, devs, acting=OPERATOR) == 40
