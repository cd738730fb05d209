"""One company's identity provider accepts connections and never answers: logins of another company go on."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from accounts.models import Connection
from tests.cast import Cast
from tests.factories import oidc_connection, saml_connection

pytestmark = pytest.mark.django_db(transaction=True)
FLOOD = 24  # three times as many as the web server has threads


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def hanging(cast: Cast, silent: int, product_environment: dict[str, str]) -> Connection:
    """Globex's connection, whose provider was never read."""
    product_environment["OUTBOUND_ALLOWLIST"] = f"127.0.0.1:{silent}"
    return oidc_connection(cast.globex, issuer=f"http://127.0.0.1:{silent}")


@pytest.fixture
def acme(cast: Cast) -> Connection:
    return saml_connection(cast.acme)


def test_logins_of_another_company_go_on(hanging: Connection, acme: Connection, web: str) -> None:
    def start(connection: Connection) -> tuple[int, float]:
        began = time.monotonic()
        answer = requests.get(f"{web}/login/sso/{connection.pk}", allow_redirects=False, timeout=30)
        return answer.status_code, time.monotonic() - began

    for _ in range(4):  # both processes have imported what a start needs
        assert start(acme)[0] == 302
    with ThreadPoolExecutor(FLOOD) as pool:
        flood = [pool.submit(start, hanging) for _ in range(FLOOD)]
        time.sleep(0.3)  # the flood is on its way; Acme's people come behind it
        status, took = start(acme)
        refused = [answer.result()[0] for answer in flood]
    assert (status, refused) == (302, [refused[0]] * FLOOD)
    assert took < 3, "as long as it takes to give up on the provider, which is 5 s"
