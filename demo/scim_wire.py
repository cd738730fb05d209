"""The wire between a stand-in identity provider and a SCIM service: asks, shows what went over it, and stops at the
first answer that a real provider would not be happy with.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATIENCE = 60  # seconds; Okta gives up after them (C11)
SHOWN = 400  # characters of a body


class Surprise(Exception):
    """An answer that the provider did not expect; the message is a sentence."""


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    location: str
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """Raises Surprise if there is no JSON object."""
        try:
            read = json.loads(self.text)
        except ValueError:
            raise Surprise(f"Expected a JSON body; received {self.text[:80]!r}.") from None
        if not isinstance(read, dict):
            raise Surprise(f"Expected a JSON object; received {self.text[:80]!r}.")
        return read

    def is_user(self, status: int = 200, **expected: Any) -> dict[str, Any]:
        """The user, who has these values. Raises Surprise."""
        self._is(status)
        for name, value in expected.items():
            if self.body.get(name) != value:
                raise Surprise(f"Expected {name} {value!r}; received {self.body.get(name)!r}.")
        if not self.body.get("id"):
            raise Surprise("Expected a user with an id; received none.")
        return self.body

    def is_list(self, total: int | None = None) -> list[dict[str, Any]]:
        """The resources of one page, whose counters are numbers. Raises Surprise."""
        self._is(200)
        if LIST not in self.body.get("schemas", []):
            raise Surprise(f"Expected a ListResponse; received schemas {self.body.get('schemas')!r}.")
        counters = [self.body.get(name, 0) for name in ("totalResults", "startIndex", "itemsPerPage")]
        if not all(type(counter) is int for counter in counters):
            raise Surprise(f"Expected whole numbers as counters; received {counters!r}.")
        if total is not None and counters[0] != total:
            raise Surprise(f"Expected totalResults {total}; received {counters[0]}.")
        return list(self.body.get("Resources", []))

    def is_error(self, status: int) -> None:
        """Raises Surprise unless this is a SCIM error with a detail that an administrator can read."""
        self._is(status)
        if ERROR not in self.body.get("schemas", []) or self.body.get("status") != str(status):
            raise Surprise(f"Expected a SCIM error with status '{status}'; received {self.text[:80]!r}.")
        if not self.body.get("detail"):
            raise Surprise("Expected an error with a detail; received none.")

    def is_empty(self) -> None:
        """Raises Surprise unless this is 204."""
        self._is(204)

    def _is(self, status: int) -> None:
        if self.status != status:
            raise Surprise(f"Expected status {status}; received {self.status}: {self.text[:200]}")
        if self.text and not self.content_type.startswith("application/scim+json"):
            raise Surprise(f"Expected Content-Type application/scim+json; received {self.content_type!r}.")


# Method, absolute address, headers, body -> answer.
Carry = Callable[[str, str, dict[str, str], bytes | None], Answer]


def over_http() -> Carry:
    session = requests.Session()

    def carry(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        try:
            got = session.request(method, url, headers=headers, data=body, timeout=PATIENCE, allow_redirects=False)
        except requests.RequestException as problem:
            raise Surprise(f"Expected an answer from {url}; received none ({type(problem).__name__}).") from None
        return Answer(got.status_code, got.headers.get("Content-Type", ""), got.headers.get("Location", ""), got.text)

    return carry


@dataclass
class Wire:
    """`url`: the SCIM base as an administrator typed it; Entra's flags may stand in its query."""

    url: str
    token: str
    user_agent: str
    carry: Carry = field(default_factory=over_http)
    say: Callable[[str], object] = print

    def step(self, title: str) -> None:
        self.say(f"\n{title}")

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> Answer:
        """One request; `path` begins after the base URL."""
        self.say(f"  > {method} {path}")
        if body is not None:
            self.say(f"    {_shortened(json.dumps(_masked(body), ensure_ascii=False))}")
        headers = {"Authorization": f"Bearer {self.token}" if token is None else token, "User-Agent": self.user_agent}
        headers |= {"Content-Type": "application/scim+json; charset=utf-8", "Accept": "application/scim+json"}
        sent = None if body is None else json.dumps(body).encode()
        answer = self.carry(method, self._address(path), headers, sent)
        self.say(f"  < {answer.status} {_shortened(answer.text)}".rstrip())
        return answer

    def _address(self, path: str) -> str:
        base = urlsplit(self.url)
        path, _, query = path.partition("?")
        both = "&".join(part for part in (base.query, query) if part)
        return base._replace(path=base.path.rstrip("/") + path, query=both).geturl()


def _masked(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "password": "…"} if "password" in body else body


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
