"""Filters of the list of users."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def shown(page: Any) -> set[str]:
    """Who is in the list, by the part before the @."""
    return set(re.findall(r'row"><a [^>]*>(\w+)@', page.content.decode()))


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
