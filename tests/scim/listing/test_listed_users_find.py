"""The short way for what identity providers ask before each write answers what the long one does."""

from typing import Any

import pytest

from accounts.models import User
from scim.filters.filters import compile_filter
from scim.listing import listed_users
from tests.scim.population import populate
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def long_road(cast: Cast, filter_text: str) -> list[User]:
    people = User.objects.in_account(cast.acme).filter(compile_filter(filter_text), erased_at=None)
    return listed_users.read(people.order_by("number"))


@pytest.mark.parametrize("attribute", ["userName", "USERNAME", "externalId", "id"])
def test_both_roads_find_the_same_people(cast: Cast, attribute: str) -> None:
    populate(cast.acme)
    everybody = User.objects.all()  # of the other account too
    asked = {value for user in everybody for value in (user.user_name, user.email, user.external_id, str(user.pk))}
    for value in sorted(asked | {name.upper() for name in asked} - {""}):
        filter_text = f'{attribute} eq "{value}"'
        assert (listed_users.find(cast.acme, filter_text) or []) == long_road(cast, filter_text), filter_text


def test_somebody_is_found_by_each_of_the_three(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(external_id="00uBob")
    for filter_text in ('userName eq "BOB@acme.example"', 'externalId eq "00uBob"', f'id eq "{cast.bob.pk}"'):
        assert listed_users.find(cast.acme, filter_text) == [cast.bob]


@pytest.mark.parametrize(
    "filter_text",
    ['userName eq ""', 'userName ne "a"', 'userName eq "a" and active eq true', 'title eq "a"', r'userName eq "a\"b"'],
)
def test_everything_else_is_left_to_the_long_road(cast: Cast, filter_text: str) -> None:
    assert listed_users.find(cast.acme, filter_text) is None


@pytest.mark.parametrize(("start", "count", "shown"), [(1, 0, 0), (2, 10, 0), (1, 10, 1), (-3, 10, 1)])
def test_paging_holds_for_whom_is_found(cast: Cast, okta: Any, start: int, count: int, shown: int) -> None:
    query = f"filter=userName%20eq%20%22bob@acme.example%22&startIndex={start}&count={count}"
    body = okta.get(f"/Users?{query}").body
    assert (body["totalResults"], len(body["Resources"])) == (1, shown)
