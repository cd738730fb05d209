"""What an admin may paste: attributes as JSON, an ID token, a SAML response; all else is a sentence."""

import json

import pytest

from accounts.sso.refusal import LoginRefused
from console.logins.pasted import unverified_attributes
from tests.support.oidc_messages import b64
from tests.support.saml_messages import response

pytestmark = pytest.mark.django_db


CLAIMS = {"email": "dana@acme.example", "space_name": "Trial"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CLAIMS),
        f"{b64(b'{}')}.{b64(json.dumps(CLAIMS).encode())}.c2ln",
        response("okta", attributes={name: [value] for name, value in CLAIMS.items()}),
    ],
    ids=["JSON", "ID token", "SAML response"],
)
def test_every_spelling_is_read(text: str) -> None:
    found = unverified_attributes(text)
    assert found["email"] in ("dana@acme.example", ["dana@acme.example"])


@pytest.mark.parametrize(
    "text", ["[]", "{", "hello", "<a/>", "<!DOCTYPE a><a/>", "a.b.c", "\ud800", "{" * 5000, "9" * 300_000]
)
def test_nonsense_is_a_sentence(text: str) -> None:
    with pytest.raises(LoginRefused) as refused:
        unverified_attributes(text)
    assert refused.value.expected
