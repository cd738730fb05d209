"""E-mail and password find one active user; every failure is the same."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from accounts.authentication import counted_name
from accounts.models import User
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str = PASSWORD, account: str | None = None) -> User | None:
    request = RequestFactory().post("/login")
    found = authenticate(request, username=username, password=password, account=account)
    assert found is None or isinstance(found, User)
    return found


def test_letter_case_of_the_email_does_not_count(cast: Cast) -> None:
    assert sign_in("BOB@acme.example") == cast.bob


@pytest.mark.parametrize("account", ["acme", "Acme", "ACME"])
def test_an_account_is_named_by_address_or_name(cast: Cast, account: str) -> None:
    assert sign_in("bob@acme.example", account=account) == cast.bob


@pytest.mark.parametrize(
    ("username", "password", "account"),
    [
        ("bob@acme.example", "wrong", None),
        ("petra@acme.example", PASSWORD, None),
        ("nobody@acme.example", PASSWORD, None),
        ("bob@acme.example", PASSWORD, "globex"),
    ],
)
def test_anything_else_finds_nobody(cast: Cast, username: str, password: str, account: str | None) -> None:
    assert sign_in(username, password, account) is None


def test_tries_are_counted_under_one_spelling() -> None:
    names = {counted_name(RequestFactory().get("/"), {"username": name}) for name in ("Bob@X", "bob@x")}
    assert names == {"bob@x"}
    assert len(counted_name(RequestFactory().get("/"), {"username": "a" * 999})) == 255
