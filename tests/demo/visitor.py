"""Client of the stand-in, by WSGI: pages, forms and back-channel calls."""

import base64
import html
import io
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.util import setup_testing_defaults

from demo.idp import Application
from demo.stand_in import REDIRECT_PATH, StandIn

PRODUCT = "http://localhost:8000"
ACS = f"{PRODUCT}/api/accounts/acme/saml/c1/acs"
ENTITY_ID = f"{PRODUCT}/api/accounts/acme/saml/c1/metadata"
REDIRECT_URI = PRODUCT + REDIRECT_PATH


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's form."""
        found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', self.text)
        return {html.unescape(name): html.unescape(value) for name, value in found}

    def target(self) -> str:
        """Where the form with the message goes."""
        match = re.search(r'action="([^"]*)" id="answer"', self.text)
        assert match, self.text
        return html.unescape(match[1])

    def parameters(self) -> dict[str, str]:
        """What a redirect carries."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.headers["Location"]).query).items()}


@dataclass(frozen=True)
class Visitor:
    idp: StandIn
    application: Application

    @classmethod
    def of_new_stand_in(cls, product: str, directory: Path) -> "Visitor":
        idp = StandIn.at(9000, product, directory)
        return cls(idp, Application(idp))

    def get(self, path: str, **fields: str) -> Answer:
        return self._ask("GET", path, urlencode(fields), b"", {})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        return self._ask("POST", path, "", urlencode(fields).encode(), headers)

    def get_as(self, bearer: str, path: str) -> Answer:
        return self._ask("GET", path, "", b"", {"HTTP_AUTHORIZATION": f"Bearer {bearer}"})

    def post_raw(self, path: str, body: bytes, **headers: str) -> Answer:
        return self._ask("POST", path, "", body, headers)

    def _ask(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Answer:
        environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **headers}
        setup_testing_defaults(environ)
        started: list[Any] = []
        chunks = self.application(environ, lambda status, sent, *_: started.extend([status, sent]))
        return Answer(int(started[0].split()[0]), dict(started[1]), b"".join(chunks).decode())


def authn_request(acs: str = ACS, issuer: str = ENTITY_ID, request_id: str = "id77") -> str:
    """SAMLRequest of the Redirect binding, as the product sends it."""
    xml = (
        '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0" '
        f'ID="{request_id}" AssertionConsumerServiceURL="{acs}">'
        f'<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</Issuer></samlp:AuthnRequest>'
    )
    return deflated(xml.encode())


def deflated(content: bytes) -> str:
    packer = zlib.compressobj(wbits=-15)
    return base64.b64encode(packer.compress(content) + packer.flush()).decode()


def form(**rows: str) -> dict[str, str]:
    """The attribute form as a browser posts it: one row for each keyword."""
    fields = {"step": "send", "subject": "bob@acme.example", "person": "bob"}
    for number, (name, values) in enumerate(rows.items(), start=1):
        fields |= {f"name-{number}": name, f"values-{number}": values}
    return fields
