"""A SAML login over real HTTP at a real web server, as a browser makes it: no cookies on the cross-site POST."""

import base64
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import requests
from lxml import etree

from accounts.models import Connection
from tests.support.saml_messages import response


@dataclass
class HttpJourney:
    origin: str
    connection: Connection
    browser: requests.Session = field(default_factory=requests.Session)
    request_id: str = ""

    @property
    def _base(self) -> str:
        return f"{self.origin}/api/accounts/{self.connection.account.slug}/saml/{self.connection.id}"

    def start(self) -> str:
        """Begins; gives the RelayState that the IdP gets, and keeps the id of the request."""
        answer = self.browser.get(f"{self.origin}/login/sso/{self.connection.id}", allow_redirects=False, timeout=10)
        assert answer.status_code == 302, f"{answer.status_code} {answer.text[:300]}"
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        self.request_id = etree.fromstring(zlib.decompress(base64.b64decode(asked["SAMLRequest"][0]), -15)).get("ID")
        return asked["RelayState"][0]

    def message(self, email: str, attributes: dict[str, list[str]] | None = None, **fields: Any) -> str:
        own: dict[str, Any] = {
            "name_id": email,
            "request_id": self.request_id,
            "acs_url": f"{self._base}/acs",
            "sp_entity_id": f"{self._base}/metadata",
            "now": datetime.now(UTC),
            "assertion_id": f"_{uuid4().hex}",
        }
        return response("okta", attributes={"email": [email], **(attributes or {})}, **{**own, **fields})

    def post(self, message: str, relay_state: str) -> str:
        """The cross-site POST, cookieless; gives the local address to go on at."""
        form = {"SAMLResponse": message, "RelayState": relay_state}
        answer = requests.post(f"{self._base}/acs", data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 303, answer.text
        return self.origin + answer.headers["Location"]

    def log_in(self, email: str, **fields: Any) -> requests.Response:
        relay_state = self.start()
        address = self.post(self.message(email, **fields), relay_state)
        return self.browser.get(address, allow_redirects=False, timeout=10)
