"""What the rows of the table do not name, tried from outside in the same way."""

import csv
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from tests.advisories.outside import signed_in_as
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import Cast
from tests.support.factories import OID
from tests.support.journeys import OidcJourney, SamlJourney
from tests.walk.asking import World
from tests.walk.routes import every_route
from tests.walk.table import TABLE

pytestmark = pytest.mark.django_db
ROUTES = {route.key: route for route in every_route()}

NAMES = (
    "q page after before state origin space group role permission owner used expires sort order email next connection"
    " outcome reference actor action target kind id roles type login account person iss login_hint kept a b"
).split()
VALUES = ("\x00", "\ud800", "9" * 400, "٣", "a" * 5000, "\r\nX: y")


def address_in(world: World, key: str) -> str:
    route = ROUTES[key]
    return route.address(**TABLE[key].kwargs(route.kwargs, world.ours))


def test_no_query_makes_a_page_fail(db: None) -> None:
    """Each value under every name at once: what is not understood is passed over or refused in words."""
    world, found = World(), []
    for key, row in TABLE.items():
        for value in VALUES:
            query = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name in NAMES)
            answer = world.ask(row.methods[0], f"{address_in(world, key)}?{query}", row, world.ours.admin)
            if answer.status_code >= 500:
                found.append(f"{key} {value[:20]!r}: {answer.status_code}")
    assert not found, "\n".join(["", *found])


def test_an_issuer_that_no_database_can_hold_is_refused_in_words(saml: SamlJourney) -> None:
    for issuer in ("\x00", "https://idp.example/\x00", "\ufffe"):
        assert saml.start(iss=issuer).status_code == 403


ODD = ("a\x00b", "\x00", "\ud800", "a\ud800b", "\u0000alice@acme.example", " alice@acme.example", "x" * 255)
CLAIMS = ("oid", "tid", "sub", "email", "preferred_username", "name", "iss", "aud", "azp", "nonce", "sid", "groups")


def test_no_claim_makes_the_server_fail(oidc: OidcJourney) -> None:
    """Signed by the provider: what a database cannot hold is left out or refused."""
    for name in CLAIMS:
        for value in ODD:
            journey = OidcJourney(oidc.provider)
            asked = journey.start()
            assert journey.answer(journey.token(asked, **{name: value}), asked).status_code in (303, 403), (name, value)


def test_a_subject_with_a_nul_is_not_the_subject_without_it(cast: Cast, oidc: OidcJourney) -> None:
    """A provider whose users choose their subject must not let one choose another's."""
    for oid in (f"{OID}\x00", f"\x00{OID}", f" {OID}", f"{OID} ", OID.upper(), f"{OID}\ud800"):
        journey = OidcJourney(oidc.provider)
        journey.log_in(oid=oid, email="mallory@acme.example", preferred_username="mallory@acme.example")
        assert journey.signed_in_as() != str(cast.alice.pk), repr(oid)


def test_a_session_cookie_makes_no_token_without_its_csrf_token(cast: Cast, as_alice: Client) -> None:
    """Whatever the content type: a form of another site can send text."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_alice.cookies
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = strict.generic("POST", "/api/token/longtoken", '{"name": "x"}', content_type=kind)
        assert answer.status_code in (403, 415)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "QUERY", "post"])
def test_other_methods_of_a_page_change_nothing(cast: Cast, saml: SamlJourney, method: str) -> None:
    saml.start()
    kept = saml.post(saml.message())
    for path in (kept.headers["Location"], f"/login/sso/{saml.connection.pk}", "/logout", "/api/accounts/idp-callback"):
        saml.browser.generic(method, path, "confirmed=yes", content_type="application/x-www-form-urlencoded")
    assert signed_in_as(saml.browser) is None
    assert saml.follow(kept).status_code == 303


SLASHES = (
    "{}%2F",
    "{}%2f..%2f{}",
    "%2F{}",
    "..%2FUsers%2F{}",
    "{}/../{}",
    "{};x",
    "{}?id={}",
    "{}%00",
    "{}%20",
    "{}.",
    "{}#",
)


def test_no_spelling_of_an_address_reaches_another_person(cast: Cast) -> None:
    """Provisioning's addresses: encoded slashes, dots, parameters of the path."""
    client, alice, petra = ScimClient(service_token(cast.acme)), cast.alice.pk, cast.petra.pk
    before = User.objects.filter(pk=alice).values().get()
    for slash in SLASHES:
        path = slash.replace("{}", str(petra), 1).replace("{}", str(alice))
        for method in ("GET", "DELETE", "PATCH"):
            answer = client.ask(
                method, f"/Users/{path}", {"Operations": [{"op": "replace", "value": {"active": False}}]}
            )
            assert answer.status < 500
            assert "alice" not in str(answer.body)
    assert User.objects.filter(pk=alice).values().get() == before


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1+1", "\t=1", "\r=1"])
def test_no_exported_line_is_a_formula(cast: Cast, as_alice: Client, name: str) -> None:
    """People's names come from the identity provider, and the file is opened by an admin."""
    ScimClient(service_token(cast.acme)).create("f@acme.example", name={"givenName": name, "familyName": name})
    for address in ("/users/export.csv", "/audit/export.csv"):
        text = b"".join(as_alice.get(address).streaming_content).decode()
        cells = [cell for line in csv.reader(text.splitlines()) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+1", "-1", "\t", "\r"))]
