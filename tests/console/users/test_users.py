"""The list of people."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import User
from accounts.users import users
from spaces.placing import place_users
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.changing import erase

pytestmark = pytest.mark.django_db


def shown(page: Any) -> set[str]:
    """Who is in the list, by the part before the @."""
    return set(re.findall(r'row"><a [^>]*>(\w+)@', page.content.decode()))


def test_it_shows_the_people_of_the_account_and_nobody_else(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.get("/users")
    assertContains(page, cast.petra.email)
    assertNotContains(page, cast.charlie.email)


def test_a_member_is_refused_and_an_anonymous_user_has_to_sign_in(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.bob)
    assert member.get("/users").status_code == 403
    assertRedirects(Client().get("/users"), "/login?next=/users")


def test_a_deprovisioned_user_is_shown_only_when_asked_for(as_alice_of: Client, cast: Cast) -> None:
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    page = as_alice_of.get("/users")
    assert shown(page) == {"alice", "petra"}
    assertContains(page, "1 to 2 of 2 users")
    assert shown(as_alice_of.get("/users?state=deprovisioned")) == {"bob"}


def test_erased_users_are_not_listed(as_alice_of: Client, cast: Cast) -> None:
    erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert shown(as_alice_of.get("/users?state=deprovisioned")) == set()
    assertContains(as_alice_of.get("/users"), "1 to 2 of 2 users")


def test_pending_users_are_one_click_away(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.get("/users?q=nobody")
    assertContains(page, '<a href="/users?state=pending">Pending (1)</a>')


def test_spaces_and_groups_are_counted_once(as_alice_of: Client, placed: Cast) -> None:
    place_users([placed.petra.pk], placed.space("QA"), space_role_named(placed.acme, "Space Admin"), acting=OPERATOR)
    page = as_alice_of.get("/users?q=petra")
    assertContains(page, '<td data-label="Spaces" class="number">2</td>')
    assertContains(page, '<td data-label="Groups" class="number">1</td>')


def test_a_page_costs_the_same_for_many(as_alice_of: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        users.provision_pending(cast.acme, f"p{number}@acme.example", acting=OPERATOR)
    with django_assert_max_num_queries(17):
        page = as_alice_of.get("/users?sort=-email")
    assertContains(page, "1 to 50 of 63 users")
    assert User.objects.in_account(cast.acme).count() == 63


def test_a_new_name_is_found_and_the_old_one_is_not(as_alice_of: Client, cast: Cast) -> None:
    users.update_profile(cast.bob, {"first_name": "Robert", "last_name": "Größe"}, acting=OPERATOR)
    assert shown(as_alice_of.get("/users?q=GRÖSSE")) == {"bob"}
    users.update_profile(cast.bob, {"last_name": "Klein"}, acting=OPERATOR)
    assert shown(as_alice_of.get("/users?q=grösse")) == set()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=PET", {"petra"}),
        ("q=bob+acme", {"bob"}),
        ("q=BOB", {"bob"}),
        ("state=pending", {"petra"}),
        ("state=nonsense", set()),
        ("origin=password", {"alice", "bob"}),
        ("seen=never", {"bob", "petra"}),
        ("space=DevOps", {"bob", "petra"}),
        ("space=QA&q=petra", {"petra"}),
        ("group=Devs", {"petra"}),
        ("group=Nobodies", set()),
        ("q=%00&page=99&sort=-nonsense", {"alice", "bob", "petra"}),
    ],
)
def test_filters_find(as_alice_of: Client, placed: Cast, query: str, found: set[str]) -> None:
    assert shown(as_alice_of.get(f"/users?{query}")) == found


def test_an_unknown_space_is_named_in_a_sentence(as_alice_of: Client) -> None:
    page = as_alice_of.get("/users?space=Globex")
    assertContains(page, "This account has no space with the name &#x27;Globex&#x27;.")
