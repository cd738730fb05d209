"""While too much waits for identity providers, a sign-in is put off for a moment and nothing of it is used up."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.connections.provider import metadata
from accounts.models import Connection, LoginRecord, SignInTransaction, UnrecordedRefusals
from common.outbound.guarded_http import OutboundBusy
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney
from tests.support.oidc_messages import ACCESS_TOKEN, CODE, Provider, Web, shape, sign

pytestmark = pytest.mark.django_db
BUSY = OutboundBusy("It was not asked: try again in a few seconds.")
DISCOVERY = ".well-known/openid-configuration"


@pytest.fixture
def entra(cast: Cast, web: Web) -> OidcJourney:
    return OidcJourney(Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json")))


@pytest.fixture
def okta(cast: Cast, web: Web) -> OidcJourney:
    own = {"vendor": "okta", "issuer": "https://acme.okta.example", "tenant_id": "", "client_id": "0oa1"}
    connection = oidc_connection(cast.acme, **own, client_secret="okta-client-secret", flow="code")
    return OidcJourney(Provider(connection, web, shape("okta/oidc/with_groups.json")))


def path(journey: OidcJourney) -> str:
    return f"/login/sso/{journey.provider.connection.pk}"


def put_off(answer: Any) -> bool:
    """Whether the page comes again by itself."""
    return answer.status_code == 503 and answer.headers["Retry-After"] == "2" and "url=/login/sso/" in answer["Refresh"]


def busy(journey: OidcJourney, page: str) -> Any:
    """That page is not asked for; gives what is published there otherwise."""
    published = journey.provider.web.pages.get(f"{journey.provider.connection.issuer}/{page}")
    journey.provider.publish(page, BUSY)
    return published


def test_a_start_is_put_off_and_leaves_nothing_behind(entra: OidcJourney) -> None:
    published = busy(entra, DISCOVERY)
    assert put_off(entra.browser.get(path(entra)))
    assert not SignInTransaction.objects.exists()
    assert not LoginRecord.objects.exists()
    assert not UnrecordedRefusals.objects.exists()
    entra.provider.publish(DISCOVERY, published)  # at once: that it was not asked is not remembered as its silence
    assert entra.browser.get(path(entra)).status_code == 302


def test_one_start_at_a_time_reads_what_was_never_read(
    entra: OidcJourney, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[Any] = []
    real = web.fetch

    def slow(url: str, **options: Any) -> bytes:
        if not meanwhile:
            meanwhile.append(Client().get(path(entra)))
        return real(url, **options)

    monkeypatch.setattr("common.outbound.guarded_http.fetch", slow)
    assert entra.browser.get(path(entra)).status_code == 302
    assert put_off(meanwhile[0])
    assert web.count(DISCOVERY) == 1


def test_a_start_with_an_old_copy_goes_on_with_it(entra: OidcJourney, web: Web) -> None:
    entra.browser.get(path(entra))
    Connection.objects.update(discovered_at=timezone.now() - timedelta(days=3))
    busy(entra, DISCOVERY)
    assert {entra.browser.get(path(entra)).status_code for _ in range(5)} == {302}
    assert web.count(DISCOVERY) == 2


def test_an_answer_waits_for_the_keys_and_is_taken_afterwards(entra: OidcJourney) -> None:
    asked = entra.start()
    published = busy(entra, "keys")
    kept = entra.post(id_token=entra.token(asked), state=asked["state"])
    assert put_off(entra.finish(kept))
    entra.provider.publish("keys", published)
    assert entra.finish(kept).status_code == 303
    assert entra.signed_in_as()


def test_a_code_waits_for_the_token_endpoint_and_is_exchanged_afterwards(okta: OidcJourney) -> None:
    asked = okta.start()
    busy(okta, "token")
    kept = okta.post(code=CODE, state=asked["state"])
    assert put_off(okta.finish(kept))
    okta.provider.publish("token", {"token_type": "Bearer", "id_token": okta.token(asked)})
    assert okta.finish(kept).status_code == 303
    assert not LoginRecord.objects.filter(outcome="refused").exists()


def test_another_browser_gets_nothing_of_an_answer_that_was_put_off(entra: OidcJourney) -> None:
    asked = entra.start()
    busy(entra, "keys")
    kept = entra.post(id_token=entra.token(asked), state=asked["state"])
    entra.finish(kept)
    assert entra.finish(kept, Client()).status_code == 403


@pytest.mark.parametrize("page", ["keys", "userinfo"])
def test_what_is_missing_after_a_code_was_exchanged_is_a_refusal(okta: OidcJourney, page: str) -> None:
    asked = okta.start()
    token = okta.token(asked, groups=None)
    okta.provider.publish("token", {"token_type": "Bearer", "id_token": token, "access_token": ACCESS_TOKEN})
    busy(okta, page)
    kept = okta.post(code=CODE, state=asked["state"])
    assert okta.finish(kept).status_code == 403
    assert LoginRecord.objects.get().reason == "idp-unreachable"


def test_a_key_that_was_not_asked_for_does_not_start_the_pause(entra: OidcJourney) -> None:
    entra.log_in()
    asked = entra.start()
    busy(entra, "keys")
    kept = entra.post(id_token=sign(entra.claims(asked), kid="second"), state=asked["state"])
    assert put_off(entra.finish(kept))
    assert Connection.objects.get().signing_keys_tried_at is None


def test_metadata_that_was_not_asked_for_is_no_problem_of_the_provider(entra: OidcJourney) -> None:
    busy(entra, DISCOVERY)
    assert metadata.refresh(entra.provider.connection) == ["busy"]
    assert Connection.objects.get().metadata_problem == ""


def test_a_logout_that_cannot_be_verified_now_is_shown_to_come_again(entra: OidcJourney) -> None:
    cache.clear()
    busy(entra, "keys")
    entra.browser.get(path(entra))
    now = int(time.time())
    token = sign({"iss": "x", "iat": now, "exp": now + 60, "jti": str(uuid4())}, typ="logout+jwt")
    address = f"/api/accounts/acme/oidc/{entra.provider.connection.pk}/logout"
    answer = Client().post(address, {"logout_token": token})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json()["error"] == "temporarily_unavailable"
