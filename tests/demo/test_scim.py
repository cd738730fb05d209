"""`python -m demo.scim`: happy with the product, and unhappy with every server that is not as the providers expect."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import User
from accounts.tokens import tokens
from demo import scim, scim_entra, scim_okta
from demo.scim_wire import Answer, Carry, Surprise, Wire
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
BASE = "http://localhost:8000/api/scim"

Spoil = Callable[[str, str, Answer], Answer]


def in_process(spoil: Spoil = lambda method, url, answer: answer) -> Carry:
    """Carries requests to the product in this process; `spoil` may change the answers."""
    client = Client()

    def carry(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        rest = {name: value for name, value in headers.items() if name != "Content-Type"}
        got = client.generic(method, url, body or b"", content_type=headers["Content-Type"], headers=rest)
        types = got.headers.get("Content-Type", "")
        return spoil(method, url, Answer(got.status_code, types, got.headers.get("Location", ""), got.content.decode()))

    return carry


@pytest.fixture
def token(cast: Cast) -> str:
    return tokens.issue_service_token(cast.acme, "demo", ["Manage Users"], acting=OPERATOR)[1]


def wire(token: str, url: str = BASE, spoil: Spoil | None = None, said: list[str] | None = None) -> Wire:
    carry = in_process(spoil) if spoil else in_process()
    return Wire(url, token, "test", carry, (said if said is not None else []).append)


@pytest.mark.parametrize("base", [BASE, f"{BASE}/", f"{BASE}/v2"])
def test_okta_is_happy(token: str, base: str) -> None:
    scim_okta.play(wire(token, base), "k1")
    assert User.objects.get(user_name="ann.k1@acme.example").state == "pending"


@pytest.mark.parametrize("url", [BASE, f"{BASE}?aadOptscim062020"], ids=["today's dialect", "the newer dialect"])
def test_entra_is_happy(token: str, url: str) -> None:
    scim_entra.play(wire(token, url), "k1")
    assert not User.objects.filter(user_name="bo.k1@acme.example", erased_at=None).exists()


def test_it_can_be_played_again(token: str) -> None:
    for key in ("k1", "k2"):
        scim_okta.play(wire(token), key)
        scim_entra.play(wire(token), key)


def test_each_step_is_shown_with_request_and_answer(token: str) -> None:
    said: list[str] = []
    scim_okta.play(wire(token, said=said), "k1")
    assert "\nO1 Test the connection" in said
    assert said.index("  > GET /Users?startIndex=1&count=2") == said.index("\nO1 Test the connection") + 1
    assert any(line.startswith("  < 201 {") for line in said)


def test_neither_token_nor_password_is_shown(token: str) -> None:
    said: list[str] = []
    scim_okta.play(wire(token, said=said), "k1")
    assert not any(token in line or "x7Kq20pZ" in line for line in said)


def spoiled(method: str, ending: str, **changed: Any) -> Spoil:
    """Changes what comes back for one kind of request."""

    def spoil(asked: str, url: str, answer: Answer) -> Answer:
        if asked == method and ending in url:
            return Answer(**{**answer.__dict__, **changed})
        return answer

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoiled("GET", "startIndex=1&count=2", status=500), "Expected status 200; received 500"),
        (spoiled("GET", "startIndex=1&count=2", content_type="application/json"), "Expected Content-Type"),
        (spoiled("GET", "startIndex=1&count=2", text="[]"), "Expected a JSON object"),
        (spoiled("GET", "startIndex=1&count=2", text="<html>"), "Expected a JSON body"),
        (spoiled("GET", "filter=", status=404), "Expected status 200; received 404"),
        (spoiled("POST", "/Users", status=200), "Expected status 201; received 200"),
        (spoiled("POST", "/Users", location=""), "Expected the user's address in Location"),
        (spoiled("PATCH", "/Users", text="{}"), "Expected active False; received None"),
    ],
)
def test_okta_stops_at_the_first_surprise(token: str, spoil: Spoil, sentence: str) -> None:
    with pytest.raises(Surprise, match=sentence):
        scim_okta.play(wire(token, spoil=spoil), "k1")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoiled("GET", "filter=", text='{"schemas": []}'), "Expected a ListResponse"),
        (spoiled("PATCH", "/Users", status=501), "Expected status 200; received 501"),
        (spoiled("DELETE", "/Users", status=200), "Expected status 204; received 200"),
    ],
)
def test_entra_stops_at_the_first_surprise(token: str, spoil: Spoil, sentence: str) -> None:
    with pytest.raises(Surprise, match=sentence):
        scim_entra.play(wire(token, spoil=spoil), "k1")


def test_counters_that_are_words_are_a_surprise() -> None:
    text = '{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": "1"}'
    with pytest.raises(Surprise, match="Expected whole numbers"):
        Answer(200, "application/scim+json", "", text).is_list()


def test_a_server_that_is_not_there_ends_in_one_sentence_and_exit_1() -> None:
    errors = io.StringIO()
    with redirect_stderr(errors), redirect_stdout(io.StringIO()):
        assert scim.main(["entra", "http://127.0.0.1:9/api/scim", "no-token"]) == 1
    assert "Not as Entra expects it. Expected an answer" in errors.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("provider", ["okta", "entra"])
def test_the_command_is_happy_with_a_running_server(live_server: Any, token: str, provider: str) -> None:
    shown = io.StringIO()
    with redirect_stdout(shown):
        assert scim.main([provider, f"{live_server.url}/api/scim", token]) == 0
    assert shown.getvalue().endswith(f"{provider.title()} is happy.\n")
