"""Marker strings in every place of a sign-in that is nobody's business: none is in a page, the list, an export or a
log, nor in the record itself."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import LoginRecord
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import CODE, Provider, Web, shape
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import setting
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
UNUSED, SESSION, ACCESS, CLIENT = (f"marker-of-the-{what}-4711" for what in ("salary", "session", "access", "client"))


@pytest.fixture(autouse=True)
def marked() -> None:
    for mark in (UNUSED, SESSION, ACCESS, CLIENT):
        secret(mark)


def everything(cast: Cast) -> str:
    """All that is kept of logins, and all that an admin can have of it."""
    alice = Client()
    alice.force_login(cast.alice, "accounts.authentication.AccountBackend")
    records = list(LoginRecord.objects.values())
    pages = ["/logins", "/", *(f"/logins/{row['reference']}" for row in records)]
    pages += [f"/logins/what-if?from={row['reference']}" for row in records]
    received = [alice.get(page).content.decode() for page in pages]
    exported = alice.get("/audit/export.jsonl").getvalue().decode()
    return "\n".join([*received, exported, json.dumps(run("list_logins", "Acme")), str(records)])


def assert_nothing_of(secrets: list[str], everywhere: str) -> None:
    assert everywhere
    assert [mark for mark in secrets if mark in everywhere] == []


@pytest.mark.parametrize("wrong", [{}, {"sp_entity_id": "https://other.example"}], ids=["signed in", "refused"])
def test_of_a_saml_login(cast: Cast, wrong: dict[str, Any]) -> None:
    journey = SamlJourney(signed_connection(cast.acme, sp_private_key=key_pair("sp").private_pem))
    journey.start()
    in_a_session = setting("//a:AuthnStatement", "SessionIndex", SESSION)
    given = {"email": ["dana@acme.example"], "salary": [UNUSED]}
    message = journey.message(attributes=given, edit=in_a_session, **wrong)
    journey.follow(journey.post(message))
    cookies = [cookie.value for cookie in journey.browser.cookies.values()]
    key = key_pair("sp").private_pem.splitlines()[5]
    assert_nothing_of([UNUSED, SESSION, message[40:80], journey.relay_state, key, *cookies], everything(cast))


@pytest.mark.parametrize(
    "wrong",
    [{}, {"aud": "another"}, {"nonce": "another-nonce"}, {"email": None, "preferred_username": None}],
    ids=["signed in", "refused", "another nonce", "no email"],
)
@pytest.mark.parametrize("flow", ["id_token", "code"])
def test_of_an_oidc_login(cast: Cast, web: Web, flow: str, wrong: dict[str, Any]) -> None:
    connection = oidc_connection(cast.acme, flow=flow, client_secret=CLIENT)
    journey = OidcJourney(Provider(connection, web, shape("entra/oidc/member.json")))
    asked = journey.start()
    token = journey.token(asked, salary=UNUSED, sid=SESSION, **wrong)
    journey.answer(token, asked, access_token=ACCESS)
    assert LoginRecord.objects.get().message
    cookies = [cookie.value for cookie in journey.browser.cookies.values()]
    secrets = [UNUSED, SESSION, CLIENT, ACCESS, CODE, token, asked["nonce"], asked["state"], *cookies]
    assert_nothing_of(secrets, everything(cast))


def test_of_a_test_and_of_what_is_pasted(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    journey.start_test()
    message = journey.message(attributes={"email": ["dana@acme.example"], "salary": [UNUSED]})
    page = journey.follow(journey.follow(journey.post(message)))
    assert UNUSED not in page.content.decode()
    pasted = {"connection": str(journey.connection.pk), "attributes": journey.message(), "person": ""}
    tried = journey.browser.post("/logins/what-if", pasted).content.decode()
    assert pasted["attributes"] not in tried
    assert "dana@acme.example" in tried
