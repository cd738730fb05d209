"""An installation made by the release before migrates, and what it handed out still works."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests

from tests.deploy.installation import Installation, code_of, environment
from tests.support.processes import database_url
from tools.setup import ROOT

pytestmark = pytest.mark.services

# The last commit before the tree was redrawn. Moves on with each release, to the commit that was released last.
BEFORE = "bdee4ac0f57d99696bbec6c776f692c8fa2ac8df"
PASSWORD = "correct horse battery staple"
PATIENCE = 20  # seconds


@dataclass(frozen=True)
class HandedOut:
    """What people and programs hold of the installation of before."""

    session: requests.Session
    token: str
    service_token: str
    password_link: str
    cursor: str
    user_ids: list[str]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_installation_of_the_release_before_goes_on(database: str, tmp_path: Path) -> None:
    with database_of(database) as url:
        settings = environment(tmp_path, **({"DATABASE_URL": url} if url else {}))
        held = installed(Installation(code_of(BEFORE, tmp_path / "before"), settings), tmp_path / "before.log")
        now = Installation(ROOT, settings)
        now.manage("migrate", "--verbosity", "0")
        assert "no issues" in now.manage("check")
        with now.web(tmp_path / "now.log") as origin:
            assert_it_works(origin, held)
        assert now.json("verify_audit_log")["findings"] == []
        assert_secrets_open(now)


@contextmanager
def database_of(vendor: str) -> Iterator[str]:
    """A database of its own on this test's server; empty: the product's own file in STATE_DIR."""
    if vendor == "sqlite":
        yield ""
        return
    server, name = database_url().rsplit("/", 1)[0], "torque_upgrade"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def installed(before: Installation, log: Path) -> HandedOut:
    """By the code of before: an account with users, a connection, groups, tokens, a link, a session, a SCIM cursor."""
    before.manage("migrate", "--verbosity", "0")
    before.json(
        "create_account", "Acme", "--admin-email", "alice@acme.example", "--admin-password-env", "P", P=PASSWORD
    )
    link = before.json("create_account", "Globex", "--admin-email", "carol@globex.example")["set_password_url"]
    before.json("create_space", "Acme", "Plant")
    before.json("create_group", "Acme", "Operators")
    openid = ["--vendor", "other", "--protocol", "oidc", "--issuer", "https://idp.invalid", "--client-id", "torque"]
    before.json("create_connection", "Acme", "Login", *openid, "--client-secret-env", "S", S="the client secret")
    token = before.json("create_token", "Acme", "alice@acme.example", "--name", "CI")["token"]
    okta = ["--service", "--name", "Okta", "--permission", "Manage Users"]
    service_token = before.json("create_token", "Acme", *okta)["token"]
    with before.web(log) as origin:
        ids = [provisioned(origin, service_token, f"p{number}@acme.example") for number in range(3)]
        page = scim(origin, service_token, "/Users?cursor&count=2").json()
        return HandedOut(signed_in(origin), token, service_token, link, page["nextCursor"], ids)


def assert_it_works(origin: str, held: HandedOut) -> None:
    """By the code of now."""
    me = held.session.get(f"{origin}/api/me", timeout=PATIENCE)
    assert (me.status_code, me.json()["email"]) == (200, "alice@acme.example")
    by_token = requests.get(f"{origin}/api/me", headers={"Authorization": f"Bearer {held.token}"}, timeout=PATIENCE)
    assert (by_token.status_code, by_token.json()["email"]) == (200, "alice@acme.example")
    assert scim(origin, held.service_token, "/Users").json()["totalResults"] == 4
    rest = scim(origin, held.service_token, f"/Users?cursor={held.cursor}&count=2").json()
    assert len(rest["Resources"]) == 2
    answer = scim(origin, held.service_token, f"/Users/{held.user_ids[0]}", "DELETE")
    assert answer.status_code == 204
    assert password_set(held.password_link).status_code == 302


def assert_secrets_open(now: Installation) -> None:
    """Written anew under a new key: none is left unreadable."""
    keys = f"another-{'n' * 32},{now.environment['ENCRYPTION_KEYS']}"
    counts = now.json("rotate_secrets", ENCRYPTION_KEYS=keys)
    assert (counts["rotated"], counts["unreadable"], counts["left"]) == (1, 0, 0)


def signed_in(origin: str) -> requests.Session:
    browser = requests.Session()
    form = {"email": "alice@acme.example", "password": PASSWORD}
    answer = submitted(browser, f"{origin}/login", form)
    assert answer.status_code == 302, answer.text
    return browser


def password_set(link: str) -> requests.Response:
    return submitted(requests.Session(), link, {"new_password": PASSWORD, "repeat_password": PASSWORD})


def submitted(browser: requests.Session, address: str, fields: dict[str, str]) -> requests.Response:
    """A form of a page, sent as a browser does."""
    page = browser.get(address, timeout=PATIENCE)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token, page.text
    form = {**fields, "csrfmiddlewaretoken": token[1]}
    return browser.post(page.url, form, headers={"Referer": page.url}, allow_redirects=False, timeout=PATIENCE)


def scim(origin: str, token: str, path: str, method: str = "GET", body: object = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    return requests.request(method, f"{origin}/api/scim{path}", json=body, headers=headers, timeout=PATIENCE)


def provisioned(origin: str, token: str, user_name: str) -> str:
    schema = "urn:ietf:params:scim:schemas:core:2.0:User"
    body = {"schemas": [schema], "userName": user_name, "emails": [{"value": user_name, "primary": True}]}
    answer = scim(origin, token, "/Users", "POST", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
