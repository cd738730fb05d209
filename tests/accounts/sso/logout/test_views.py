"""Logging out: here first, whatever happens elsewhere, then at the provider where the person came from (R8)."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from django.db import connection as database
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import AuditEntry, Connection, SignedInSession
from tests.accounts.sso.oidc.test_whole_login import Journey
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import oidc_connection
from tests.support.oidc_messages import Provider, Web, shape

pytestmark = pytest.mark.django_db
END = "https://acme.okta.example/logout"


@pytest.fixture
def okta_journey(cast: Cast, web: Web) -> Journey:
    options = {"vendor": "okta", "issuer": "https://acme.okta.example", "tenant_id": "", "client_id": "0oa1"}
    provider = Provider(oidc_connection(cast.acme, **options), web, shape("okta/oidc/with_groups.json"))
    provider.publish(".well-known/openid-configuration", provider.discovery(end_session_endpoint=END))
    return Journey(provider, Client())


def log_in(journey: Journey, **claims: Any) -> str:
    """Signs the person in; gives the ID token."""
    journey.provider.claims |= claims
    asked = journey.start()
    compact = journey.token(asked)
    journey.finish(journey.post(id_token=compact, state=asked["state"]))
    return compact


def next_address(page: Any) -> str:
    """Where the page goes by itself; its link says the same."""
    found = lxml.html.fromstring(page.content)
    address: str = found.xpath("//meta[@http-equiv='refresh']/@content")[0].removeprefix("0; url=")
    assert address in found.xpath("//a/@href")
    return address


@pytest.fixture
def as_bob(cast: Cast) -> Client:
    browser = Client()
    browser.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    return browser


def test_it_ends_the_session(as_bob: Client) -> None:
    assertContains(as_bob.post("/logout", follow=True), "You are logged out.")
    assertRedirects(as_bob.get("/"), "/login?next=/")
    assert SignedInSession.objects.get().ended_by == "bob@acme.example"


def test_a_kept_cookie_opens_nothing_afterwards(as_bob: Client) -> None:
    kept = as_bob.cookies["session"].value
    as_bob.post("/logout")
    as_bob.cookies["session"] = kept
    assert as_bob.get("/api/me").status_code == 401


def test_it_is_written_in_the_audit_log(as_bob: Client) -> None:
    as_bob.post("/logout")
    assert AuditEntry.objects.get(action="user.sessions-ended").actor == "bob@acme.example"


def test_it_refuses_get(as_bob: Client) -> None:
    assert as_bob.get("/logout").status_code == 405
    assert as_bob.get("/").status_code == 200


def test_it_refuses_another_sites_form(as_bob: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_bob.cookies
    assert strict.post("/logout").status_code == 403
    assert as_bob.get("/").status_code == 200


def test_a_stranger_may_log_out_too(client: Client, db: None) -> None:
    assertRedirects(client.post("/logout"), "/login")


def test_the_browser_goes_on_to_the_provider(okta_journey: Journey) -> None:
    token = log_in(okta_journey)
    address = next_address(okta_journey.browser.post("/logout"))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{END}?")
    assert len(asked.pop("state")) == 32
    assert asked == {
        "id_token_hint": token,
        "client_id": "0oa1",
        "post_logout_redirect_uri": "http://localhost:8000/login",
    }


def test_the_session_here_is_over_before_the_provider_is_asked(okta_journey: Journey) -> None:
    log_in(okta_journey)
    asked = len(okta_journey.provider.web.requests)
    okta_journey.browser.post("/logout")
    assert okta_journey.signed_in_as() is None
    assert len(okta_journey.provider.web.requests) == asked  # a provider that is down keeps nobody waiting


def test_the_provider_sends_the_browser_back_to_a_page_that_says_so(okta_journey: Journey) -> None:
    log_in(okta_journey)
    okta_journey.browser.post("/logout")
    assertContains(okta_journey.browser.get("/login?state=x"), "You are logged out.")


def test_the_id_token_is_kept_encrypted_and_only_until_then(okta_journey: Journey) -> None:
    token = log_in(okta_journey)
    assert token in SignedInSession.objects.get().logout_hints
    assert stored_hints()
    assert token not in stored_hints()
    okta_journey.browser.post("/logout")
    assert stored_hints() == ""


def stored_hints() -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT logout_hints FROM accounts_signedinsession")
        return str(cursor.fetchone()[0])


def test_nothing_is_kept_where_the_provider_has_no_such_address(okta_journey: Journey) -> None:
    okta_journey.provider.publish(".well-known/openid-configuration", okta_journey.provider.discovery())
    log_in(okta_journey)
    assert stored_hints() == ""
    assertRedirects(okta_journey.browser.post("/logout"), "/login")


def test_an_id_token_too_long_for_an_address_is_left_out(okta_journey: Journey) -> None:
    log_in(okta_journey, groups=[f"group-{number}" for number in range(500)])
    assert "id_token_hint" not in next_address(okta_journey.browser.post("/logout"))


def test_what_no_key_decrypts_any_more_keeps_nobody_in(okta_journey: Journey, settings: Any) -> None:
    log_in(okta_journey)
    settings.ENCRYPTION_KEYS = ["another-key-that-is-long-enough-0123456789"]
    assert "id_token_hint" not in next_address(okta_journey.browser.post("/logout"))
    assert okta_journey.signed_in_as() is None


def test_a_disabled_connection_is_not_gone_on_to(okta_journey: Journey) -> None:
    log_in(okta_journey)
    Connection.objects.update(state="disabled")
    assertRedirects(okta_journey.browser.post("/logout"), "/login")


def test_entra_is_shown_which_of_its_accounts(cast: Cast, web: Web) -> None:
    provider = Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json"))
    provider.publish(".well-known/openid-configuration", provider.discovery(end_session_endpoint=END))
    journey = Journey(provider, Client())
    log_in(journey, login_hint="O.CiQ4aGludA")
    asked = parse_qs(urlsplit(next_address(journey.browser.post("/logout"))).query)
    assert asked["logout_hint"] == ["O.CiQ4aGludA"]


def test_the_providers_name_of_the_session_is_kept_for_its_own_logout(okta_journey: Journey) -> None:
    log_in(okta_journey, sid="102abc")
    session = SignedInSession.objects.get()
    assert (session.idp_session, session.connection) == ("102abc", okta_journey.provider.connection)
    assert session.identity is not None
