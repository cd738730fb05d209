"""The issuer is checked when it is saved, and one button takes the published one."""

from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.connections.drafts import with_draft
from accounts.models import Connection
from common.outbound.guarded_http import OutboundError
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.drafts import publish
from tests.support.factories import oidc_connection
from tests.support.oidc_messages import Provider, Web

pytestmark = pytest.mark.django_db
ISSUER, WELL_KNOWN = "https://acme.okta.example", "/.well-known/openid-configuration"
OFFER = f"The provider publishes the issuer &#x27;{ISSUER}&#x27;. Use it?"


@pytest.fixture
def draft(as_alice: Client, web: Web) -> Connection:
    web.pages[f"{ISSUER}{WELL_KNOWN}"] = {"issuer": ISSUER}
    as_alice.post("/sso/new", {"name": "New", "kind": "okta-oidc"})
    return Connection.objects.get(name="New")


def send(browser: Client, connection: Connection, **fields: str) -> Any:
    given = {"client_id": "c", "flow": "id_token", **fields}
    named = {f"openid-{name}": value for name, value in given.items()}
    return browser.post(f"/sso/{connection.pk}/provider", {"way": "openid", **named}, follow=True)


def test_another_issuer_is_not_saved_and_the_published_one_is_one_button_away(
    as_alice: Client, draft: Connection
) -> None:
    page = send(as_alice, draft, issuer=f"{ISSUER}/app/UserHome")
    assertContains(page, OFFER)
    assertContains(page, f'name="openid-use_issuer" value="{ISSUER}"')
    assert Connection.objects.get(pk=draft.pk).issuer == ""
    page = send(as_alice, draft, issuer=f"{ISSUER}/app/UserHome", use_issuer=ISSUER)
    assertRedirects(page, f"/sso/{draft.pk}/set-up")
    assert Connection.objects.get(pk=draft.pk).issuer == ISSUER


def test_the_chosen_issuer_is_checked_like_any_other(as_alice: Client, draft: Connection) -> None:
    page = send(as_alice, draft, issuer=ISSUER, use_issuer="javascript:alert(1)")
    assertContains(page, "Expected the issuer as an http(s) address")


def test_nothing_is_offered_where_the_issuer_is_right(as_alice: Client, draft: Connection) -> None:
    assertNotContains(send(as_alice, draft, issuer=ISSUER), "use_issuer")


def test_a_draft_of_a_live_connection_is_checked_too(as_alice: Client, draft: Connection, cast: Cast) -> None:
    live = oidc_connection(cast.acme, vendor="okta", issuer=ISSUER, tenant_id="")
    assertContains(send(as_alice, live, issuer="http://acme.okta.example"), OFFER)
    assert with_draft(live).issuer == ISSUER


def test_what_cannot_be_read_is_saved_with_a_warning_and_not_enabled(
    as_alice: Client, draft: Connection, web: Web
) -> None:
    web.pages[f"https://quiet.example{WELL_KNOWN}"] = OutboundError("quiet.example did not answer.", None)
    assertContains(send(as_alice, draft, issuer="https://quiet.example"), "Nobody can sign in before it can be")
    assert Connection.objects.get(pk=draft.pk).issuer == "https://quiet.example"
    page = as_alice.post(f"/sso/{draft.pk}/enable", follow=True)
    assertContains(page, "Expected the discovery document of &#x27;https://quiet.example&#x27;")
    assert Connection.objects.get(pk=draft.pk).state == "draft"


def test_enabling_is_asked_once_the_document_can_be_read(as_alice: Client, draft: Connection, web: Web) -> None:
    send(as_alice, draft, issuer=ISSUER)
    row = Connection.objects.get(pk=draft.pk)
    web.pages[f"{ISSUER}{WELL_KNOWN}"] = Provider(row, Web(), {}).discovery()
    assertContains(as_alice.get(f"/sso/{draft.pk}/enable"), "Users can then sign in through it")


def test_a_draft_with_another_issuer_is_published_only_if_that_can_be_read(
    as_alice: Client, draft: Connection, cast: Cast
) -> None:
    live = oidc_connection(cast.acme, vendor="okta", issuer=ISSUER, tenant_id="")
    send(as_alice, live, issuer="https://quiet.example")
    page = as_alice.post(f"/sso/{live.pk}/draft/publish", follow=True)
    assertContains(page, "Expected the discovery document of &#x27;https://quiet.example&#x27;")
    assert Connection.objects.get(pk=live.pk).issuer == ISSUER
    publish(live)  # the operator may


def test_the_command_says_which_option_to_give(cast: Cast, draft: Connection) -> None:
    options = ("--vendor", "okta", "--protocol", "oidc", "--client-id", "c")
    with pytest.raises(CommandError, match=f"Run the command again with --issuer '{ISSUER}'"):
        run("create_connection", "Acme", "Okta", *options, "--issuer", "http://acme.okta.example")
    assert not Connection.objects.filter(name="Okta").exists()
