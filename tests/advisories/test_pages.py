"""Advisories about pages, forms and where they lead: rows 18, 25, 27 and 33."""

import base64
import zlib
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client

from accounts.models import ApiToken, SignedInSession, SignInTransaction, User
from tests.advisories.markup import HOSTILE, dangers, shown
from tests.advisories.outside import signed_in_as
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import PASSWORD, Cast
from tests.support.enforcing import enforce
from tests.support.idp_metadata import published
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.logouts import Visit, deliver, logout_connection
from tests.support.saml_messages import NO_REQUEST, setting, writing
from tests.walk.asking import World, body
from tests.walk.objects import make_things
from tests.walk.routes import every_route
from tests.walk.rows import PUBLIC
from tests.walk.table import TABLE

pytestmark = pytest.mark.django_db
ROUTES = {route.key: route for route in every_route()}
PUBLIC_POSTS = sorted(key for key, row in TABLE.items() if row.who == PUBLIC and "POST" in row.methods)
EMPTY: dict[str, dict[str, Any]] = {
    "form": {},
    "JSON": {"data": "", "content_type": "application/json"},
    "JSON object": {"data": "{}", "content_type": "application/json"},
    "JSON null": {"data": "null", "content_type": "application/json"},
    "text": {"data": "", "content_type": "text/plain"},
}


def address_in(world: World, key: str) -> str:
    route = ROUTES[key]
    return route.address(**TABLE[key].kwargs(route.kwargs, world.ours))


def achieved() -> dict[str, Any]:
    """What getting past a stage would change."""
    return {
        "passwords": list(User.objects.order_by("pk").values_list("password", "state")),
        "sessions": SignedInSession.objects.count(),
        "tokens": ApiToken.objects.count(),
        "finished": SignInTransaction.objects.exclude(consumed_at=None).count(),
    }


@pytest.mark.parametrize("key", PUBLIC_POSTS)
def test_18_an_empty_post_passes_no_stage(db: None, key: str) -> None:
    world = World()
    address, before = address_in(world, key), achieved()
    for sent in EMPTY.values():
        browser = Client()
        answer = browser.post(address, **sent)
        assert answer.status_code in (200, 302, 303, 400, 403, 404, 405, 415, 429)
        assert signed_in_as(browser) is None
    assert achieved() == before


@pytest.mark.parametrize("key", [key for key in PUBLIC_POSTS if key in ROUTES and TABLE[key].fields])
def test_18_a_post_with_one_field_left_empty_passes_no_stage(db: None, key: str) -> None:
    world = World()
    row, address, before = TABLE[key], address_in(world, key), achieved()
    for name in row.fields(world.ours):
        for value in ("", None):
            fields = {other: text for other, text in row.fields(world.ours).items() if other != name}
            browser = Client()
            kind = {"content_type": "application/json"} if row.is_program else {}
            browser.post(address, fields if value is None else {**fields, name: value}, **kind)
            assert signed_in_as(browser) is None
    assert achieved() == before


NO_CODES: tuple[dict[str, str], ...] = ({}, {"recovery_code": "----"}, {"email": ""}, {"email": "\x00"})


@pytest.mark.parametrize("fields", NO_CODES)
def test_18_an_empty_recovery_code_is_no_code(cast: Cast, fields: dict[str, str]) -> None:
    codes, browser = enforce(cast), Client()
    browser.post("/login/recovery", {"email": "alice@acme.example", "recovery_code": "", **fields})
    if "email" in fields:
        browser.post("/login/recovery", {**fields, "recovery_code": codes[0]})
    assert signed_in_as(browser) is None
    assert cast.acme.recoverycode_set.filter(used_at=None).count() == len(codes)


def test_18_finish_takes_no_post(saml: SamlJourney) -> None:
    saml.start()
    kept = saml.post(saml.message())
    assert saml.browser.post(kept.headers["Location"]).status_code == 405
    assert signed_in_as(saml.browser) is None


HOSTS = {
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_SERVER": "evil.example",
    "HTTP_X_HOST": "evil.example",
    "HTTP_X_ORIGINAL_HOST": "evil.example",
    "HTTP_FORWARDED": "host=evil.example;proto=http",
    "HTTP_X_ORIGINAL_URL": "https://evil.example/",
    "HTTP_X_REWRITE_URL": "https://evil.example/",
    "HTTP_REFERER": "https://evil.example/",
}
LINKS = ("make-password-link", "connection-provider", "connection", "connection-set-up", "sso:saml-metadata",
         "sso:start", "logout", "login", "login-sso", "provisioning", "guide-okta", "guide-entra")  # fmt: skip


