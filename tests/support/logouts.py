"""A SAML logout over HTTP, from either side, as browsers make it: cross-site posts come without cookies."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from django.test import Client

from accounts.models import Account, Connection, SignedInSession
from accounts.sso.saml import service_provider
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.saml_keys import key_pair
from tests.support.saml_logout_messages import logout_message, posted, redirected, sent
from tests.support.saml_messages import SAMLP, Element

IDP_SLO = "https://acme.okta.example/app/exk1acme/slo/saml"
IDP_ANSWERS = "https://acme.okta.example/app/exk1acme/slo/answers"


def logout_connection(account: Account, **settings: Any) -> Connection:
    """A live connection whose IdP takes logout messages, and that has a key to sign its own."""
    pair = key_pair("sp")
    own = {"sp_private_key": pair.private_pem, "sp_certificate": pair.certificate, "slo_url": IDP_SLO}
    return signed_connection(account, **{**own, **settings})


@dataclass
class Visit:
    """A person who is signed in through the connection; their SessionIndex is the ID of the request (as Okta's)."""

    connection: Connection
    email: str = "dana@acme.example"
    browser: Client = field(default_factory=Client)
    session_index: str = ""
    at_login: dict[str, Any] = field(default_factory=dict)  # what is other than usual in the message

    def __post_init__(self) -> None:
        journey = SamlJourney(self.connection, self.browser)
        journey.log_in(email=self.email, **self.at_login)
        self.session_index = journey.request_id
        assert self.is_signed_in()

    def is_signed_in(self) -> bool:
        return bool(self.browser.get("/").status_code == 200)

    def message(self, shape: str = "logout-request", **fields: Any) -> Element:
        own = {
            "now": datetime.now(UTC),
            "message_id": f"_l{SignedInSession.objects.count()}{self.session_index}",
            "slo_url": service_provider.slo_url(self.connection),
            "name_id": self.email,
            "session_index": self.session_index,
        }
        return logout_message("okta", shape, **{**own, **fields})

    def asked_by_idp(self, by: str = "post", message: Element | None = None, **changes: Any) -> Any:
        """The IdP asks for this person's logout; the answer of our endpoint."""
        return deliver(self.connection, by, self.message() if message is None else message, **changes)

    def logs_out(self) -> Any:
        return self.browser.post("/logout")

    def idp_answers(self, request_id: str, by: str = "redirect", **fields: Any) -> Any:
        """The IdP's answer to our request, followed to the page where the person ends."""
        message = self.message("logout-response", request_id=request_id, **fields)
        answer = deliver(self.connection, by, message)
        assert answer.status_code == 303
        return self.browser.get(answer.headers["Location"], follow=True)


def deliver(connection: Connection, by: str, message: Element, browser: Client | None = None, **changes: Any) -> Any:
    """`browser`: whose cookies come along, as Lax cookies do with a redirect."""
    path = urlsplit(service_provider.acs_url(connection)).path.replace("/acs", "/slo")
    if by == "post":
        return Client().post(path, posted(message, **changes), headers={"Origin": "https://acme.okta.example"})
    return (browser or Client()).get(f"{path}?{redirected(message, **changes)}")


def address_in(page: Any) -> str:
    """Where a page that goes on by itself leads."""
    (address,) = lxml.html.fromstring(page.content).xpath("//a[text()='Continue']/@href")
    return str(address)


def form_in(page: Any) -> tuple[str, dict[str, str]]:
    """Address and fields of the form that a page sends off by itself."""
    (form,) = [form for form in lxml.html.fromstring(page.content).forms if form.get("id") == "send-at-once"]
    return str(form.action), {name: str(value) for name, value in form.fields.items()}


def directives(page: Any) -> dict[str, str]:
    """Their order differs from process to process."""
    return dict(part.partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split("; "))


def request_sent(page: Any) -> Element:
    return sent(address_in(page))[0]


def statuses(message: Element) -> list[str]:
    return [code.get("Value", "").rpartition(":")[2] for code in message.iter(f"{{{SAMLP}}}StatusCode")]


def answered(answer: Any) -> Element:
    """The LogoutResponse of a redirect."""
    assert answer.status_code == 303
    return sent(answer.headers["Location"])[0]
