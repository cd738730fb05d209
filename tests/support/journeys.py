"""A login over HTTP as a browser makes it: the IdP's cross-site POST comes without Lax cookies, the rest with them."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
from django.http import HttpResponse
from django.test import Client

from accounts.models import Connection, LoginRecord, SignInTransaction
from accounts.sso.saml import service_provider
from tests.support.factories import saml_connection
from tests.support.oidc_messages import CODE, Provider, sign
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import ISSUERS, response


def signed_connection(account: Any, **settings: Any) -> Connection:
    """A live Okta connection whose certificate is that of the message generator."""
    own = {"idp_entity_id": ISSUERS["okta"], "idp_certificates": key_pair("idp").certificate}
    return saml_connection(account, **{**own, **settings})


@dataclass
class SamlJourney:
    """One browser at one connection."""

    connection: Connection
    browser: Client = field(default_factory=Client)
    relay_state: str = ""
    request_id: str = ""

    def start(self, **query: str) -> Any:
        """Follows the connection's start address; keeps what the IdP would learn from the redirect."""
        answer = self.browser.get(f"/login/sso/{self.connection.id}", query)
        self.relay_state = _relay_state(answer)
        row = SignInTransaction.objects.filter(connection=self.connection).order_by("-created_at").first()
        self.request_id = row.request_id if row else ""
        return answer

    def start_test(self) -> None:
        """Tries the connection out, as the admin whose browser this is."""
        answer = self.browser.get(f"/sso/{self.connection.pk}/test")
        self.relay_state = _relay_state(answer)
        self.request_id = SignInTransaction.objects.latest("created_at").request_id

    def message(self, email: str = "dana@acme.example", *, vendor: str = "okta", **fields: Any) -> str:
        own = {
            "issuer": self.connection.idp_entity_id,
            "name_id": email,
            "attributes": {"email": [email]},
            "request_id": self.request_id,
            "acs_url": service_provider.acs_url(self.connection),
            "sp_entity_id": service_provider.entity_id(self.connection),
            "now": datetime.now(UTC),
            "assertion_id": f"_a{LoginRecord.objects.count()}{self.request_id}",
        }
        return response(vendor, **{**own, **fields})

    def post(self, message: str, *, relay_state: str | None = None, connection: Connection | None = None) -> Any:
        """The cross-site POST: the browser withholds its Lax cookies, and keeps those of the answer."""
        form = {"SAMLResponse": message, "RelayState": self.relay_state if relay_state is None else relay_state}
        without_cookies = Client()
        path = urlsplit(service_provider.acs_url(connection or self.connection)).path
        answer = without_cookies.post(path, form, headers={"Origin": "https://acme.okta.example"})
        self.browser.cookies.update(without_cookies.cookies)
        return answer

    def follow(self, answer: Any) -> Any:
        return self.browser.get(answer.headers["Location"])

    def log_in(self, **fields: Any) -> Any:
        self.start()
        return self.follow(self.post(self.message(**fields)))


def _relay_state(start: Any) -> str:
    """Of a redirect, or of the form of a page; empty where the start was refused."""
    if start.status_code == 302:
        return parse_qs(urlsplit(start.headers["Location"]).query).get("RelayState", [""])[0]
    forms = {form.get("id"): form for form in lxml.html.fromstring(start.content).forms}
    return str(forms["send-at-once"].fields["RelayState"]) if "send-at-once" in forms else ""


@dataclass
class OidcJourney:
    """One browser on its way. The provider's page posts from another site, so its client has no cookies."""

    provider: Provider
    browser: Client = field(default_factory=Client)

    def start(self, query: str = "") -> dict[str, str]:
        """What the provider is asked."""
        answer = self.browser.get(f"/login/sso/{self.provider.connection.pk}{query}")
        return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}

    def claims(self, asked: dict[str, str], **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        return self.provider.payload(**{"nonce": asked["nonce"], "iat": now, "nbf": now, "exp": now + 3600, **changes})

    def token(self, asked: dict[str, str], **changes: Any) -> str:
        return sign(self.claims(asked, **changes))

    def post(self, **fields: str) -> HttpResponse:
        return Client().post("/api/accounts/idp-callback", fields)

    def finish(self, answer: HttpResponse, browser: Client | None = None) -> HttpResponse:
        return (browser or self.browser).get(answer["Location"])

    def answer(self, token: str, asked: dict[str, str], **more: str) -> HttpResponse:
        """The provider's answer by the connection's own flow, and what the browser then sees."""
        fields = {"id_token": token}
        if self.provider.connection.flow == "code":
            self.provider.publish("token", {"token_type": "Bearer", "id_token": token, **more})
            fields = {"code": CODE}
        return self.finish(self.post(**fields, state=asked["state"]))

    def log_in(self, **changes: Any) -> HttpResponse:
        asked = self.start()
        return self.answer(self.token(asked, **changes), asked)

    def signed_in_as(self) -> str | None:
        return self.browser.session.get("_auth_user_id")
