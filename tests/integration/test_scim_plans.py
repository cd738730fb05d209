"""What Okta and Entra ask is answered by an index on PostgreSQL, however many people there are."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, User
from accounts.models.user import UserOrigin, UserState
from accounts.permissions import ACCOUNT_MEMBER
from accounts.users import users
from scim.errors import ScimError
from scim.filters.filters import compile_filter
from scim.listing import paging
from scim.listing.paging import Query, read_page
from tests.support.cast import Cast

PEOPLE = 20_000

pytestmark = pytest.mark.django_db(transaction=True)


# Begins with the same columns, so that PostgreSQL may take either.
SAME_START = {"users_listed": "user_email_once_per_account"}


def _people(account: Account) -> Iterator[User]:
    role = users.role_named(account, ACCOUNT_MEMBER)
    for number in range(account.last_user_number + 1, PEOPLE + 1):
        email = f"p{number}@acme.example"
        several = f" p{number}@home.example " if number % 10 == 0 else ""
        yield User(
            account=account,
            number=number,
            email=email,
            user_name=email,
            email_key=email,
            user_name_key=email,
            work_email_key=email,
            other_email_keys=several,
            external_id=f"00u{number}",
            account_role=role,
            origin=UserOrigin.SCIM,
            state=UserState.PENDING,
            password="!",
        )


@pytest.fixture
def large(cast: Cast) -> Account:
    """Acme with 20,000 people, and the statistics that autovacuum would have made of them."""
    cast.acme.refresh_from_db()
    User.objects.bulk_create(_people(cast.acme), batch_size=2_000)
    cast.acme.last_user_number = cast.acme.user_count = PEOPLE
    cast.acme.save(update_fields=["last_user_number", "user_count"])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_user")
    return cast.acme


def _plan(account: Account, filter_text: str) -> dict[str, Any]:
    people = User.objects.in_account(account).filter(compile_filter(filter_text), erased_at=None)
    (whole,) = json.loads(people.order_by("number")[:100].explain(format="json", analyze=True))
    return whole["Plan"]  # type: ignore[no-any-return]


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _steps(below)


ASKED = [
    ('userName eq "P19000@acme.example"', 1, {"user_name_once_per_account", "user_email_once_per_account"}),
    ('userName eq "nobody"', 0, {"user_name_once_per_account", "user_email_once_per_account"}),
    ('externalId eq "00u19000"', 1, {"user_external_id"}),
    ('externalId eq "00u19000" and active eq true', 1, {"user_external_id"}),
    ('emails[type eq "work"].value eq "p19000@acme.example"', 1, {"user_work_email", "user_email_once_per_account"}),
    (
        'emails.value eq "p19000@home.example"',
        1,
        {"user_work_email", "user_email_once_per_account", "user_other_emails"},
    ),
]


def test_every_lookup_goes_by_an_index(large: Account) -> None:
    for filter_text, found, indexes in ASKED:
        steps = list(_steps(_plan(large, filter_text)))
        used = {step["Index Name"] for step in steps if "Index Name" in step}
        assert {SAME_START.get(name, name) for name in used} == indexes, filter_text
        assert steps[0]["Actual Rows"] == found, filter_text


def test_a_deep_page_reads_only_its_own_rows(large: Account) -> None:
    people = User.objects.in_account(large).filter(erased_at=None, number__gte=PEOPLE - 150).order_by("number")[:100]
    (whole,) = json.loads(people.explain(format="json", analyze=True))
    read = [step for step in _steps(whole["Plan"]) if step.get("Index Name") == "user_number_once_per_account"]
    assert [step["Actual Rows"] for step in read] == [100]


def test_the_number_of_who_is_in_comes_from_who_is_out(large: Account) -> None:
    User.objects.in_account(large).filter(number__in=[7, 9_000]).update(state=UserState.DEPROVISIONED)
    with CaptureQueriesContext(connection) as made:
        assert read_page(large, Query(filter_text="active eq true")).total == PEOPLE - 2
    counting = [query["sql"] for query in made if "COUNT(" in query["sql"]][-1]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {counting}")
        (whole,) = cursor.fetchone()[0]
    read = [step for step in _steps(whole["Plan"]) if "Index Name" in step]
    assert [(step["Index Name"], step["Actual Rows"]) for step in read] == [("users_out", 2)]


def test_pages_are_the_same_from_both_ends_after_an_erasure(large: Account) -> None:
    User.objects.in_account(large).filter(number__in=[7, 9_000]).delete()
    large.user_count -= 2
    last = read_page(large, Query(start_index=PEOPLE - 2 - 99, count=100)).users
    assert [user.number for user in last] == list(range(PEOPLE - 99, PEOPLE + 1))


def test_comparisons_give_on_postgresql_what_they_give_anywhere(large: Account) -> None:
    User.objects.in_account(large).filter(number=500).update(display_name="ZOË 100%_")
    for filter_text in ('displayName eq "zoë 100%_"', 'displayName co "ë 100%"', 'displayName ew "%_"'):
        assert [user.number for user in read_page(large, Query(filter_text=filter_text)).users] == [500], filter_text


SLOW = ('title eq "Engineer"', 'phoneNumbers.value co "1"', 'name.familyName co "x" or displayName ew "y"')


@pytest.mark.parametrize("filter_text", SLOW)
def test_a_search_that_takes_too_long_is_refused_in_a_sentence(
    large: Account, filter_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SEARCH_TAKES", 1)
    with pytest.raises(ScimError) as refused:
        read_page(large, Query(filter_text=filter_text))
    assert (refused.value.status, refused.value.scim_type) == (400, "tooMany")
    assert "20,000 people" in refused.value.detail


def test_the_limit_ends_with_the_search(large: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    before = limit()
    assert read_page(large, Query(filter_text='emails.value eq "p7@acme.example" and active eq true')).total == 1
    assert limit() == before


def test_part_of_an_address_is_found_in_time(large: Account) -> None:
    for filter_text, found in (
        ('emails.value co "19999@"', 1),
        ('emails.value sw "p1990@home"', 1),
        ('emails.value ew "@HOME.example"', PEOPLE // 10),
    ):
        assert read_page(large, Query(filter_text=filter_text)).total == found, filter_text
