"""Okta or Entra as the conversation tests play them: their headers, and their bodies out of `tests/payloads`."""

import json
from pathlib import Path
from typing import Any

from tests.scim.client import Answer, ScimClient

PAYLOADS = Path(__file__).parent.parent / "payloads"
USER_AGENTS = {"okta": "Okta SCIM Client 1.0.0", "entra": "azure-ad-provisioning/1.0"}


class Provider(ScimClient):
    """`version`: what stands between the base and the resource, as "/v2"."""

    def __init__(self, vendor: str, token: str, version: str = "") -> None:
        super().__init__(token, USER_AGENTS[vendor])
        self.vendor, self.version = vendor, version

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        kind = {"Content_Type": "application/scim+json; charset=utf-8"}
        return super().ask(method, self.version + path, body, **{**kind, **headers})

    def payload(self, file: str, /, **changed: Any) -> dict[str, Any]:
        """The body in that file, with some of its attributes changed."""
        read = json.loads((PAYLOADS / self.vendor / "scim" / f"{file}.json").read_text())
        return {**read, **changed}

    def look_up(self, filter_text: str) -> list[dict[str, Any]]:
        """Who a filter finds."""
        answer = self.find(filter_text)
        assert answer.status == 200, answer.body
        assert answer.body["totalResults"] == len(answer.body["Resources"])
        return list(answer.body["Resources"])

    def announce(self, file: str, /, **changed: Any) -> str:
        """Creates who is in that file; gives the address."""
        answer = self.ask("POST", "/Users", self.payload(file, **changed))
        assert answer.status == 201, answer.body
        return f"/Users/{answer.body['id']}"
