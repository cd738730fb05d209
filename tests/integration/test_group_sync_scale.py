"""5,000 received groups against 10,000 mapped ones: a handful of queries (`requirements.md` section 5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.groups import sync as group_sync
from accounts.models import ExternalIdentity, Group, GroupMembership
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def identity(cast: Cast) -> ExternalIdentity:
    Group.objects.bulk_create(
        Group(account=cast.acme, name=f"Group {number}", idp_identifier=f"g-{number}") for number in range(10_000)
    )
    return ExternalIdentity.objects.create(
        account=cast.acme, connection=saml_connection(cast.acme), user=cast.bob, subject="bob", issuer="x"
    )


def received(identity: ExternalIdentity, first: int, last: int) -> int:
    """Takes these groups as the latest login's, syncs, and gives the number of queries."""
    identity.refresh_from_db()
    identity.group_ids = [f"g-{number}" for number in range(first, last)]
    identity.login_sequence += 1
    identity.save()
    with CaptureQueriesContext(connection) as queries:
        group_sync.sync_idp_groups(identity.pk)
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


def test_five_thousand_groups_need_at_most_six_queries(identity: ExternalIdentity) -> None:
    assert received(identity, 0, 5_000) <= 6
    assert received(identity, 2_500, 7_500) <= 6
    members = GroupMembership.objects.filter(user=identity.user)
    assert (members.count(), members.filter(group__idp_identifier="g-2499").exists()) == (5_000, False)
