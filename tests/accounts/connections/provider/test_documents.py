"""Discovery and keys: what is stored, what is refused, and how often the provider is asked (R31, R32)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.connections.provider import documents as provider_documents
from accounts.connections.provider.documents import ProviderDocumentWrong, ProviderError, ProviderUnreachable
from accounts.models import Connection
from common.outbound.guarded_http import OutboundError
from tests.support.oidc_messages import NOW, Provider, jwk

DISCOVERY = ".well-known/openid-configuration"


def discover(provider: Provider, **later: int) -> None:
    provider.connection = Connection.objects.get(pk=provider.connection.pk)
    provider_documents.discover(provider.connection, NOW + timedelta(**later))


def keys_of(provider: Provider) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = provider_documents.signing_keys(provider.connection, NOW)["keys"]
    return found


def test_the_document_is_kept_for_all_processes(entra: Provider) -> None:
    discover(entra)
    stored = Connection.objects.get(pk=entra.connection.pk)
    assert stored.discovery["jwks_uri"] == f"{stored.issuer}/keys"
    assert stored.discovered_at == NOW


def test_documents_of_a_drafts_issuer_never_become_the_live_ones(entra: Provider) -> None:
    provider_documents.signing_keys(entra.connection, NOW)
    live = Connection.objects.get(pk=entra.connection.pk)
    other = "https://login.microsoftonline.com/other/v2.0"
    drafts.change_settings(live, {"issuer": other}, acting=OPERATOR)
    draft = replace(entra, connection=drafts.with_draft(live))
    assert provider_documents.signing_keys(draft.connection, NOW)["keys"]
    assert draft.connection.discovery["issuer"] == other
    assert provider_documents.refresh_signing_keys(draft.connection, timedelta(), NOW) is None
    after = Connection.objects.get(pk=live.pk)
    assert (after.discovery, after.signing_keys_tried_at) == (live.discovery, live.signing_keys_tried_at)


def test_the_document_is_fetched_once_a_day(entra: Provider) -> None:
    discover(entra)
    discover(entra, hours=23)
    assert entra.web.count(DISCOVERY) == 1
    discover(entra, hours=24)
    assert entra.web.count(DISCOVERY) == 2


def test_an_old_document_serves_while_the_provider_is_down_and_is_asked_for_now_and_then(entra: Provider) -> None:
    discover(entra)
    entra.publish(DISCOVERY, OutboundError("No connection."))
    discover(entra, hours=25)
    discover(entra, hours=25, minutes=1)
    assert entra.web.count(DISCOVERY) == 2
    assert entra.connection.discovery["issuer"] == entra.connection.issuer


@pytest.mark.parametrize("ending", ["/", "x", " "])
def test_the_issuer_must_be_exactly_the_configured_one(entra: Provider, ending: str) -> None:
    entra.publish(DISCOVERY, entra.discovery(issuer=entra.connection.issuer + ending))
    with pytest.raises(ProviderDocumentWrong, match="Set the connection's issuer to exactly"):
        discover(entra)


@pytest.mark.parametrize(
    "address", [None, 5, "", "javascript:alert(1)", "http://idp.example/x", "https://2130706433/x"]
)
@pytest.mark.parametrize("name", ["authorization_endpoint", "jwks_uri"])
def test_needed_endpoints_must_be_https_addresses(entra: Provider, name: str, address: Any) -> None:
    entra.publish(DISCOVERY, entra.discovery(**{name: address}))
    with pytest.raises(ProviderDocumentWrong, match=name):
        discover(entra)


def test_the_code_flow_needs_a_token_endpoint_and_the_other_does_not(entra: Provider, okta: Provider) -> None:
    for provider in (entra, okta):
        provider.publish(DISCOVERY, provider.discovery(token_endpoint=None))
    discover(entra)
    with pytest.raises(ProviderDocumentWrong, match="token_endpoint"):
        discover(okta)


def test_a_listed_host_may_speak_plain_http(entra: Provider, settings: Any) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1:9000"]
    entra.publish(DISCOVERY, entra.discovery(jwks_uri="http://127.0.0.1:9000/keys"))
    discover(entra)
    assert entra.connection.discovery["jwks_uri"] == "http://127.0.0.1:9000/keys"


@pytest.mark.parametrize("page", [b"", b"[]", b"<html>", b'{"issuer":"\\ud800"}', b"[" * 100_000])
def test_what_is_no_document_is_refused(entra: Provider, page: bytes) -> None:
    entra.publish(DISCOVERY, page)
    with pytest.raises(ProviderDocumentWrong):
        discover(entra)


def test_another_issuer_takes_none_of_the_old_keys_along(entra: Provider) -> None:
    keys_of(entra)
    entra.connection.issuer = "https://other.example"
    with pytest.raises(ProviderUnreachable):
        keys_of(entra)
    moved = Provider(entra.connection, entra.web, {})
    moved.publish("keys", OutboundError("No connection."))
    with pytest.raises(ProviderUnreachable):
        keys_of(moved)


def test_only_what_verification_needs_is_stored_of_a_key(entra: Provider) -> None:
    entra.publish("keys", {"keys": [jwk(d="private", x5c=["MIIB"], x5t="t")]})
    assert set(keys_of(entra)[0]) == {"kty", "kid", "use", "n", "e"}


@pytest.mark.parametrize(
    "key",
    [
        jwk(use="enc"),
        jwk(kty="oct", k="c2VjcmV0"),
        jwk(kid=None),
        jwk(kid=5),
        jwk(n="A" * 3000),
        jwk(e="A" * 300),
        jwk(n=None),
        "key",
        None,
    ],
)
def test_keys_that_cannot_sign_for_us_are_left_out(entra: Provider, key: Any) -> None:
    entra.publish("keys", {"keys": [key, jwk("second")]})
    assert [entry["kid"] for entry in keys_of(entra)] == ["second"]


@pytest.mark.parametrize("page", [{}, {"keys": []}, {"keys": {}}, {"keys": [jwk(use="enc")]}, b"[]"])
def test_a_set_without_usable_keys_is_refused(entra: Provider, page: Any) -> None:
    entra.publish("keys", page)
    with pytest.raises(ProviderError):
        keys_of(entra)


def test_a_useless_set_does_not_replace_a_good_one(entra: Provider) -> None:
    keys_of(entra)
    entra.publish("keys", {"keys": []})
    assert provider_documents.signing_keys(entra.connection, NOW + timedelta(hours=2))["keys"][0]["kid"] == "first"


def test_one_process_alone_gets_the_turn_to_fetch(entra: Provider) -> None:
    keys_of(entra)
    pause = timedelta(minutes=5)
    here, there = (Connection.objects.get(pk=entra.connection.pk) for _ in range(2))
    assert provider_documents.refresh_signing_keys(here, pause, NOW)
    assert provider_documents.refresh_signing_keys(there, pause, NOW + timedelta(minutes=4)) is None
    assert provider_documents.refresh_signing_keys(there, pause, NOW + timedelta(minutes=5))


def test_a_silent_provider_is_not_waited_for_by_one_login_after_the_other(entra: Provider) -> None:
    entra.publish(DISCOVERY, OutboundError("It took longer than 5 seconds."))
    for _ in range(3):
        with pytest.raises(ProviderUnreachable, match="longer than 5 seconds"):
            discover(entra)
    assert entra.web.count(DISCOVERY) == 1
