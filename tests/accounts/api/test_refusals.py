"""Whatever a program sends, it gets JSON with a sentence that says what was expected; never a defect of ours."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tokens import revocation, tokens
from tests.accounts.api.programs import Program, logged_in
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
LOGIN, TOKENS, REVOKE = "/api/accounts/login", "/api/token/longtoken", "/api/token/revoke"
NO_JSON = [
    b"{", b"nul", b"\xff\xfe{}", b'{"email": NaN}', b'{"a":1,"a":2}', b"[" * 100_000, b'{"a":' * 50_000,
    b'{"email": "\\u0000"}', b'{"email": "\\ud800"}', b"1" * 10_000, b'{"email": "\x00"}',
]  # fmt: skip
ODD: list[Any] = [None, True, 1, 1.5, 10**400, [], ["x"], {}, {"a": 1}, "", "x" * 5_000]


@pytest.mark.parametrize("content", NO_JSON, ids=range(len(NO_JSON)))
@pytest.mark.parametrize("path", [LOGIN, "/api/accounts/acme/login", REVOKE])
def test_what_is_no_json_is_refused_as_such(cast: Cast, path: str, content: bytes) -> None:
    answer = Program().ask("POST", path, content)
    assert answer.status == 400
    assert "Expected" in answer.body["detail"]


@pytest.mark.parametrize("body", [None, True, 1, "text", [], [{}]])
def test_a_body_that_is_no_object_is_refused_as_such(cast: Cast, body: Any) -> None:
    answer = Program().ask("POST", "/api/accounts/acme/login", json.dumps(body).encode())
    assert answer.status == 400
    assert "xpected a JSON object" in answer.body["detail"]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("member", ["email", "password"])
def test_a_member_of_another_kind_is_named(cast: Cast, member: str, value: Any) -> None:
    body = {"email": "a@x", "password": "p", member: value}
    answer = Program().ask("POST", LOGIN, body)
    assert answer.status == 400
    assert member in answer.body["errors"]
    assert f"n '{member}': expected" in answer.body["detail"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *[("name", value) for value in ODD],
        *[("permissions", value) for value in ODD if value not in ([], ["x"])],
        *[("permissions", [value]) for value in ODD if value != "x"],
        *[("expires_in_days", value) for value in (0, -1, 366, 10**400, True, "5", 1.5, [], {}, "")],
    ],
    ids=str,
)
def test_a_wish_of_another_kind_is_named(cast: Cast, member: str, value: Any) -> None:
    answer = logged_in("alice@acme.example").ask("POST", TOKENS, {"name": "CI", member: value})
    assert answer.status == 400
    assert any(named.startswith(member) for named in answer.body["errors"])


def test_a_password_is_not_repeated(cast: Cast) -> None:
    answer = Program().ask("POST", LOGIN, b'{"email": "a@x", "password": "tell-nobody" oops}')
    assert (answer.status, "tell-nobody" in str(answer.body)) == (400, False)


@pytest.mark.parametrize("account", ["%00", "a%00b", "%ff", "%ed%a0%80", "x" * 2_000, "..%2f", "%0a", "%25"])
def test_an_odd_account_in_the_address_is_no_defect(cast: Cast, account: str) -> None:
    answer = Program().client.post(
        f"/api/accounts/{account}/login", {"email": "a@x", "password": "p"}, content_type="application/json"
    )
    assert answer.status_code in (400, 401, 404)


@pytest.mark.parametrize("email", ["a" * 256 + "@x", "ß" * 200, "a@x\n", "\x7f", "' or 1=1 --"])
def test_an_odd_email_is_a_wrong_one(cast: Cast, email: str) -> None:
    assert Program().status("POST", LOGIN, {"email": email, "password": "p"}) == 401


def test_a_refusal_of_a_service_has_its_code(cast: Cast) -> None:
    answer = logged_in("bob@acme.example").ask("POST", TOKENS, {"name": "CI", "permissions": ["Manage Users"]})
    assert answer.body["code"] == "token-exceeds-owner"


def test_a_huge_body_is_refused(cast: Cast) -> None:
    answer = Program().ask("POST", LOGIN, b" " * (1024 * 1024 + 1))
    assert answer.status == 413
    assert "megabyte" in answer.body["detail"]


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", "é/x"]
)
def test_another_media_type_is_refused(cast: Cast, media_type: str) -> None:
    answer = Program().client.generic("POST", LOGIN, b"email=a&password=b", content_type=media_type)
    assert (answer.status_code, "detail" in answer.json()) == (415, True)


def test_an_unforeseen_error_says_nothing_of_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("inner words")

    monkeypatch.setattr(revocation, "revoke_text", broken)
    answer = Program().ask("POST", REVOKE, {"token": "x"})
    assert (answer.status, "inner words" in str(answer.body)) == (500, False)


def test_an_unavailable_database_is_answered_as_everywhere(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("host=db")

    monkeypatch.setattr(revocation, "revoke_text", away)
    program = Program()
    program.client.raise_request_exception = False
    answer = program.ask("POST", REVOKE, {"token": "x"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["Manage Users"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
members = st.sampled_from(["email", "password", "account", "token", "name", "permissions", "expires_in_days"])
bodies = st.dictionaries(members, values, max_size=4) | values
contents = st.builds(lambda value: json.dumps(value).encode(), bodies) | st.binary(max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([LOGIN, "/api/accounts/acme/login", TOKENS, REVOKE]), content=contents)
def test_nothing_that_is_sent_is_a_defect(cast: Cast, path: str, content: bytes) -> None:
    _, text = tokens.issue_short_token(cast.bob)
    assert Program(text).status("POST", path, content) in (200, 201, 400, 401, 403, 429)
