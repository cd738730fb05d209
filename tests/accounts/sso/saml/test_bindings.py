"""How logout messages travel: a query is read once, as it was signed; nothing is unpacked without end."""

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import bindings as saml_bindings
from accounts.sso.saml.bindings import MAX_RELAY_STATE
from tests.support.saml_keys import key_pair
from tests.support.saml_logout_messages import (
    assert_query_is_signed,
    deflated,
    logout_message,
    posted,
    read,
    redirected,
    sent,
)
from tests.support.saml_signing import Signing, sign

pytestmark = pytest.mark.usefixtures("no_outgoing_request")


def code(query: str, **changes: Any) -> str:
    with pytest.raises(LoginRefused) as caught:
        read(saml_bindings.read_query(query), **changes)
    return caught.value.code


def right(relay_state: str = "back") -> str:
    return redirected(logout_message(), relay_state=relay_state)


def forged() -> str:
    return redirected(logout_message(name_id="alice@acme.example"), None)


WRONG: list[tuple[str, Callable[[], str], str]] = [
    ("another RelayState", lambda: right().replace("RelayState=back", "RelayState=away"), "saml-signature"),
    ("no RelayState", lambda: right().replace("&RelayState=back", ""), "saml-signature"),
    ("a RelayState added", lambda: redirected(logout_message()) + "&RelayState=x", "saml-signature"),
    ("another message", lambda: forged() + "&" + right().partition("&")[2], "saml-signature"),
    ("a second message", lambda: right() + "&" + forged(), "saml-query"),
    ("a second message before it", lambda: forged() + "&" + right(), "saml-query"),
    ("a message by an encoded name", lambda: right() + "&" + forged().replace("SAML", "%53AML"), "saml-query"),
    ("a second Signature", lambda: right() + "&Signature=AAAA", "saml-query"),
    ("a request and a response", lambda: right() + "&SAMLResponse=AAAA", "saml-no-message"),
    ("nothing", lambda: "", "saml-no-message"),
    ("no Signature", lambda: right().partition("&Signature")[0], "saml-unsigned"),
    ("an empty Signature", lambda: right().partition("&Signature")[0] + "&Signature=", "saml-signature"),
    ("a Signature of stars", lambda: right().partition("&Signature")[0] + "&Signature=*", "saml-signature-shape"),
    ("no SigAlg", lambda: right().replace("&SigAlg=", "&Sig="), "saml-algorithm"),
    ("another encoding", lambda: right() + "&SAMLEncoding=urn:example:plain", "saml-encoding"),
    ("bytes that are no text", lambda: "SAMLRequest=%FF", "saml-encoding"),
    ("a long RelayState", lambda: right("x" * (MAX_RELAY_STATE + 1)), "saml-size"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_one_thing_wrong_refuses(query: Callable[[], str], expected: str) -> None:
    assert code(query()) == expected


PACKED = {
    "not deflated": (etree.tostring(logout_message()), "saml-deflate"),
    "with the header of zlib": (zlib.compress(etree.tostring(logout_message())), "saml-deflate"),
    "cut off": (deflated(etree.tostring(logout_message()))[:-8], "saml-deflate"),
    "with more after it": (deflated(etree.tostring(logout_message())) + b"more", "saml-deflate"),
    "a bomb": (deflated(b" " * 40_000_000), "saml-size"),
}


@pytest.mark.parametrize(("packed", "expected"), PACKED.values(), ids=PACKED)
def test_what_cannot_be_unpacked_is_refused(packed: bytes, expected: str) -> None:
    assert code(redirected(logout_message(), packed=packed)) == expected


def test_nothing_unsigned_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saml_bindings, "_inflated", lambda *_: pytest.fail("unpacked"))
    assert code(forged()) == "saml-unsigned"


def test_a_signature_inside_a_redirect_is_refused() -> None:
    root = logout_message()
    sign(root, Signing())
    assert code(redirected(root)) == "saml-signature-shape"


def test_the_text_is_verified_as_it_was_written() -> None:
    """.NET writes %3d where others write %3D; what was signed is the text itself."""
    query = redirected(logout_message(), relay_state="a=b", lower_case=True)
    assert "%3d" in query
    assert saml_bindings.read_query(query).relay_state == "a=b"
    assert read(saml_bindings.read_query(query)).message_id == "_l1"


def test_fields_of_others_are_passed_over() -> None:
    assert read(saml_bindings.read_query("app=1&" + right() + "&utm=x")).message_id == "_l1"


def test_an_empty_relay_state_is_signed_too() -> None:
    assert read(saml_bindings.read_query(redirected(logout_message(), relay_state=""))).message_id == "_l1"


def test_a_form_with_both_messages_is_refused() -> None:
    form = posted(logout_message()) | {"SAMLResponse": "x"}
    with pytest.raises(LoginRefused, match="received both"):
        saml_bindings.read_form(form)


def test_a_form_over_the_limit_is_refused() -> None:
    with pytest.raises(LoginRefused, match="at most 100 characters"):
        read(saml_bindings.read_form(posted(logout_message())), message_limit=100)


def test_our_own_queries_verify_from_their_text() -> None:
    pair = key_pair("sp")
    fields = {"SAMLRequest": saml_bindings.deflated(b"<a/>"), "RelayState": "a b&c=d"}
    address = saml_bindings.with_query(
        "https://idp.example/slo?app=1", saml_bindings.signed_query(fields, pair.private_pem)
    )
    assert_query_is_signed(address.replace("app=1&", ""), pair.certificate)
    assert sent(address)[1]["RelayState"] == "a b&c=d"
