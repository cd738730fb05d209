"""A login by OpenID Connect's code flow over real HTTP: a provider that checks the client secret, and a browser."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from accounts.models import Connection
from tests.support.oidc_messages import jwk, sign

SECRET = "client-secret-of-the-code-flow"
CLIENT = "0oa1code"


class _Provider(BaseHTTPRequestHandler):
    """The code is the nonce with the e-mail behind it, so nothing has to be remembered."""

    def do_GET(self) -> None:
        issuer = f"http://{self.headers['Host']}"
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {"issuer": issuer, **{name: f"{issuer}/{path}" for name, path in names.items()}}
        found |= {"end_session_endpoint": f"{issuer}/logout"}
        found |= {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        self._answer(200, {"keys": [jwk()]} if self.path == "/keys" else found)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if form["client_secret"] != [SECRET] or not form.get("code_verifier"):
            self._answer(401, {"error": "invalid_client"})
            return
        nonce, _, email = form["code"][0].partition(" ")
        now = int(time.time())
        who = {"sub": email, "email": email, "email_verified": True, "nonce": nonce}
        issued = {"iss": f"http://{self.headers['Host']}", "aud": CLIENT, "iat": now, "exp": now + 600}
        self._answer(200, {"token_type": "Bearer", "id_token": sign({**who, **issued})})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Not on the test's output."""


@contextmanager
def running_provider() -> Iterator[str]:
    """Its issuer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class CodeJourney:
    origin: str
    connection: Connection
    browser: requests.Session = field(default_factory=requests.Session)

    def start(self) -> dict[str, str]:
        """Begins; gives what the provider is asked."""
        answer = self.browser.get(f"{self.origin}/login/sso/{self.connection.id}", allow_redirects=False, timeout=20)
        assert answer.status_code == 302, f"{answer.status_code} {answer.text[:300]}"
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def finish(self, asked: dict[str, str], email: str) -> requests.Response:
        form = {"code": f"{asked['nonce']} {email}", "state": asked["state"]}
        callback = f"{self.origin}/api/accounts/idp-callback"
        answer = requests.post(callback, data=form, allow_redirects=False, timeout=20)
        assert answer.status_code == 303, answer.text
        return self.browser.get(self.origin + answer.headers["Location"], allow_redirects=False, timeout=20)

    def log_in(self, email: str) -> requests.Response:
        return self.finish(self.start(), email)
