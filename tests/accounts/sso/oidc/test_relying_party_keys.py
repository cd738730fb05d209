"""Keys that rotate, keys nobody knows, and a provider that is down (R32, `protocol.md` 6.5)."""

from datetime import timedelta

import pytest

from accounts.models import Connection
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from common.outbound.guarded_http import OutboundError
from tests.support.oidc_messages import NOW, Provider, jwk, number, rsa_key, sign


def log_in_with(entra: Provider, kid: str, minutes: int = 0) -> IdentityClaims:
    """A login this much later, with a token of that time by the key of that name."""
    read_at = NOW + timedelta(minutes=minutes)
    times = {"iat": int(read_at.timestamp()), "nbf": None, "exp": int(read_at.timestamp()) + 3600}
    token = sign(entra.payload(**times), kid=kid, key=rsa_key("second" if kid == "second" else "first"))
    entra.connection = Connection.objects.get(pk=entra.connection.pk)
    return entra.read(now=read_at, id_token=token)


def code_of(entra: Provider, kid: str, minutes: int = 0) -> str:
    with pytest.raises(LoginRefused) as caught:
        log_in_with(entra, kid, minutes)
    return caught.value.code


def test_five_logins_cost_one_fetch(entra: Provider) -> None:
    for minute in range(5):
        log_in_with(entra, "first", minute)
    assert entra.web.count("/keys") == 1
    assert entra.web.count("/openid-configuration") == 1


def test_a_rotated_key_is_found_with_exactly_one_more_fetch(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", {"keys": [jwk("second"), jwk("first")]})
    assert log_in_with(entra, "second")
    assert log_in_with(entra, "second")
    assert entra.web.count("/keys") == 2


def test_a_second_unknown_key_within_five_minutes_costs_no_fetch(entra: Provider) -> None:
    log_in_with(entra, "first")
    assert code_of(entra, "unknown-1") == "oidc-unknown-key"
    assert code_of(entra, "unknown-2", minutes=4) == "oidc-unknown-key"
    assert entra.web.count("/keys") == 2


def test_after_five_minutes_an_unknown_key_is_asked_for_again(entra: Provider) -> None:
    log_in_with(entra, "first")
    assert code_of(entra, "unknown-1") == "oidc-unknown-key"
    entra.publish("keys", {"keys": [jwk("second")]})
    assert log_in_with(entra, "second", minutes=5)


def test_a_flood_of_unknown_keys_costs_one_fetch(entra: Provider) -> None:
    log_in_with(entra, "first")
    assert {code_of(entra, f"unknown-{turn}") for turn in range(30)} == {"oidc-unknown-key"}
    assert entra.web.count("/keys") == 2


def test_keys_are_fetched_again_after_an_hour(entra: Provider) -> None:
    log_in_with(entra, "first")
    log_in_with(entra, "first", minutes=61)
    assert entra.web.count("/keys") == 2


def test_a_withdrawn_key_is_refused_after_an_hour(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", {"keys": [jwk("second")]})
    assert code_of(entra, "first", minutes=61) == "oidc-unknown-key"


def test_old_keys_serve_while_the_provider_is_down(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", OutboundError("No connection."))
    assert log_in_with(entra, "first", minutes=6 * 24 * 60)


def test_a_provider_that_is_down_is_not_asked_at_every_login(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", OutboundError("No connection."))
    for minute in range(61, 66):
        log_in_with(entra, "first", minute)
    assert entra.web.count("/keys") == 2


def test_keys_of_more_than_seven_days_are_not_used(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", OutboundError("No connection to the provider."))
    assert code_of(entra, "first", minutes=8 * 24 * 60) == "idp-unreachable"


def test_a_provider_that_was_never_reached_refuses_the_login_with_its_reason(entra: Provider) -> None:
    entra.publish("keys", OutboundError("No connection to the provider."))
    with pytest.raises(LoginRefused, match="No connection to the provider"):
        entra.log_in()


def weak_jwk(name: str = "first") -> dict[str, str]:
    return jwk(name, n=number(rsa_key("weak", 1024).public_key().public_numbers().n))


def refused_weak(provider: Provider, name: str = "first") -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        provider.read(id_token=sign(provider.payload(), key=rsa_key("weak", 1024), kid=name))
    return caught.value


def test_a_provider_whose_keys_are_all_too_short_is_refused_with_a_sentence(entra: Provider) -> None:
    entra.publish("keys", {"keys": [weak_jwk()]})
    assert "RSA of 2048 bits or more" in refused_weak(entra).received


def test_a_key_that_is_too_short_beside_others_is_as_good_as_none(entra: Provider) -> None:
    entra.publish("keys", {"keys": [jwk(), weak_jwk("weak")]})
    refused = refused_weak(entra, "weak")
    assert (refused.code, refused.expected[:38]) == ("oidc-unknown-key", "a signature by a key of 2048 bits or m")
    assert [key["kid"] for key in entra.connection.signing_keys["keys"]] == ["first"]


def test_a_key_that_is_too_short_does_not_verify_where_it_was_stored_before(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.connection.signing_keys = {"keys": [weak_jwk()]}
    entra.publish("keys", {"keys": [jwk("second")]})
    assert refused_weak(entra).code == "oidc-unknown-key"
