"""A whole login by OpenID Connect, with cookies as browsers send them: none at the callback (`protocol.md` 6.4)."""

import pytest
from django.test import Client

from accounts.models import LoginRecord, SignInTransaction
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney as Journey
from tests.support.oidc_messages import CODE, Provider, Web, shape


@pytest.fixture
def journey(cast: Cast, web: Web) -> Journey:
    connection = oidc_connection(cast.acme)
    return Journey(Provider(connection, web, shape("entra/oidc/member.json")))


@pytest.fixture
def code_journey(cast: Cast, web: Web) -> Journey:
    connection = oidc_connection(cast.acme, flow="code", client_secret="entra-client-secret")
    return Journey(Provider(connection, web, shape("entra/oidc/member.json")))


def latest() -> LoginRecord:
    return LoginRecord.objects.latest("at")


def test_an_id_token_by_form_post_logs_in(journey: Journey) -> None:
    asked = journey.start("?next=/groups")
    kept = journey.post(id_token=journey.token(asked), state=asked["state"], session_state="x")
    assert kept.status_code == 303
    finished = journey.finish(kept)
    assert (finished.status_code, finished["Location"]) == (303, "/groups")
    assert latest().user_id is not None
    assert journey.signed_in_as() == str(latest().user_id)


def test_the_callback_itself_verifies_nothing_and_fetches_nothing(journey: Journey) -> None:
    asked = journey.start()
    journey.provider.web.requests.clear()
    assert journey.post(id_token="nonsense", state=asked["state"]).status_code == 303
    assert journey.provider.web.requests == []
    assert journey.signed_in_as() is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_code_logs_in_by_either_response_mode(code_journey: Journey, method: str) -> None:
    asked = code_journey.start()
    code_journey.provider.publish("token", {"id_token": code_journey.token(asked)})
    answer = {"code": CODE, "state": asked["state"]}
    kept = getattr(Client(), method)("/api/accounts/idp-callback", answer)
    assert code_journey.finish(kept).status_code == 303
    assert code_journey.signed_in_as() == str(latest().user_id)


def test_the_token_of_another_sign_in_is_refused(journey: Journey) -> None:
    first, second = journey.start(), journey.start()
    kept = journey.post(id_token=journey.token(first), state=second["state"])
    assert journey.finish(kept).status_code == 403
    assert latest().reason == "oidc-nonce"


def test_another_browser_cannot_finish(journey: Journey) -> None:
    asked = journey.start()
    kept = journey.post(id_token=journey.token(asked), state=asked["state"])
    assert journey.finish(kept, browser=Client()).status_code == 403
    assert journey.finish(kept).status_code == 303


def test_a_second_answer_is_refused(journey: Journey) -> None:
    asked = journey.start()
    fields = {"id_token": journey.token(asked), "state": asked["state"]}
    assert journey.post(**fields).status_code == 303
    assert journey.post(**{**fields, "id_token": journey.token(asked, sub="another")}).status_code == 403


def test_a_provider_that_says_no_gives_the_person_a_page_and_the_admin_its_words(journey: Journey) -> None:
    asked = journey.start()
    kept = journey.post(
        error="access_denied", error_description="AADSTS50105: <b>not assigned</b>", state=asked["state"]
    )
    page = journey.finish(kept)
    assert page.status_code == 403
    assert b"AADSTS50105" not in page.content
    assert "AADSTS50105" in latest().explanation


def test_no_token_is_kept_after_the_login(journey: Journey) -> None:
    asked = journey.start()
    token = journey.token(asked)
    journey.finish(journey.post(id_token=token, state=asked["state"]))
    assert SignInTransaction.objects.get().answer == ""
    assert all(token not in str(value) for value in LoginRecord.objects.values().get().values())
