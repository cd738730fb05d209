"""Installed behind TLS: people log in through a real nginx, and everybody is who they are and nobody else."""

import json
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page

from tests.browser.installation import PROXY, Installation, installed

pytestmark = [pytest.mark.browser, pytest.mark.nginx, pytest.mark.filterwarnings("ignore:Unverified HTTPS")]
BROWSER, ELSEWHERE = "127.0.0.1", "127.0.0.2"
SESSIONS = "SELECT ip_address FROM accounts_signedinsession"


@pytest.fixture(scope="module", autouse=True)
def _as_prepared() -> None:
    """The demo is not needed here."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("tls")) as installation:
        yield installation


def test_a_password_login_is_safe_and_has_the_browsers_address(installation: Installation, page_over_tls: Page) -> None:
    answer = page_over_tls.goto(f"{installation.acme.product}/login")
    assert answer is not None
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    installation.acme.sign_in_as_admin(page_over_tls)
    cookies = page_over_tls.context.cookies()
    assert {(cookie["name"], cookie["secure"]) for cookie in cookies} == {
        ("__Host-csrf", True),
        ("__Host-session", True),
    }
    assert installation.asked(SESSIONS) == {BROWSER}


@pytest.mark.parametrize(("connection", "person"), [("Okta", "Bob Ek"), ("Azure", "Dana Diaz")])
def test_a_company_login_is_audited_with_the_browsers_address(
    installation: Installation, page_over_tls: Page, connection: str, person: str
) -> None:
    installation.acme.sign_in(page_over_tls, connection, person)
    audited = "SELECT ip_address FROM accounts_auditentry WHERE actor = ? AND action != 'user.groups-synced'"
    assert installation.asked(audited, f"login through {connection}") == {BROWSER}
    assert installation.asked(SESSIONS) == {BROWSER}


def test_wrong_passwords_lock_their_own_client_alone(installation: Installation, page_over_tls: Page) -> None:
    liar = installation.client(ELSEWHERE, **{"X-Forwarded-For": f"{BROWSER}, {PROXY}", "X-Real-IP": BROWSER})
    assert [installation.log_in(liar, "wrong") for _ in range(10)][-1] == 429
    assert installation.log_in(liar, installation.acme.admin_password) == 429
    assert installation.asked("SELECT ip_address FROM axes_accessattempt") == {ELSEWHERE}
    installation.acme.sign_in_as_admin(page_over_tls)


def test_a_form_of_another_origin_is_refused(installation: Installation) -> None:
    assert installation.log_in(installation.client("127.0.0.3", Origin="https://evil.example"), "wrong") == 403


def test_plain_http_leads_people_to_tls_and_refuses_programs(installation: Installation) -> None:
    plain = f"http://127.0.0.1:{installation.http}"
    answer = requests.get(f"{plain}/login?next=/groups", allow_redirects=False, timeout=20)
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{installation.acme.product}/login?next=/groups")
    assert requests.get(f"{plain}/api/scim/Users", allow_redirects=False, timeout=20).status_code == 403


def test_a_probe_asks_gunicorn_itself(installation: Installation) -> None:
    assert requests.get(f"http://127.0.0.1:{installation.web}/healthz", timeout=20).json() == {"status": "ok"}


def test_every_line_of_the_logs_has_the_clients_address_and_none_a_token(installation: Installation) -> None:
    client = installation.client("127.0.0.4", **{"X-Forwarded-For": BROWSER})
    for path in ("login?code=one-time", "set-password/x/one-time", "api/scim/Users?filter=one-time"):
        client.get(f"https://127.0.0.1:{installation.https}/{path}", timeout=20)
    lines = [json.loads(line) for line in installation.log("web").splitlines() if line.startswith("{")]
    assert [line for line in lines if line["ip"] in (None, PROXY)] == []
    assert len([line for line in lines if line["ip"] == "127.0.0.4"]) >= 5
    assert "/set-password/***" in installation.log("nginx")
    assert "one-time" not in installation.log("web") + installation.log("nginx")


def test_whoever_asks_gunicorn_itself_has_no_forwarded_headers(installation: Installation) -> None:
    claims = {
        "X-Forwarded-For": "192.0.2.66",
        "X-Forwarded-Proto": "https",
        "Host": f"sso.localhost:{installation.https}",
    }
    answer = requests.get(f"http://127.0.0.1:{installation.web}/login", headers=claims, timeout=20)
    assert answer.status_code == 200
    assert "192.0.2.66" not in installation.log("web")
