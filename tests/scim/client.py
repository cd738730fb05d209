"""A SCIM client as small as can be: what it sends and what it gets are plain JSON."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BASE = "/api/scim"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any


class ScimClient:
    def __init__(self, token: str, user_agent: str = "Okta SCIM Client 1.0.0") -> None:
        self.headers = {"Authorization": f"Bearer {token}", "User-Agent": user_agent}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """`path` below the base; a body that is no text is sent as JSON. A header's underscores become hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        response = Client().generic(
            method,
            BASE + path,
            content,
            content_type=named.pop("Content-Type", "application/scim+json"),
            headers={**self.headers, **named},
        )
        return _answer(response)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def find(self, filter_text: str) -> Answer:
        response = Client().get(f"{BASE}/Users", {"filter": filter_text}, headers=self.headers)
        return _answer(response)

    def create(self, user_name: str, **attributes: Any) -> Answer:
        return self.ask("POST", "/Users", {"schemas": [USER], "userName": user_name, **attributes})

    def patch(self, user_id: object, *operations: dict[str, Any], **headers: str) -> Answer:
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.ask("PATCH", f"/Users/{user_id}", body, **headers)


def _answer(response: HttpResponse) -> Answer:
    body = json.loads(response.content) if response.content else None
    return Answer(response.status_code, body, response.headers)