def mentions(answer: Any, host: str = "evil.example") -> bool:
    """Also inside an AuthnRequest, which travels deflated."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    packed = parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("SAMLRequest", [])
    requests = "".join(zlib.decompress(base64.b64decode(one), -15).decode() for one in packed)
    return host in f"{unquote(headers)} {requests} {body(answer)}"


@pytest.mark.parametrize("key", LINKS)
def test_25_no_header_decides_where_a_link_leads(db: None, key: str) -> None:
    world, row = World(), TABLE[key]
    method = "GET" if "GET" in row.methods else "POST"
    for header, value in HOSTS.items():
        answer = world.ask(method, address_in(world, key), row, world.ours.admin, **{header: value})
        assert answer.status_code < 400
        assert not mentions(answer), header


def test_25_another_host_is_refused_at_every_address(db: None) -> None:
    world, found = World(), []
    for key, row in TABLE.items():
        method = row.methods[0]
        answer = world.ask(method, address_in(world, key), row, world.ours.admin, HTTP_HOST="evil.example")
        if answer.status_code not in (400, 405) and not key.endswith("z"):
            found.append(f"{method} {key}: {answer.status_code}")
        if mentions(answer):
            found.append(f"{key} repeats it")
    assert not found, "\n".join(["", *found])


def test_25_where_every_host_is_allowed_no_link_follows_it(db: None, settings: Any) -> None:
    """An operator's mistake must not turn a set-password link over to somebody else."""
    settings.ALLOWED_HOSTS = ["*"]
    world = World()
    for key, row in TABLE.items():
        for method in {row.methods[0], row.methods[-1]}:
            asked = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"}
            answer = world.ask(method, address_in(world, key), row, world.ours.admin, row.fields(world.ours), **asked)
            assert not mentions(answer), f"{method} {key}"


@pytest.mark.parametrize("header", ["HTTP_HOST", *HOSTS])
def test_25_provisioning_names_its_own_host(cast: Cast, header: str) -> None:
    token = service_token(cast.acme)
    sent = {header: "evil.example"}
    answer = Client().get("/api/scim/Users", headers={"Authorization": f"Bearer {token}"}, **sent)
    assert b"evil.example" not in answer.content
    assert answer.status_code == (400 if header == "HTTP_HOST" else 200)


def test_27_hostile_texts_are_only_text_on_every_page(db: None) -> None:
    """Names of people, groups, spaces, roles, connections, and whatever arrived with logins and provisioning."""
    world = World(ours=make_things(f"Acme {HOSTILE}"))
    found, seen = [], 0
    for key, row in TABLE.items():
        for method in sorted({"GET", "POST"} & set(row.methods)):
            answer = world.ask(method, address_in(world, key), row, world.ours.admin, row.fields(world.ours))
            found += [f"{method} {key}: {danger}" for danger in dangers(shown(answer))]
            seen += b"&lt;x-evil" in shown(answer)
    assert seen > 60
    assert not found, "\n".join(["", *found])


def test_27_the_look_for_dangers_sees_them() -> None:
    assert dangers(f"<p title='{HOSTILE}</p>".encode())
    assert dangers(b"<a href='java\nscript:alert(1)'>x</a>")


BAD_ADDRESSES = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "JaVaScRiPt:alert(1)",
                 "https://x/\"><x-evil>", " javascript:alert(1)", "//evil.example", "https:///x",
                 "vbscript:x", "https://x\n/y", "http:javascript:alert(1)")  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES)
@pytest.mark.parametrize("field", ["sso_url", "slo_url"])
def test_27_an_address_that_runs_is_not_kept_or_does_not_run(
    cast: Cast, as_alice: Client, field: str, address: str
) -> None:
    draft = signed_connection(cast.acme, state="draft", sso_url="", slo_url="")
    fields = {"fields-issuer": "https://x", "fields-sso_url": "https://x/sso", f"fields-{field}": address}
    as_alice.post(f"/sso/{draft.pk}/provider", {"way": "fields", **fields})
    draft.refresh_from_db()
    assert not getattr(draft, field) or urlsplit(getattr(draft, field)).scheme in ("http", "https")
    for page in ("", "/provider", "/set-up"):
        assert dangers(shown(as_alice.get(f"/sso/{draft.pk}{page}", follow=True))) == []


def test_27_metadata_with_hostile_addresses_are_text(cast: Cast, as_alice: Client) -> None:
    draft = signed_connection(cast.acme, state="draft", sso_url="", idp_entity_id="")
    for host in ('x"&gt;&lt;x-evil onfocus=alert(1)&gt;', "x/&quot;onfocus=&quot;alert(1)"):
        document = published("idp", entity_id=f"https://{host}", host=host)
        as_alice.post(f"/sso/{draft.pk}/provider", {"way": "file", "file-text": document.decode()})
        assert dangers(shown(as_alice.get(f"/sso/{draft.pk}/provider"))) == []


def test_27_a_hostile_relay_state_is_text_at_the_acs_and_in_the_logout_form(cast: Cast) -> None:
    connection = logout_connection(cast.acme, slo_by_post=True)
    visit = Visit(connection)
    page = visit.asked_by_idp("post", relay_state=HOSTILE)
    assert dangers(shown(page)) == []
    journey = SamlJourney(connection)
    journey.start()
    assert dangers(shown(journey.post("no message", relay_state=HOSTILE))) == []


