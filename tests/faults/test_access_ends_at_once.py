"""A deprovisioned user has no access from the next request on: with no worker, and with Redis stopped (R2, R3).

Dana signs in through the identity provider; Erin with a password, at the page and by REST.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests
from django.core.management import call_command

from accounts.audit.audit import OPERATOR
from accounts.models import Connection, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.tokens import tokens
from accounts.users import users
from tests.faults.scim_client import ScimClient
from tests.integration.http_journey import HttpJourney
from tests.integration.redis_server import RedisServer
from tests.support.cast import PASSWORD
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db(transaction=True)
IN = {"page": 200, "session at the API": 200, "token at the API": 200, "token at SCIM": 200}
OUT = {"page": 302, "session at the API": 401, "token at the API": 401, "token at SCIM": 401}
SHORT = "short token at the API"


@dataclass
class Person:
    """Signed in with a browser, and with a token that may provision. `short_token`: of a REST login, if any."""

    origin: str
    browser: requests.Session
    user: User
    token: str = field(repr=False)
    short_token: str = field(repr=False, default="")

    def access(self) -> dict[str, int]:
        """Status of each interface now."""
        found = {
            "page": self.browser.get(f"{self.origin}/", allow_redirects=False, timeout=10).status_code,
            "session at the API": self.browser.get(f"{self.origin}/api/me", timeout=10).status_code,
            "token at the API": self._with(self.token, "/api/me"),
            "token at SCIM": self._with(self.token, f"/api/scim/Users/{self.user.pk}"),
        }
        return {**found, SHORT: self._with(self.short_token, "/api/me")} if self.short_token else found

    def _with(self, token: str, path: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(self.origin + path, headers=headers, timeout=10).status_code


SignsIn = Callable[[str], Person]


@pytest.fixture
def signs_in(redis: RedisServer, web: str, okta: Connection) -> SignsIn:
    """A user with access at every interface; Redis stops then."""

    def come(name: str) -> Person:
        journey = HttpJourney(web, okta)
        assert journey.log_in(f"{name}@acme.example").status_code == 303
        user = User.objects.select_related("account_role").get(email=f"{name}@acme.example")
        users.set_account_role(user, users.role_named(okta.account, ACCOUNT_ADMIN), acting=OPERATOR)
        token = secret(tokens.issue_token(user, "laptop", ["Manage Users"], acting=OPERATOR)[1])
        dana = Person(web, journey.browser, user, token)
        assert dana.access() == IN
        redis.stop()
        return dana

    return come


def short_token(origin: str, email: str) -> str:
    credentials = {"email": email, "password": PASSWORD}
    answer = requests.post(f"{origin}/api/accounts/acme/login", json=credentials, timeout=10)
    assert answer.status_code == 200, answer.text
    return secret(answer.json()["access_token"])


def by_password(origin: str, email: str) -> requests.Session:
    """A browser that has signed in at the page."""
    browser = requests.Session()
    browser.get(f"{origin}/login", timeout=10)
    form = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrf"]}
    answer = browser.post(f"{origin}/login", data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return browser


@pytest.fixture
def signs_in_by_password(redis: RedisServer, web: str, okta: Connection, settings: Any) -> SignsIn:
    """A user with access at every interface, and with a short token; Redis stops then."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # as the web server has it

    def come(name: str) -> Person:
        email, role = f"{name}@acme.example", users.role_named(okta.account, ACCOUNT_ADMIN)
        user = users.create_password_user(okta.account, email, PASSWORD, acting=OPERATOR, account_role=role)
        token = secret(tokens.issue_token(user, "laptop", ["Manage Users"], acting=OPERATOR)[1])
        erin = Person(web, by_password(web, email), user, token, short_token(web, email))
        assert erin.access() == {**IN, SHORT: 200}
        redis.stop()
        return erin

    return come


WAYS_OUT: dict[str, Callable[[ScimClient, User], object]] = {
    "patched": lambda scim, user: scim.set(user.pk, active=False),
    "deleted": lambda scim, user: scim.ask("DELETE", f"/Users/{user.pk}"),
    "commanded": lambda scim, user: call_command("deprovision_user", user.account.slug, user.email),
}


def test_access_ends_at_the_next_request_however_it_was_ended(signs_in: SignsIn, scim: ScimClient) -> None:
    for name, leave in WAYS_OUT.items():
        dana = signs_in(name)
        leave(scim, dana.user)
        assert (name, dana.access()) == (name, OUT)


def test_a_short_token_is_refused_with_all_others(signs_in_by_password: SignsIn, scim: ScimClient) -> None:
    for name, leave in WAYS_OUT.items():
        erin = signs_in_by_password(f"erin-{name}")
        leave(scim, erin.user)
        assert (name, erin.access()) == (name, {**OUT, SHORT: 401})


def test_restoring_revives_no_short_token(signs_in_by_password: SignsIn, scim: ScimClient) -> None:
    erin = signs_in_by_password("erin")
    assert scim.set(erin.user.pk, active=False).status_code == 200
    assert scim.set(erin.user.pk, active=True).json()["active"] is True
    assert erin.access() == {**OUT, SHORT: 401}
    anew = short_token(erin.origin, erin.user.email)
    assert replace(erin, short_token=anew).access() == {**OUT, SHORT: 200}
    assert erin.access() == {**OUT, SHORT: 401}


def test_restoring_revives_no_session_and_no_token(signs_in: SignsIn, scim: ScimClient, okta: Connection) -> None:
    dana = signs_in("dana")
    assert scim.set(dana.user.pk, active=False).status_code == 200
    assert scim.set(dana.user.pk, active=True).json()["active"] is True
    assert dana.access() == OUT
    for command in ("deprovision_user", "restore_user"):
        call_command(command, okta.account.slug, "dana@acme.example")
    assert dana.access() == OUT
    anew = HttpJourney(dana.origin, okta)
    assert anew.log_in("dana@acme.example").status_code == 303
    assert anew.browser.get(f"{dana.origin}/api/me", timeout=10).status_code == 200
    assert dana.access() == OUT
