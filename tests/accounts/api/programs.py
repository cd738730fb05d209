"""A client of the REST endpoints, for tests."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.support.cast import PASSWORD
from tests.support.secrets_in_logs import secret


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any


@dataclass
class Program:
    """Sends JSON, with its token if it has one."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.client.generic(method, path, content, content_type="application/json", headers={**own, **headers})
        received = json.loads(answer.content) if answer.content else None
        return Answer(answer.status_code, received, answer.headers)

    def status(self, method: str, path: str, body: Any = None) -> int:
        return self.ask(method, path, body).status


def try_login(email: str, password: str = PASSWORD, account: str = "") -> Answer:
    path = f"/api/accounts/{account}/login" if account else "/api/accounts/login"
    return Program().ask("POST", path, {"email": email, "password": password})


def logged_in(email: str, account: str = "") -> Program:
    """With the short token of a login that must succeed."""
    answer = try_login(email, account=account)
    assert answer.status == 200, answer.body
    return Program(secret(answer.body["access_token"]))


def with_long_token(program: Program, **wanted: Any) -> Program:
    """With a long token that `program` asked for."""
    answer = program.ask("POST", "/api/token/longtoken", {"name": "CI", **wanted})
    assert answer.status == 201, answer.body
    return Program(secret(answer.body["token"]))