def test_27_what_a_provider_says_is_text(cast: Cast, oidc: OidcJourney, saml: SamlJourney, as_alice: Client) -> None:
    asked = oidc.start()
    kept = oidc.post(error=HOSTILE, error_description=HOSTILE, state=asked["state"])
    assert dangers(shown(oidc.finish(kept))) == []
    for edit in (
        writing("//a:NameID", HOSTILE), writing("//a:Attribute/a:AttributeValue", HOSTILE),
        setting("//a:Attribute", "Name", HOSTILE), setting("//p:StatusCode", "Value", HOSTILE),
        writing("//a:Audience", HOSTILE), writing("//a:Assertion/a:Issuer", HOSTILE),
    ):  # fmt: skip
        saml.start()
        answer = saml.post(saml.message(edit=edit))
        assert dangers(shown(saml.follow(answer) if answer.status_code == 303 else answer)) == []
    listed = as_alice.get("/logins").content.decode()
    for reference in cast.acme.loginrecord_set.values_list("reference", flat=True):
        assert reference in listed
        assert dangers(shown(as_alice.get(f"/logins/{reference}"))) == []


PARAMETERS = ("next", "email", "login_hint", "iss", "target_link_uri", "q", "error", "page", "kept")


def test_27_no_parameter_comes_back_as_markup(cast: Cast, saml: SamlJourney) -> None:
    start = f"/login/sso/{saml.connection.pk}"
    for path in ("/login", "/login/sso", start, "/login/recovery", "/api/accounts/idp-callback", "/logout/go-on"):
        for name in PARAMETERS:
            assert dangers(shown(Client().get(path, {name: HOSTILE}))) == [], (path, name)
            assert dangers(shown(Client().post(path, {name: HOSTILE}))) == [], (path, name)


ELSEWHERE = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/%2Fevil.example", "/%5Cevil.example",
    "https://evil.example", "https:evil.example", "HTTPS://evil.example", "https://localhost:8000@evil.example/",
    "//testserver@evil.example", "https://testserver.evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil",
    " //evil.example", "/./\\evil.example", "/..//evil.example", "/%252Fevil.example", "/%09/evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\u2044evil.example", "/\uff0fevil.example", "@evil.example",
    "evil.example", "?//evil.example", "#//evil.example", "/x/../..//evil.example", "http://[::1]@evil.example",
)  # fmt: skip


def leads_away(location: str) -> bool:
    """Whether a browser at this host would go to another one."""
    plain = unquote(unquote(location)).replace("\\", "/").replace("\t", "").replace("\n", "").strip()
    return bool(urlsplit(plain).netloc or urlsplit(plain).scheme) or not location.startswith("/")


def test_33_a_relay_state_leads_to_this_host_only(cast: Cast) -> None:
    connection = signed_connection(cast.acme, allow_idp_initiated=True)
    for target in ELSEWHERE:
        journey = SamlJourney(connection)
        answer = journey.follow(journey.post(journey.message(edit=NO_REQUEST), relay_state=target))
        assert answer.status_code == 303
        assert not leads_away(answer.headers["Location"]), target


@pytest.mark.parametrize("name", ["next", "target_link_uri"])
def test_33_so_does_where_a_sign_in_began(saml: SamlJourney, name: str) -> None:
    for target in ELSEWHERE:
        saml.start(**{name: target})
        assert not leads_away(saml.follow(saml.post(saml.message())).headers["Location"]), target


def test_33_so_does_the_password_page(cast: Cast) -> None:
    for target in ELSEWHERE:
        browser = Client()
        sent = {"email": "bob@acme.example", "password": PASSWORD, "next": target}
        assert not leads_away(browser.post("/login", sent).headers["Location"]), target
        assert not leads_away(browser.get("/login", {"next": target}).headers["Location"]), target


def test_33_so_does_the_page_that_leads_to_the_provider(cast: Cast, saml: SamlJourney) -> None:
    for target in ELSEWHERE:
        page = Client().get("/login/sso", {"email": "bob@acme.example", "next": target})
        assert page.headers["Refresh"].startswith(f"0; url=/login/sso/{saml.connection.pk}")
        assert "evil" not in page.headers["Refresh"]


def test_33_the_answer_to_a_logout_leads_to_this_host_only(cast: Cast) -> None:
    """RelayState of a LogoutResponse is not used at all."""
    connection = logout_connection(cast.acme)
    visit = Visit(connection)
    for target in ELSEWHERE:
        message = visit.message("logout-response", request_id="_unknown")
        assert not leads_away(deliver(connection, "post", message, relay_state=target).headers["Location"])


def test_33_provisioning_redirects_nowhere(cast: Cast) -> None:
    client = ScimClient(service_token(cast.acme))
    for path in ("/Users//", "//evil.example/Users", "/Users/?next=//evil.example", "/\\evil.example"):
        assert "Location" not in client.get(path).headers
