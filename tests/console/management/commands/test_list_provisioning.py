"""`list_provisioning`: the request log from the shell."""

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.tokens.tokens import issue_service_token
from scim import request_log
from tests.support.cast import Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: Cast) -> None:
    """Okta creates Ann, with a password, and tries so again."""
    text = issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)[1]
    headers = {"Authorization": f"Bearer {text}", "User-Agent": "Okta SCIM Client 1.0.0"}
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ann@acme.example",
        "password": "x7K",
    }
    for _ in range(2):
        Client().post("/api/scim/Users", body, content_type="application/scim+json", headers=headers)
    request_log.flush()


def test_it_tells_in_plain_words_what_was_asked(asked: None) -> None:
    refused, created = run("list_provisioning", "Acme")["requests"]
    assert (created["sentence"], created["status"]) == ("Okta created ann@acme.example", 201)
    assert refused["sentence"].startswith("Okta could not create ann@acme.example")


def test_bodies_are_shown_on_demand_with_secrets_masked(asked: None) -> None:
    shown = run("list_provisioning", "Acme", "--bodies", "--failed")["requests"]
    assert len(shown) == 1
    assert shown[0]["body"]["userName"] == "ann@acme.example"
    assert "x7K" not in str(shown)


def test_another_account_sees_nothing_of_it(asked: None) -> None:
    assert run("list_provisioning", "Globex") == {"requests": []}
