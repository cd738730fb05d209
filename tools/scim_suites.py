"""Run Okta's published SCIM suites against a running server. The suites are Okta's: they are fetched, not kept here.

    python -m tools.scim_suites FILE URL TOKEN

FILE is `Okta-SCIM-20-SPEC-Test.json` or `Okta-SCIM-20-CRUD-Test.json`, from Okta's developer documentation. The CRUD
suite asks Okta to change a person and then looks at the server; here this program sends what Okta would send.
"""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_OKTA = "{{oktaOrgUrl}}"


@dataclass
class Answer:
    status: int
    text: str
    milliseconds: float

    def value(self, path: str | None) -> Any:
        """`Resources[0].name.familyName` of the JSON; None when it is not there."""
        found = json.loads(self.text or "null")
        for part in re.findall(r"[^.\[\]]+", path or ""):
            try:
                found = found[int(part)] if isinstance(found, list) else found.get(part)
            except (IndexError, ValueError, AttributeError):
                return None
        return found


def send(method: str, url: str, body: str, headers: dict[str, str]) -> Answer:
    """Send a request; an error status is a response like any other."""
    request = urllib.request.Request(url, body.encode() or None, headers, method=method)
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            status, content = response.status, response.read()
    except urllib.error.HTTPError as refusal:
        status, content = refusal.code, refusal.read()
    return Answer(status, content.decode(), (time.perf_counter() - began) * 1000)


@dataclass
class Suite:
    base: str
    token: str
    variables: dict[str, str] = field(default_factory=dict)
    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def filled(self, text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda name: self.variables.get(name[1], ""), text)

    def play(self, step: dict[str, Any]) -> None:
        """Send the step's request, keep the values it names, and count its assertions."""
        answer = self._as_okta(step) if step["url"].startswith(_OKTA) else self._ask(step)
        for kept in step["variables"]:
            if kept["name"] and (value := answer.value(kept["property"])) is not None:
                self.variables[kept["name"]] = str(value)
        for assertion in step["assertions"]:
            self._count(step["note"], assertion, answer)

    def _ask(self, step: dict[str, Any]) -> Answer:
        url = urllib.parse.quote(self.filled(step["url"]), safe=":/?=&%")
        headers = {name: value if isinstance(value, str) else value[0] for name, value in step["headers"].items()}
        return send(step["method"], url, self.filled(step.get("body", "")), self._filled_headers(headers))

    def _filled_headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {name: self.filled(value) for name, value in headers.items()}

    def _count(self, note: str, assertion: dict[str, Any], answer: Answer) -> None:
        received = _received(assertion, answer)
        expected = self.filled(str(assertion["value"] if assertion["value"] is not None else ""))
        if _COMPARISONS[assertion["comparison"]](received, expected):
            self.passed += 1
        else:
            where = assertion.get("property") or assertion["source"]
            self.failed.append(f"{note}: {where} {assertion['comparison']} {expected!r}; received {received!r}")

    def _as_okta(self, step: dict[str, Any]) -> Answer:
        """Do at the server what Okta does for this request; return Okta's response."""
        body = json.loads(self.filled(step.get("body") or "null"))
        url, method = step["url"], step["method"]
        if url.endswith("activate=true"):
            return _okta_says(200, {"id": "00u1suite"})
        if method == "POST" and url.endswith("/users"):
            return _okta_says(self._assign(body))
        if method == "PUT":
            return _okta_says(self._push(body["profile"]["firstName"]))
        if url.endswith("/deactivate") or method == "DELETE":
            return _okta_says(self._patch_active(False), status_when_done=204 if method == "DELETE" else 200)
        return _okta_says(200)

    def _assign(self, body: dict[str, Any]) -> int:
        """O2, O6: look the user up, then create or activate them."""
        profile = body["profile"]
        name = body["credentials"]["userName"]
        query = urllib.parse.urlencode({"filter": f'userName eq "{name}"', "startIndex": 1, "count": 100})
        found = self._scim("GET", f"/Users?{query}").value("Resources[0].id")
        if found:
            return self._patch_active(True)
        names = {"givenName": profile["givenName"], "familyName": profile["familyName"]}
        emails = [{"primary": True, "value": profile["email"], "type": profile["emailType"]}]
        person = {"schemas": [USER], "userName": name, "name": names, "emails": emails, "active": True}
        return self._scim("POST", "/Users", {**person, "externalId": "00u1suite", "password": uuid.uuid4().hex}).status

    def _push(self, given_name: str) -> int:
        """O4: the whole profile, with the change."""
        path = f"/Users/{self.variables['scim_id']}"
        person = json.loads(self._scim("GET", path).text)
        person["name"]["givenName"] = given_name
        return self._scim("PUT", path, person).status

    def _patch_active(self, active: bool) -> int:
        body = {"Operations": [{"op": "replace", "value": {"active": active}}]}
        return self._scim("PATCH", f"/Users/{self.variables['scim_id']}", body).status

    def _scim(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "User-Agent": "Okta SCIM Client 1.0.0"}
        headers["Content-Type"] = "application/scim+json; charset=utf-8"
        return send(method, self.base + path, json.dumps(body) if body is not None else "", headers)


def _okta_says(status: int, body: Any = None, status_when_done: int = 200) -> Answer:
    """Okta's own API succeeds when provisioning did."""
    return Answer(status_when_done if status in (200, 201, 204) else status, json.dumps(body), 0)


def _received(assertion: dict[str, Any], answer: Answer) -> Any:
    if assertion["source"] == "response_status":
        return answer.status
    return answer.milliseconds if assertion["source"] == "response_time" else answer.value(assertion["property"])


def _text(value: Any) -> str:
    return json.dumps(value) if not isinstance(value, str) else value


_COMPARISONS: dict[str, Callable[[Any, str], bool]] = {
    "equal_number": lambda received, expected: received is not None and float(received) == float(expected),
    "equal": lambda received, expected: _text(received) == expected,
    "not_empty": lambda received, _: received not in (None, "", [], {}),
    "has_value": lambda received, expected: expected in _text(received),
    "contains": lambda received, expected: expected in _text(received),
    "is_a_number": lambda received, _: isinstance(received, int) and not isinstance(received, bool),
    "is_less_than": lambda received, expected: received < float(expected),
}


def variables(base: str, token: str) -> dict[str, str]:
    """Unused names, by the variables of the two suites."""
    mark = uuid.uuid4().hex[:8]
    name = f"suite-{mark}@acme.example"
    spec = {"SCIMBaseURL": base, "auth": f"Bearer {token}", "InvalidUserEmail": f"nobody-{mark}@acme.example"}
    spec |= {"UserIdThatDoesNotExist": "010101001010101011001010101011", "randomEmail": name, "randomUsername": name}
    spec |= {"randomUsernameCaps": name.upper(), "randomGivenName": "Suite", "randomFamilyName": mark.capitalize()}
    crud = {"SCIMUrl": base, "SCIMAuth": f"Bearer {token}", "okta_user_email": f"crud-{mark}@acme.example"}
    crud |= {"okta_user_firstname": "Crud", "okta_user_lastname": "Suite", "okta_user_firstname_update": "Changed"}
    return {**spec, **crud}


def main(file: str, base: str, token: str) -> int:
    suite = Suite(base.rstrip("/"), token, variables(base.rstrip("/"), token))
    content = json.loads(Path(file).read_text())
    for step in content["steps"]:
        if step["step_type"] == "request":
            suite.play(step)
    for line in suite.failed:
        print(f"FAILED {line}")
    print(f"{content['name']}: {suite.passed} of {suite.passed + len(suite.failed)} assertions hold.")
    return 1 if suite.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
