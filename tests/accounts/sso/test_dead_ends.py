"""Whatever address of a sign-in a person opens, and however, they get a page with a reference; programs get JSON."""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Connection, LoginRecord, SignInTransaction, UnrecordedRefusals
from accounts.sso.saml import service_provider
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.logouts import logout_connection

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
REFERENCE = re.compile(r"<code>([2-9A-Z]{10})</code>")


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return logout_connection(cast.acme)


def path_of(url: str) -> str:
    return urlsplit(url).path


def is_a_page(answer: Any) -> bool:
    return answer.headers["Content-Type"].startswith("text/html") and bool(REFERENCE.search(answer.content.decode()))


def asked(okta: Connection, entra: Connection) -> dict[str, tuple[int, str, str]]:
    """Expected status, method and address."""
    acs, slo, none = path_of(service_provider.acs_url(okta)), path_of(service_provider.slo_url(okta)), uuid4()
    logout = f"/api/accounts/acme/oidc/{entra.pk}/logout"
    return {
        "ACS opened by hand": (405, "get", acs),
        "ACS with PUT": (405, "put", acs),
        "ACS of nothing": (404, "post", acs.replace(str(okta.pk), str(none))),
        "ACS of another account": (404, "post", acs.replace("/acme/", "/globex/")),
        "logout address opened by hand": (400, "get", slo),
        "logout address with DELETE": (405, "delete", slo),
        "logout address of nothing": (404, "get", slo.replace(str(okta.pk), str(none))),
        "start of nothing": (404, "get", f"/login/sso/{none}?next=/users"),
        "start with PUT": (405, "put", f"/login/sso/{okta.pk}"),
        "finish of nothing": (403, "get", f"/login/sso/finish/{none}"),
        "finish with POST": (405, "post", f"/login/sso/finish/{none}"),
        "callback opened by hand": (403, "get", "/api/accounts/idp-callback"),
        "callback with PUT": (405, "put", "/api/accounts/idp-callback"),
        "logout opened by hand": (405, "get", "/logout"),
        "logout done with POST": (405, "post", "/logout/done"),
        "front channel of nothing": (404, "get", logout.replace(str(entra.pk), str(none))),
        "front channel with PUT": (405, "put", logout),
    }


@pytest.mark.parametrize("accept", [BROWSER["accept"], "*/*", ""])
def test_a_person_gets_a_page_with_a_reference(cast: Cast, okta: Connection, accept: str) -> None:
    for name, (status, method, path) in asked(okta, oidc_connection(cast.acme)).items():
        answer = getattr(Client(headers={"accept": accept}), method)(path)
        expected = "front channel" not in name or accept == BROWSER["accept"]
        assert (answer.status_code, is_a_page(answer)) == (status, expected), name
    assert not LoginRecord.objects.exists()


def test_a_program_that_asks_for_json_gets_json(cast: Cast, okta: Connection) -> None:
    for name, (status, method, path) in asked(okta, oidc_connection(cast.acme)).items():
        answer = getattr(Client(headers={"accept": "application/json"}), method)(path)
        if status in (404, 405):
            assert (answer.status_code, sorted(answer.json())) == (status, ["detail", "reference"]), name


def test_head_has_no_body_and_opens_nothing(okta: Connection) -> None:
    for path in (f"/login/sso/{okta.pk}", path_of(service_provider.acs_url(okta)), "/api/accounts/idp-callback"):
        answer = Client(headers=BROWSER).head(path)
        assert (answer.status_code, answer.content) == (405, b"")
    assert not SignInTransaction.objects.exists()


def test_other_methods_name_those_that_are_taken(okta: Connection) -> None:
    assert Client().get(path_of(service_provider.acs_url(okta))).headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "form",
    [
        ("not a form", "multipart/form-data; boundary="),
        ("SAMLResponse=x", "application/x-www-form-urlencoded; charset=utf-16"),
        ("&".join(f"a{n}=1" for n in range(1_100)), "application/x-www-form-urlencoded"),
        ("a" * 1_100_000, "application/x-www-form-urlencoded"),
        ("--x\r\n", "multipart/form-data; boundary=\u00e9"),
    ],
    ids=["no boundary", "charset", "too many fields", "too large", "odd boundary"],
)
def test_a_form_that_cannot_be_read_is_a_page_too(okta: Connection, form: tuple[str, str]) -> None:
    for path in (path_of(service_provider.acs_url(okta)), "/api/accounts/idp-callback"):
        answer = Client(headers=BROWSER).post(path, form[0].encode(), content_type=form[1])
        assert answer.status_code in (400, 403)
        assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/xml"])
def test_another_content_type_is_refused_as_a_page(okta: Connection, content_type: str) -> None:
    answer = Client(headers=BROWSER).post(
        path_of(service_provider.acs_url(okta)), '{"a": 1}', content_type=content_type
    )
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (403, "text/html")


def switch_off(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(state="disabled")


@pytest.mark.parametrize("when", ["before the answer", "before the finish"])
def test_a_connection_switched_off_meanwhile_is_a_page_that_the_admin_finds(cast: Cast, when: str) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.start()
    if when == "before the answer":
        switch_off(journey.connection)
        page = journey.post(journey.message())
    else:
        kept = journey.post(journey.message())
        switch_off(journey.connection)
        page = journey.follow(kept)
    record = LoginRecord.objects.get(account=cast.acme)
    assert (page.status_code, record.reason) == (403, "connection-not-live")
    assert record.reference in page.content.decode()
    assert "switched this sign-in off" in page.content.decode()


def test_a_start_at_a_connection_that_is_switched_off_is_a_page_and_counted(cast: Cast) -> None:
    answer = SamlJourney(signed_connection(cast.acme, state="disabled")).start()
    assert (answer.status_code, is_a_page(answer)) == (404, True)
    assert UnrecordedRefusals.objects.get().reason == "connection-not-live"


def test_a_connection_deleted_meanwhile_is_a_page(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.start()
    message = journey.message()
    journey.connection.__class__.objects.all().delete()
    page = journey.browser.post(f"/api/accounts/acme/saml/{uuid4()}/acs", {"SAMLResponse": message})
    assert (page.status_code, is_a_page(page)) == (404, True)


def test_an_answer_by_redirect_is_counted_with_what_to_change(okta: Connection) -> None:
    Client(headers=BROWSER).get(path_of(service_provider.acs_url(okta)), {"SAMLResponse": "x"})
    counted = UnrecordedRefusals.objects.get(connection=okta)
    assert counted.reason == "wrong-method"
    assert "set it to HTTP-POST" in counted.explanation


def test_a_browser_that_opens_an_address_of_rest_by_mistake_gets_a_page() -> None:
    assert Client(headers=BROWSER).get("/api/nothing").headers["Content-Type"].startswith("text/html")
    assert Client(headers={"accept": "*/*"}).get("/api/nothing").headers["Content-Type"] == "application/json"
    assert Client(headers={"accept": "application/json"}).get("/api/nothing").json()["detail"]
