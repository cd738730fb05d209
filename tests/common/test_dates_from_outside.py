"""Each input of a date or time, with each date there should not be: an answer or a sentence, never a 500.

`ADDRESSES` and `FORMS` hold the inputs of pages, SCIM and REST; `COMMANDS` those of commands. Those in messages
of identity providers are in `tests.accounts.sso.test_dates`.
"""

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError
from django.test import Client
from hypothesis import HealthCheck, given, settings

from accounts.models import ApiToken, Connection, HeldDeparture, User
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.dates import NUMBERS, TEXTS, any_text
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db
SOON = "2026-01-01T00:00:00Z"

ADDRESSES = [
    "/audit/export.csv?since={}",
    "/audit/export.csv?until={}",
    "/audit/export.jsonl?since={}&until=" + SOON,
    "/audit?since={}",
    "/audit?until={}",
    "/audit?before={}",
    "/audit?after={}",
    "/logins?since={}",
    "/logins?until={}&before={}",
    "/provisioning/requests?since={}",
    "/provisioning/requests?until={}",
    "/provisioning/requests?after={}",
]
FORMS: dict[str, Callable[[Connection, str], tuple[str, dict[str, str]]]] = {
    "the end of a client secret": lambda connection, text: (
        f"/sso/{connection.pk}/secret",
        {"secret-client_secret": "hush-hush", "secret-expires_at": text},
    ),
    "who is held until": lambda _, text: ("/provisioning/held/keep", {"until": text}),
    "who is held until, confirmed": lambda _, text: (
        "/provisioning/held/keep",
        {"until": text, "done": text, "confirmed": "yes"},
    ),
}


@pytest.fixture
def alice(cast: Cast) -> Client:
    """She reads times where the day begins first of all: what is late in UTC is later there."""
    User.objects.filter(pk=cast.alice.pk).update(timezone="Pacific/Kiritimati")
    HeldDeparture.objects.create(account=cast.acme, user=cast.bob, asked_by="Okta")
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser


def get(browser: Client, address: str, text: str) -> Any:
    answer = browser.get(address.replace("{}", quote(text)))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_answers_with_500(alice: Client, address: str) -> None:
    assert {get(alice, address, text).status_code for text in TEXTS} <= {200, 400}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_text)
def test_no_address_answers_any_text_with_500(alice: Client, text: str) -> None:
    sent = text.encode(errors="replace").decode()
    assert {get(alice, address, sent).status_code for address in ADDRESSES} <= {200, 400}


def test_an_export_from_before_all_time_is_refused_in_a_sentence(alice: Client) -> None:
    answer = get(alice, ADDRESSES[0], "0001-01-01T00:00:00+23:59")
    assert answer.status_code == 400
    assert answer.content.decode().startswith("Expected a time like 2026-11-23T14:00:00Z or a date; received '0001-01")


@pytest.mark.parametrize("form", FORMS)
def test_no_form_answers_with_500(cast: Cast, alice: Client, form: str) -> None:
    connection = oidc_connection(cast.acme)
    for text in TEXTS:
        path, fields = FORMS[form](connection, text)
        assert alice.post(path, fields).status_code in (200, 302)
        assert alice.get(f"/sso/{connection.pk}").status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_end_of_a_client_secret_is_a_day_of_this_century(cast: Cast, alice: Client, day: str) -> None:
    path, fields = FORMS["the end of a client secret"](oidc_connection(cast.acme), day)
    assert "Enter a date in this century" in alice.post(path, fields).content.decode()


@pytest.mark.parametrize("name", ["exp", "iat", "nbf", "auth_time"])
def test_what_if_takes_a_token_of_any_time(cast: Cast, alice: Client, name: str) -> None:
    form = {"connection": str(oidc_connection(cast.acme).pk)}
    for value in NUMBERS:
        form["attributes"] = json.dumps({"email": "dana@acme.example", "auth_time": 12, name: value})
        assert "would sign in" in alice.post("/logins/what-if", form).content.decode()


@pytest.mark.parametrize("attribute", ["meta.created", "meta.lastModified"])
def test_a_scim_filter_answers_or_refuses(cast: Cast, attribute: str) -> None:
    okta = ScimClient(service_token(cast.acme))
    for text, operator in itertools.product(TEXTS, ("eq", "gt", "le")):
        answer = okta.find(f"{attribute} {operator} {json.dumps(text)}")
        assert answer.status == 200 or (answer.status, answer.body["scimType"]) == (400, "invalidFilter")


def test_scim_never_takes_the_times_that_it_gives(cast: Cast) -> None:
    okta = ScimClient(service_token(cast.acme))
    for number, value in enumerate([*TEXTS, *NUMBERS]):
        created = okta.create(f"erin{number}@acme.example", meta={"created": value, "lastModified": value})
        assert created.status in (201, 400)
        assert created.status == 400 or created.body["meta"]["created"] != value


def test_rest_gives_a_token_of_up_to_a_year(alice: Client) -> None:
    for value in NUMBERS:
        body = json.dumps({"name": "x", "permissions": [], "expires_in_days": value})
        answer = alice.post("/api/token/longtoken", body, content_type="application/json")
        assert answer.status_code in (201, 400)


COMMANDS: dict[str, tuple[str, ...]] = {
    "since": ("export_audit_log", "Acme", "--format", "csv", "--since={}"),
    "until": ("export_audit_log", "Acme", "--format", "csv", "--until={}"),
    "days": ("create_token", "Acme", "alice@acme.example", "--name", "x", "--expires-in-days={}"),
    "days of keeping people": ("account_settings", "Acme", "--retention-days={}"),
    "days of keeping logins": ("account_settings", "Acme", "--login-retention-days={}"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_does_it_or_says_what_it_expected(cast: Cast, tmp_path: Path, name: str) -> None:
    for number, text in enumerate([*TEXTS, "0", "-1", "3651", "1000000000", "9" * 30]):
        arguments = [argument.replace("{}", text) for argument in COMMANDS[name]]
        output = ["--output", str(tmp_path / str(number))] if arguments[0] == "export_audit_log" else []
        assert re.match(r"$|Expected |Error: argument .*invalid int value", said(*arguments, *output))


def said(*arguments: str) -> str:
    """Why the command refused; empty: it did what it was asked."""
    try:
        run(*arguments)
    except CommandError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize("days", ["0", "-1", "3651", "1000000000"])
def test_a_token_ends_after_one_to_3650_days(cast: Cast, days: str) -> None:
    with pytest.raises(CommandError, match="Expected a token to end after 1 to 3650 days"):
        run(*(argument.replace("{}", days) for argument in COMMANDS["days"]))
    assert not ApiToken.objects.exists()
