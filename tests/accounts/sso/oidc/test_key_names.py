"""A new key under an old name, and keys without names (OpenID Connect Core 10.1, RFC 7517 section 4.5)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Connection
from accounts.sso.logout import oidc_views
from accounts.sso.refusal import LoginRefused
from tests.accounts.sso.oidc.test_relying_party_keys import code_of, log_in_with
from tests.support.oidc_messages import NOW, Provider, jwk, rsa_key, sign


def nameless(name: str = "first") -> dict[str, Any]:
    return {member: value for member, value in jwk(name).items() if member != "kid"}


def token(entra: Provider, key: str, **header: Any) -> str:
    return sign(entra.payload(), key=rsa_key(key), **header)


def refused(entra: Provider, key: str, **header: Any) -> str:
    with pytest.raises(LoginRefused) as caught:
        entra.read(id_token=token(entra, key, **header))
    return caught.value.code


def test_a_new_key_under_an_old_name_is_fetched_once_and_followed(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", {"keys": [jwk("second", kid="first")]})
    assert entra.read(id_token=token(entra, "second", kid="first"))
    assert entra.read(id_token=token(entra, "second", kid="first", typ="JWT"))
    assert entra.web.count("/keys") == 2


def test_a_signature_that_no_published_key_made_costs_one_fetch_and_is_refused(entra: Provider) -> None:
    log_in_with(entra, "first")
    assert {refused(entra, "attacker", kid="first") for _ in range(10)} == {"oidc-signature"}
    assert entra.web.count("/keys") == 2


def test_the_pause_is_one_for_unknown_names_and_for_bad_signatures(entra: Provider) -> None:
    log_in_with(entra, "first")
    assert refused(entra, "attacker", kid="first") == "oidc-signature"
    assert code_of(entra, "unknown", minutes=4) == "oidc-unknown-key"
    assert entra.web.count("/keys") == 2


def test_after_the_pause_the_keys_are_fetched_again(entra: Provider) -> None:
    log_in_with(entra, "first")
    assert refused(entra, "attacker", kid="first") == "oidc-signature"
    entra.publish("keys", {"keys": [jwk("second")]})
    assert log_in_with(entra, "second", minutes=5)


@pytest.mark.parametrize("header", [{"kid": None}, {"kid": "first"}, {"kid": "a name of which the set knows nothing"}])
@pytest.mark.parametrize("keys", [["first"], ["second", "first"], ["second", "third", "first"]])
def test_keys_without_names_are_tried_whatever_the_token_names(
    entra: Provider, keys: list[str], header: dict[str, Any]
) -> None:
    entra.publish("keys", {"keys": [nameless(name) for name in keys]})
    assert entra.read(id_token=token(entra, "first", **header))
    assert entra.web.count("/keys") == 1


def test_a_null_is_no_name(entra: Provider) -> None:
    entra.publish("keys", {"keys": [jwk(kid=None)]})
    assert entra.read(id_token=token(entra, "first", kid=None))


def test_a_new_key_without_a_name_is_followed(entra: Provider) -> None:
    entra.publish("keys", {"keys": [nameless()]})
    assert entra.read(id_token=token(entra, "first", kid=None))
    entra.publish("keys", {"keys": [nameless("second")]})
    assert entra.read(id_token=token(entra, "second", kid=None))
    assert refused(entra, "first", kid=None) == "oidc-signature"


def test_two_keys_of_one_name_are_both_tried(entra: Provider) -> None:
    entra.publish("keys", {"keys": [jwk("second", kid="same"), jwk("first", kid="same")]})
    assert entra.read(id_token=token(entra, "first", kid="same"))
    assert entra.read(id_token=token(entra, "second", kid="same"))


def test_a_token_without_a_name_is_refused_where_the_keys_have_names(entra: Provider) -> None:
    entra.publish("keys", {"keys": [jwk("first"), nameless("second")]})
    assert refused(entra, "first", kid=None) == "oidc-key-id"
    assert refused(entra, "second", kid=None) == "oidc-key-id"
    assert entra.web.count("/keys") == 1


def test_no_signature_counts_that_none_of_the_nameless_keys_made(entra: Provider) -> None:
    entra.publish("keys", {"keys": [nameless("second"), nameless("third")]})
    assert refused(entra, "attacker", kid=None) == "oidc-signature"


def test_a_logout_token_by_a_new_key_under_an_old_name_is_taken(entra: Provider) -> None:
    log_in_with(entra, "first")
    entra.publish("keys", {"keys": [jwk("second", kid="first")]})
    claims = entra.payload(nonce=None, events={oidc_views.EVENT: {}}, jti="l-1", sid="s-1")
    row = Connection.objects.get(pk=entra.connection.pk)
    signed = sign(claims, key=rsa_key("second"), kid="first")
    assert oidc_views.read_token(row, signed, NOW + timedelta(minutes=1)).idp_session == "s-1"


def test_what_cannot_be_a_signature_costs_no_fetch(entra: Provider) -> None:
    log_in_with(entra, "first")
    with pytest.raises(LoginRefused, match="a signature that this key did not make"):
        entra.read(id_token=token(entra, "first").rpartition(".")[0] + ".AAAA")
    assert entra.web.count("/keys") == 1
