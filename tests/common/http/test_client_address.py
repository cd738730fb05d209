"""Everything that asks where a request came from gets the same answer."""

import logging
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, SignedInSession
from accounts.passwords.tries import FAILURES_OF_AN_ADDRESS
from accounts.tokens import tokens
from tests.support import product
from tests.support.cast import PASSWORD, Cast
from tests.support.secrets_in_logs import secret
from tools.setup import ROOT
from torque_sso.logging import of_other_loggers

pytestmark = pytest.mark.django_db
PROXY, MALLORY, ALICE = "10.0.0.1", "203.0.113.7", "203.0.113.8"


@pytest.fixture(autouse=True)
def _proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [PROXY, "unix"]


def client_at(address: str, claims: str = "", peer: str = PROXY) -> Client:
    """A client behind the proxy, which appends its address to what it claims of itself."""
    return Client(REMOTE_ADDR=peer, headers={"X-Forwarded-For": ", ".join(filter(None, [claims, address]))})


def log_in(client: Client, password: str = PASSWORD, email: str = "alice@acme.example") -> int:
    return int(client.post("/login", {"email": email, "password": password}).status_code)


def test_sessions_and_the_audit_log_have_the_clients_address(cast: Cast) -> None:
    browser = client_at(ALICE, claims="1.1.1.1")
    assert log_in(browser) == 302
    assert SignedInSession.objects.get().ip_address == ALICE
    assertRedirects(browser.post("/logout"), "/login", fetch_redirect_response=False)
    assert AuditEntry.objects.get(action="user.sessions-ended").ip_address == ALICE


@pytest.mark.parametrize("peer", [PROXY, ""])
def test_wrong_passwords_lock_their_own_client_alone(cast: Cast, peer: str) -> None:
    statuses = [
        log_in(client_at(MALLORY, claims=f"{ALICE}, 1.1.1.{number}", peer=peer), "wrong") for number in range(10)
    ]
    assert statuses[-1] == 429
    assert log_in(client_at(MALLORY, peer=peer)) == 429
    assert log_in(client_at(ALICE, peer=peer)) == 302


def test_a_hundred_wrong_passwords_lock_their_own_client_alone(cast: Cast) -> None:
    for number in range(FAILURES_OF_AN_ADDRESS):
        log_in(client_at(MALLORY, claims=f"1.1.1.{number}"), "wrong", f"p{number}@acme.example")
    assert log_in(client_at(MALLORY)) == 429
    assert log_in(client_at(ALICE)) == 302


def test_clients_without_an_address_are_not_locked_for_each_other(cast: Cast) -> None:
    nameless = Client(REMOTE_ADDR="")
    for number in range(FAILURES_OF_AN_ADDRESS):
        log_in(nameless, "wrong", f"p{number}@acme.example")
    assert log_in(nameless) == 302


def test_each_client_behind_the_proxy_has_a_bucket_of_its_own(settings: Any) -> None:
    settings.SIGN_IN_BURST, settings.SIGN_IN_REQUESTS_PER_SECOND = 2, 0.1
    assert [client_at(MALLORY, claims=f"1.1.1.{number}").get("/login").status_code for number in range(3)][-1] == 429
    assert client_at(ALICE).get("/login").status_code == 200


def test_provisioning_is_audited_with_the_clients_address(cast: Cast) -> None:
    text = secret(tokens.issue_token(cast.alice, "Okta", ["Manage Users"], acting=OPERATOR)[1])
    body = {"userName": "new@acme.example", "emails": [{"value": "new@acme.example", "primary": True}]}
    headers = {"Authorization": f"Bearer {text}"}
    answer = client_at(ALICE, claims="1.1.1.1").post("/api/scim/Users", body, "application/json", headers=headers)
    assert answer.status_code == 201, answer.content
    assert AuditEntry.objects.get(object_label="new@acme.example").ip_address == ALICE


@pytest.mark.parametrize("path", ["/login", "/api/scim/Users", "/nothing/here"])
def test_every_line_of_a_request_has_the_clients_address(caplog: Any, path: str) -> None:
    for name in ("django_structlog", "torque_sso"):
        caplog.set_level(logging.INFO, name)
    client_at(ALICE, claims="1.1.1.1").get(path)
    lines = [
        record.msg
        if isinstance(record.msg, dict)
        else of_other_loggers(None, "", {"_record": record, "event": record.getMessage()})
        for record in caplog.records
    ]
    assert lines
    assert {line.get("ip") for line in lines} == {ALICE}


def test_nothing_else_reads_where_a_request_came_from() -> None:
    reads = re.compile(r"REMOTE_ADDR|X_FORWARDED|get_client_ip|ipware|X-Forwarded")
    found = {path.relative_to(ROOT).as_posix() for path in product.modules() if reads.search(path.read_text())}
    assert found == {"common/http/client_address.py", "common/http/forwarded.py", "torque_sso/behind_proxy.py"}
