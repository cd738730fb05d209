"""Users of a list are the users themselves, as far as anybody can see."""

from typing import Any

from accounts.models import User
from scim.listing import listed_users
from scim.users.resources import to_resource
from tests.scim.population import populate
from tests.support.cast import Cast

BASE = "https://torque.example/api/scim"


def test_they_show_what_whole_users_show(cast: Cast) -> None:
    populate(cast.acme)
    people = User.objects.in_account(cast.acme).order_by("number")
    assert [to_resource(user, BASE) for user in listed_users.read(people)] == [
        to_resource(user, BASE) for user in people
    ]


def test_showing_them_asks_the_database_once(cast: Cast, django_assert_num_queries: Any) -> None:
    people = User.objects.in_account(cast.acme)
    with django_assert_num_queries(1):
        assert all(to_resource(user, BASE) for user in listed_users.read(people))


def test_no_password_is_read(cast: Cast) -> None:
    (bob,) = listed_users.read(User.objects.filter(pk=cast.bob.pk))
    assert "password" in bob.get_deferred_fields()


def test_what_is_not_shown_is_fetched_when_looked_at(cast: Cast) -> None:
    (bob,) = listed_users.read(User.objects.filter(pk=cast.bob.pk))
    assert (bob, bob.account_id, bob.password) == (cast.bob, cast.acme.pk, cast.bob.password)
