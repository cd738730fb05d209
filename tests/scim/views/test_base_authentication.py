"""Tokens at the SCIM endpoint (C05 to C08)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import ApiToken
from accounts.tokens import revocation, tokens
from scim.errors import ERROR_SCHEMA
from scim.views.base import token_text
from tests.scim.client import Answer, ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def ask(authorization: str) -> Answer:
    return ScimClient("").ask("GET", "/Users", Authorization=authorization)


def refused(authorization: str) -> bool:
    return ask(authorization).status == 401


@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer ", "BEARER  ", "Bearer Bearer ", "  Bearer  "])
def test_the_word_bearer_comes_once_twice_or_not_at_all(token: str, scheme: str) -> None:
    assert ask(f"{scheme}{token} ").status == 200


@pytest.mark.parametrize("header", ["", "non-token", "Bearer", "Basic YTpi", "Bearer a b", "Bearer tsso_ä", "\x00"])
def test_anything_else_is_refused_in_scim_words(cast: Cast, header: str) -> None:
    answer = ask(header)
    assert (answer.status, answer.body["status"], answer.body["schemas"]) == (401, "401", [ERROR_SCHEMA])
    assert "Expected a live API token" in answer.body["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/scim+json"


def test_a_refusal_repeats_no_token(token: str) -> None:
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert wrong not in str(ask(wrong).body)


def test_a_revoked_token_is_refused_at_once(token: str) -> None:
    assert not refused(token)
    revocation.revoke_token(ApiToken.objects.get(), acting=OPERATOR)
    assert refused(token)


def test_an_expired_token_is_refused(token: str) -> None:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(token)


def test_two_tokens_live_side_by_side(cast: Cast, token: str) -> None:
    second = service_token(cast.acme)
    assert not refused(token)
    assert not refused(second)


def test_a_token_without_the_permission_is_forbidden(cast: Cast) -> None:
    answer = ask(service_token(cast.acme, "Manage Spaces"))
    assert (answer.status, answer.body["status"]) == (403, "403")
    assert "Manage Users" in answer.body["detail"]


def test_a_token_dies_with_its_owners_access(cast: Cast) -> None:
    _, text = tokens.issue_token(cast.alice, "mine", ["Manage Users"], acting=OPERATOR)
    assert not refused(text)
    cast.bob.account_role = cast.alice.account_role
    cast.bob.save()
    end_access.deprovision(cast.alice.pk, cast.acme, acting=OPERATOR)
    assert refused(text)


def test_the_use_is_noted(token: str) -> None:
    ask(token)
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize(("header", "text"), [("a", "a"), ("bearer a", "a"), ("a b", ""), ("", ""), ("Bearer", "")])
def test_reading_the_header(header: str, text: str) -> None:
    assert token_text(header) == text


@pytest.mark.django_db
def test_too_fast_is_429_with_the_time_to_wait(okta: ScimClient, cast: Cast, settings: Any) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2, 0.1
    assert [okta.get("/Schemas").status for _ in range(3)] == [200, 200, 429]
    answer = okta.get("/Schemas")
    assert (answer.body["status"], answer.headers["Retry-After"]) == ("429", "10")
    assert ScimClient(service_token(cast.acme)).get("/Schemas").status == 200


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "a-token-that-nobody-has"])
def test_a_flood_without_a_live_token_is_shown_to_wait_in_scim(okta: ScimClient, settings: Any, text: str) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2, 0.1
    stranger = ScimClient(text)
    assert [stranger.get("/Users").status for _ in range(3)] == [401, 401, 429]
    answer = stranger.get("/Users")
    assert (answer.body["status"], answer.headers["Retry-After"]) == ("429", "10")
    assert "of one address without a live token" in answer.body["detail"]
    assert okta.get("/Schemas").status == 200  # of the same address, with a live token


def test_by_default_entra_is_never_slowed(settings: Any) -> None:
    assert settings.SCIM_REQUESTS_PER_SECOND >= 10 * 25
