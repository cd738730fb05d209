"""Health of a connection, from its logins, by a few queries on indexes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.connections.settings_digest import digest_of
from accounts.login_records import new_reference, record_refusal
from accounts.models import Connection, LoginRecord
from console.connections.health import Groups, Health, health_of
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, mapped_group, saml_connection

pytestmark = pytest.mark.django_db


def health(okta: Connection) -> Health:
    return health_of(Connection.objects.select_related("account").get(pk=okta.pk), timezone.now())


def logins(okta: Connection, count: int, **values: Any) -> None:
    LoginRecord.objects.bulk_create(
        LoginRecord(account_id=okta.account_id, connection=okta, reference=f"R{number}", outcome="signed-in", **values)
        for number in range(LoginRecord.objects.count(), LoginRecord.objects.count() + count)
    )


def test_nothing_is_known_of_a_new_connection(okta: Connection) -> None:
    found = health(okta)
    assert (found.last_success, found.last_failure, found.signed_in, found.refused) == (None, None, 0, 0)
    assert (found.groups, found.clock_difference, found.is_failing) == (Groups.NEVER, None, False)


def test_success_and_failure_are_shown_and_counted_for_a_day(okta: Connection, log_in: LogIn) -> None:
    old = record_refusal(okta, "saml-expired", "Old.")
    LoginRecord.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(hours=25))
    done = log_in(claims(okta), okta).record
    assert (health(okta).last_success, health(okta).last_failure, health(okta).refused) == (done, old, 0)
    assert not health(okta).is_failing
    latest = record_refusal(okta, "saml-expired", "New.")
    assert (health(okta).last_failure, health(okta).signed_in, health(okta).refused) == (latest, 1, 1)
    assert health(okta).is_failing


def add_trial(okta: Connection, **values: Any) -> LoginRecord:
    return LoginRecord.objects.create(
        account=okta.account, connection=okta, reference=new_reference(), beginning="test", **values
    )


def test_a_test_that_failed_is_no_failure_of_a_login(okta: Connection, log_in: LogIn) -> None:
    log_in(claims(okta), okta)
    add_trial(okta, outcome="refused")
    found = health(okta)
    assert (found.last_failure, found.refused, found.is_failing) == (None, 0, False)


def test_a_test_that_passed_after_the_last_failure_clears_it(okta: Connection) -> None:
    record_refusal(okta, "saml-expired", "Expired.")
    passed = add_trial(okta, outcome="tested", settings_digest=digest_of(okta))
    assert (health(okta).is_failing, health(okta).passed_since) == (False, passed)
    record_refusal(okta, "saml-expired", "Expired again.")
    assert (health(okta).is_failing, health(okta).passed_since) == (True, None)


@pytest.mark.parametrize("digest", ["", "of a draft or of former settings"])
def test_a_test_of_other_settings_clears_nothing(okta: Connection, digest: str) -> None:
    record_refusal(okta, "saml-expired", "Expired.")
    add_trial(okta, outcome="tested", settings_digest=digest)
    assert health(okta).is_failing


def test_other_connections_do_not_count(okta: Connection, cast: Cast, log_in: LogIn) -> None:
    other, theirs = saml_connection(cast.acme), saml_connection(cast.globex)
    log_in(claims(other, group_ids=("Dev",)), other)
    log_in(claims(theirs, email="g@globex.example", group_ids=("Ops",)), theirs)
    found = health(okta)
    assert (found.last_success, found.signed_in, found.unmapped_groups) == (None, 0, [])


def test_groups_arrive_and_stop(okta: Connection) -> None:
    logins(okta, 1, group_ids=["Dev"])
    Connection.objects.update(groups_seen_at=timezone.now())
    assert health(okta).groups == Groups.ARRIVING
    logins(okta, 4)
    assert health(okta).groups == Groups.ARRIVING
    logins(okta, 5)
    assert health(okta).groups == Groups.STOPPED


def test_too_few_logins_say_nothing_about_groups(okta: Connection) -> None:
    logins(okta, 2)
    Connection.objects.update(groups_seen_at=timezone.now())
    assert health(okta).groups == Groups.FEW


def test_values_that_are_mapped_to_nothing_are_named(okta: Connection, cast: Cast, log_in: LogIn) -> None:
    mapped_group(cast.acme, "Mapped", "Dev")
    done = log_in(claims(okta, group_ids=("Dev", "Sec")), okta)
    LoginRecord.objects.filter(pk=done.record.pk).update(attributes={"space_name": ["Nowhere, Atlantis"]})
    assert [seen.identifier for seen in health(okta).unmapped_groups] == ["Sec"]
    assert health(okta).unknown_spaces == ["Atlantis", "Nowhere"]


def test_of_several_clock_differences_the_message_that_took_least_counts(okta: Connection) -> None:
    logins(okta, 1, clock_difference=-30)
    logins(okta, 1, clock_difference=-12)
    logins(okta, 1, clock_difference=None)
    assert health(okta).clock_difference == -12
    assert health(okta).clock_sentence == "the identity provider's clock is 12 s behind"
    assert not health(okta).clock_is_off
    logins(okta, 1, clock_difference=31)
    assert health(okta).clock_is_off


def test_eight_queries_however_many_logins(okta: Connection, django_assert_num_queries: Any) -> None:
    asked = Connection.objects.select_related("account").get(pk=okta.pk)
    logins(okta, 300, group_ids=["Dev"], attributes={"space_name": ["X"]})
    with django_assert_num_queries(8):
        assert health_of(asked, timezone.now()).signed_in == 300


@pytest.mark.parametrize(("outcome", "index"), [("signed-in", "good_login"), ("refused", "refusal")])
def test_the_records_are_found_by_an_index(okta: Connection, rather_by_index: None, outcome: str, index: str) -> None:
    records = LoginRecord.objects.in_account(okta.account_id).filter(connection=okta, outcome=outcome)
    plan = records.order_by("-at")[:1].explain()
    # For a table without rows PostgreSQL takes any index; which one is for SQLite to say.
    assert f"{index}_latest_first" in plan if connection.vendor == "sqlite" else "Seq Scan" not in plan
