"""A provisioning client over HTTP, as an identity provider's: it may ask again once, as they all do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATIENCE = 20  # seconds


def person(user_name: str, **more: Any) -> dict[str, Any]:
    emails = [{"primary": True, "type": "work", "value": user_name}]
    return {"schemas": [USER], "userName": user_name, "emails": emails, **more}


def replace(**values: Any) -> dict[str, Any]:
    operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
    return {"schemas": [PATCH], "Operations": operations}


@dataclass
class ScimClient:
    """`wait`: what to do before a request that met a broken connection or a 503 is sent once more; None: it is not."""

    origin: str
    token: str
    wait: Callable[[], object] | None = None
    session: requests.Session = field(default_factory=requests.Session)
    again: int = 0  # requests that were sent a second time

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        answer = self._ask(method, path, body)
        if self.wait and (answer is None or answer.status_code == 503):
            self.again += 1
            self.wait()
            answer = self._ask(method, path, body)
        assert answer is not None, f"{method} {path}: the connection broke"
        return answer

    def _ask(self, method: str, path: str, body: Any) -> requests.Response | None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        url = f"{self.origin}/api/scim{path}"
        try:
            return self.session.request(method, url, json=body, headers=headers, timeout=PATIENCE)
        except requests.ConnectionError:
            if self.wait is None:
                raise
            return None

    def create(self, user_name: str, **more: Any) -> requests.Response:
        return self.ask("POST", "/Users", person(user_name, **more))

    def set(self, user_id: object, **values: Any) -> requests.Response:
        return self.ask("PATCH", f"/Users/{user_id}", replace(**values))
