"""Rotation of ENCRYPTION_KEYS as `docs/operations.md` has it, at a web server that people log in to meanwhile."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from accounts.models import Connection, SignInTransaction
from accounts.sso import transactions
from tests.integration.code_flow import CLIENT, SECRET, CodeJourney, running_provider
from tests.integration.http_journey import HttpJourney
from tests.support import processes
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import signed_connection
from tests.support.saml_keys import key_pair
from tools import servers
from tools.setup import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "an-old-key-that-is-long-enough-0123456789", "a-new-key-that-is-long-enough-0123456789"
WAITING = 300  # sign-ins under way, so that the rotation has something to do


@dataclass
class Installation:
    """`azure` by the code flow with a client secret, `okta` by SAML with signed requests."""

    azure: Connection
    okta: Connection
    environment: dict[str, str]
    port: int

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @contextmanager
    def web(self, folder: Path, *keys: str) -> Iterator[None]:
        with processes.web_process(folder, self._with(keys), self.port):
            yield

    def rotate(self, *keys: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "rotate_secrets", "--json"]
        return subprocess.Popen(command, cwd=ROOT, env=self._with(keys), stdout=subprocess.PIPE)

    def _with(self, keys: tuple[str, ...]) -> dict[str, str]:
        return {**self.environment, "ENCRYPTION_KEYS": ",".join(keys), "BASE_URL": self.origin}


@pytest.fixture
def installation(cast: Cast, product_environment: dict[str, str], settings: Any) -> Iterator[Installation]:
    settings.ENCRYPTION_KEYS = [OLD]
    pair = key_pair("sp")
    own = {"sign_requests": True, "sp_private_key": pair.private_pem, "sp_certificate": pair.certificate}
    okta = signed_connection(cast.acme, **own)
    with running_provider() as issuer:
        named = {"vendor": "okta", "issuer": issuer, "tenant_id": "", "client_id": CLIENT, "client_secret": SECRET}
        azure = oidc_connection(cast.acme, flow="code", **named)
        for _ in range(WAITING):
            transactions.open_sign_in(azure, "/")
        environment = {**product_environment, "OUTBOUND_ALLOWLIST": "127.0.0.1"}
        yield Installation(azure, okta, environment, servers.free_port())


def by_code(installation: Installation) -> None:
    answer = CodeJourney(installation.origin, installation.azure).log_in("dana@acme.example")
    assert answer.status_code == 303, answer.text


def by_saml(installation: Installation) -> None:
    journey = HttpJourney(installation.origin, installation.okta)
    answer = journey.log_in("erik@acme.example")
    assert answer.status_code == 303, answer.text


def going_on(log_in: Callable[[], None], until: Event, at_least: int = 5) -> int:
    """Logs in again and again; gives how often. The first that fails is raised."""
    done = 0
    while done < at_least or not until.is_set():
        log_in()
        done += 1
    return done


def counts_of(rotation: subprocess.Popen[bytes]) -> dict[str, Any]:
    output, _ = rotation.communicate(timeout=120)
    assert rotation.returncode == 0, output
    return dict(json.loads(output))


def test_logins_go_on_while_secrets_are_rotated_and_when_the_old_key_is_gone(
    installation: Installation, tmp_path: Path
) -> None:
    kept = CodeJourney(installation.origin, installation.azure)
    under_way = CodeJourney(installation.origin, installation.azure)
    with installation.web(tmp_path, OLD):
        assert kept.log_in("frank@acme.example").status_code == 303
        asked = under_way.start()
    with installation.web(tmp_path, NEW, OLD), ThreadPoolExecutor() as people:
        over = Event()
        logins = [people.submit(going_on, lambda way=way: way(installation), over) for way in (by_code, by_saml)]
        two = [counts_of(one) for one in [installation.rotate(NEW, OLD) for _ in range(2)]]
        over.set()
        assert all(login.result() >= 5 for login in logins)
        assert counts_of(installation.rotate(NEW, OLD))["rotated"] == 0
    assert sum(one["rotated"] for one in two) >= WAITING
    assert [one["unreadable"] + one["left"] for one in two] == [0, 0]
    with installation.web(tmp_path, NEW):
        by_code(installation)
        by_saml(installation)
        assert under_way.finish(asked, "gina@acme.example").status_code == 303
        assert b"id_token_hint" in logged_out(kept).content
    assert SignInTransaction.objects.count() > WAITING


def logged_out(journey: CodeJourney) -> requests.Response:
    """The page that leads on to the provider."""
    page = journey.browser.get(f"{journey.origin}/profile", timeout=20).text
    form = {"csrfmiddlewaretoken": re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]}
    return journey.browser.post(f"{journey.origin}/logout", data=form, headers={"Referer": journey.origin}, timeout=20)
