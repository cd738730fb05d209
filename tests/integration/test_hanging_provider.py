"""Servers of one company accept connections and never answer: everybody else's requests go on.

The web server is as it is installed: two processes with WEB_THREADS threads each.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import requests
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.authentication import BACKEND
from accounts.models import Connection, LoginRecord, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.tokens import tokens
from accounts.users import users
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db(transaction=True)
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
PATHS_OF_EACH = 8
STARTS = 50
SOON = 3.0  # seconds: less than the 5 s after which a server that hangs is given up


@dataclass
class Silent:
    """Servers that let connections come and never answer."""

    listening: list[socket.socket] = field(default_factory=list)

    def addresses(self) -> list[str]:
        return ["{}:{}".format(*one.getsockname()) for one in self.listening]

    def asked(self) -> int:
        """How many connections there were in all."""
        return sum(_waiting_at(one) for one in self.listening)


def _waiting_at(listening: socket.socket) -> int:
    listening.setblocking(False)
    for number in count():
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return number
    raise AssertionError


@pytest.fixture
def silent(product_environment: dict[str, str]) -> Iterator[Silent]:
    with ExitStack() as stack:
        found = Silent([stack.enter_context(socket.create_server((host, 0), backlog=128)) for host in HOSTS])
        product_environment["OUTBOUND_ALLOWLIST"] = ",".join(found.addresses())
        yield found


@pytest.fixture
def hanging(cast: Cast, silent: Silent) -> Connection:
    """Globex's connection, whose provider was never read."""
    return oidc_connection(cast.globex, issuer=f"http://{silent.addresses()[0]}")


@pytest.fixture
def acme(cast: Cast, settings: Any) -> Connection:
    """Of a company whose admin has a password as the web server reads it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    User.objects.filter(pk=cast.alice.pk).update(password=make_password(PASSWORD))
    return saml_connection(cast.acme)


def took(ask: Callable[[], requests.Response]) -> tuple[int, float]:
    """Status, and seconds."""
    began = time.monotonic()
    return ask().status_code, time.monotonic() - began


@contextmanager
def flood(asks: list[Callable[[], requests.Response]]) -> Iterator[list["Future[requests.Response]"]]:
    """All at once; the body runs while they wait."""
    with ThreadPoolExecutor(len(asks)) as pool:
        sent = [pool.submit(ask) for ask in asks]
        time.sleep(0.5)  # the flood is on its way
        yield sent


def start(web: str, connection: Connection) -> requests.Response:
    return requests.get(f"{web}/login/sso/{connection.pk}", allow_redirects=False, timeout=60)


def password_login(web: str, email: str) -> requests.Response:
    return requests.post(f"{web}/api/accounts/login", json={"email": email, "password": PASSWORD}, timeout=60)


def others(web: str, cast: Cast, acme: Connection) -> dict[str, Callable[[], requests.Response]]:
    """What people and programs of another company do."""
    text = secret(tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)[1])
    bearer = {"Authorization": f"Bearer {text}"}
    return {
        "the sign-in page": lambda: requests.get(f"{web}/login", timeout=60),
        "a SAML start": lambda: start(web, acme),
        "a password": lambda: password_login(web, cast.alice.email),
        "SCIM": lambda: requests.get(f"{web}/api/scim/Users?count=1", headers=bearer, timeout=60),
        "health": lambda: requests.get(f"{web}/healthz", timeout=60),
        "readiness": lambda: requests.get(f"{web}/readyz", timeout=60),
    }


def warmed_up(asks: dict[str, Callable[[], requests.Response]]) -> None:
    """Both processes have imported what these need."""
    for _ in range(4):
        assert {name: ask().status_code for name, ask in asks.items() if ask().status_code >= 400} == {}


def check_others_go_on(asks: dict[str, Callable[[], requests.Response]]) -> None:
    found = [(name, *took(ask)) for _ in range(3) for name, ask in asks.items()]
    assert [name for name, status, _ in found if status >= 400] == []
    assert [(name, seconds) for name, _, seconds in found if seconds > SOON] == []
    print(f"The slowest of the others took {max(seconds for _, _, seconds in found):.2f} s.")


def read_metadata(web: str, cast: Cast, address: str) -> Callable[[], requests.Response]:
    """An admin of Globex enters a metadata address of a connection that they make up, as the page does."""
    User.objects.filter(pk=cast.charlie.pk).update(account_role=users.role_named(cast.globex, ACCOUNT_ADMIN))
    connection = saml_connection(cast.globex, state="draft", idp_entity_id="", sso_url="", idp_certificates="")
    browser = Client()
    browser.force_login(cast.charlie, BACKEND)
    page = f"{web}/sso/{connection.pk}/provider"
    cookies = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    token = requests.get(page, cookies=cookies, timeout=60)
    assert token.status_code == 200, token.text[:300]
    cookies[settings.CSRF_COOKIE_NAME] = token.cookies[settings.CSRF_COOKIE_NAME]
    form = token.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    posted = {"csrfmiddlewaretoken": form, "way": "address", "address-metadata_url": f"http://{address}"}
    return lambda: requests.post(page, posted, cookies=cookies, timeout=60, headers={"Referer": page})


def test_metadata_of_many_hosts_and_paths_holds_nobody_else(
    cast: Cast, silent: Silent, acme: Connection, web: str
) -> None:
    asks = others(web, cast, acme)
    warmed_up(asks)
    addresses = [f"{host}/metadata/{number}" for host in silent.addresses() for number in range(PATHS_OF_EACH)]
    reads = [read_metadata(web, cast, address) for address in addresses]
    with flood(reads) as sent:
        check_others_go_on(asks)
        statuses = {answer.result().status_code for answer in sent}
    # Two of one account at a time in each of two processes; a few may follow where the first have ended.
    assert (statuses, silent.asked() < len(reads) / 2) == ({200}, True)


def test_starts_of_a_connection_whose_discovery_hangs_hold_nobody_else(
    cast: Cast, silent: Silent, hanging: Connection, acme: Connection, web: str
) -> None:
    asks = others(web, cast, acme)
    warmed_up(asks)
    with flood([lambda: start(web, hanging)] * STARTS) as sent:
        check_others_go_on(asks)
        statuses = Counter(answer.result().status_code for answer in sent)
    assert set(statuses) == {403, 503}
    assert silent.asked() <= 2, "one in each process"
    assert LoginRecord.objects.count() == statuses[403]
