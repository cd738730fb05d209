"""A person's browser, as far as a sign-in needs one: cookies, redirects, and forms that are filled in and sent."""

from typing import Any
from urllib.parse import urljoin

import lxml.html
import requests

STEPS = 12  # forms and pages until a sign-in has come to its end


class Visitor:
    """Keeps cookies; answers forms from `knows` (field name -> value), as far as they ask for it."""

    def __init__(self, home: str, **knows: str) -> None:
        self.home, self.knows = home, knows
        self._session = requests.Session()
        self._session.trust_env = False
        self.page: requests.Response
        self.sent: dict[str, str] = {}  # the form that was sent last

    def sign_in(self, start_url: str) -> requests.Response:
        """Goes to the address and through every form of the identity provider; gives the product's page at the end."""
        self.page = self._session.get(start_url, timeout=20)
        for _ in range(STEPS):
            if self._is_home():
                return self.page
            self._send(self._form())
        raise AssertionError(f"Still at {self.page.url} after {STEPS} pages.")

    def log_out(self) -> requests.Response:
        """Presses "Log out" on the start page, and goes with the browser to wherever that leads."""
        self.page = self._session.get(self.home, timeout=20)
        self._send(self._form())
        onwards = lxml.html.fromstring(self.page.content).xpath("//meta[@http-equiv='refresh']/@content")
        return self.says_yes_to_logout(onwards[0].removeprefix("0; url=")) if onwards else self.page

    def log_out_through(self, end: str) -> requests.Response:
        """As `log_out`, with an identity provider that asks nothing: to the page whose address begins with `end`."""
        self.page = self._session.get(self.home, timeout=20)
        self._send(self._form())
        return self._go_on(end)

    def visit(self, address: str, end: str) -> requests.Response:
        """Goes to the address, and on with the pages behind it as a browser with scripts does, to `end`."""
        self.page = self._session.get(address, timeout=20)
        return self._go_on(end)

    def _go_on(self, end: str) -> requests.Response:
        for _ in range(STEPS):
            if self.page.url.startswith(end):
                return self.page
            onwards = lxml.html.fromstring(self.page.content).xpath("//meta[@http-equiv='refresh']/@content")
            if onwards:
                target = urljoin(self.page.url, onwards[0].removeprefix("0; url="))
                self.page = self._session.get(target, timeout=20)
            else:
                self._send(self._form())
        raise AssertionError(f"Still at {self.page.url} after {STEPS} pages.")

    def says_yes_to_logout(self, address: str) -> requests.Response:
        """Goes to the identity provider's own logout page, and agrees."""
        self.page = self._session.get(address, timeout=20)
        self._send(self._form(), logout="yes")
        return self.page

    def is_in(self) -> bool:
        return self._session.get(f"{self.home}/api/me", timeout=20).status_code == 200

    def is_asked_who_they_are(self, start_url: str) -> bool:
        """Whether the identity provider wants to see a password when a sign-in starts."""
        page = self._session.get(start_url, timeout=20)
        return 'type="password"' in page.text

    def me(self) -> dict[str, Any]:
        """What the product says of the person who is signed in."""
        answer = self._session.get(f"{self.home}/api/me", timeout=20)
        assert answer.status_code == 200, answer.text[:500]
        known: dict[str, Any] = answer.json()
        return known

    def _is_home(self) -> bool:
        """At the product, and not on its page that sends a request to a provider that takes no redirect."""
        if not self.page.url.startswith(self.home):
            return False
        forms = lxml.html.fromstring(self.page.content).forms if self.page.content else []
        return all(urljoin(self.page.url, form.action or "").startswith(self.home) for form in forms)

    def _form(self) -> Any:
        assert self.page.status_code == 200, f"{self.page.status_code} at {self.page.url}: {self.page.text[:2000]}"
        forms = lxml.html.fromstring(self.page.content).forms
        assert forms, f"No form at {self.page.url}: {self.page.text[:2000]}"
        return forms[0]

    def _send(self, form: Any, **more: str) -> None:
        fields = {name: value for name, value in form.fields.items() if value is not None}
        fields |= {name: value for name, value in self.knows.items() if name in form.fields}
        fields |= more
        self.sent = fields
        target = urljoin(self.page.url, form.action or "")
        self.page = self._session.request(form.method or "GET", target, data=fields, timeout=20)
