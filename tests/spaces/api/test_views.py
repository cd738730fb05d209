"""`GET /api/me` for sessions and tokens."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.models import User
from accounts.tokens import tokens
from spaces.placing import place_user
from spaces.space_roles import ensure_space_role
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def ask(authorization: str) -> tuple[int, dict]:
    answer = Client().get("/api/me", headers={"Authorization": authorization})
    return answer.status_code, answer.json()


@pytest.fixture
def token(cast: Cast) -> str:
    return tokens.issue_token(cast.alice, "test", ["Manage Users"], acting=OPERATOR)[1]


def test_a_session_shows_who_i_am(cast: Cast) -> None:
    client = Client()
    client.post("/login", {"email": "alice@acme.example", "password": PASSWORD})
    found = client.get("/api/me").json()
    assert set(found) == {
        "email", "account", "account_role", "permissions", "timezone", "spaces", "groups"
    }  # fmt: skip
    assert (found["email"], found["account"], found["account_role"]) == ("alice@acme.example", "Acme", "Account Admin")


def test_a_token_shows_its_own_permissions_only(token: str) -> None:
    assert ask(f"Bearer {token}") == (200, ask(token)[1])
    assert ask(token)[1]["permissions"] == ["Manage Users"]


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer nonsense", "tsso_" + "a" * 40, "Bearer tsso_é"])
def test_without_a_live_token_nobody_is_let_in(cast: Cast, authorization: str) -> None:
    assert ask(authorization)[0] == 401


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(seconds=1)}],
    ids=["revoked", "expired"],
)
def test_a_token_that_ended_opens_nothing(cast: Cast, token: str, change: dict) -> None:
    cast.alice.api_tokens.update(**change)
    assert ask(token)[0] == 401


def test_a_token_dies_with_its_owners_access(cast: Cast, token: str) -> None:
    User.objects.filter(pk=cast.alice.pk).update(state="deprovisioned")
    assert ask(token)[0] == 401


def test_raising_the_session_epoch_ends_every_session(cast: Cast) -> None:
    client = Client()
    client.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    User.objects.filter(pk=cast.bob.pk).update(session_epoch=1)
    assert client.get("/api/me").status_code == 401


def test_its_spaces_have_the_fields_that_programs_rely_on(cast: Cast) -> None:
    role = ensure_space_role(cast.acme, "Space Developer", acting=OPERATOR)[0]
    place_user(cast.bob, cast.space("QA"), role, acting=OPERATOR)
    browser = Client()
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    (space,) = browser.get("/api/me").json()["spaces"]
    assert space == {"space": "QA", "roles": ["Space Developer"], "why": ["Space Developer: added by hand"]}
