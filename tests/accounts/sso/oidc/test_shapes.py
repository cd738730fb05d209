"""Messages made to hurt: whatever comes, the login is refused, soon, and nothing is asked of the network."""

import json
import time
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.oidc import relying_party
from accounts.sso.refusal import LoginRefused
from tests.support.oidc_messages import NOW, Provider, b64, sign
from tests.support.saml_reading import CPU_LIMIT

LIMIT = settings.SIGN_IN_MESSAGE_LIMIT
HEADER = b64(b'{"alg":"RS256","kid":"first"}')


def filled(part: str, before: str = "", after: str = "") -> str:
    """The part repeated up to the body limit."""
    return before + part * ((LIMIT - len(before) - len(after)) // len(part)) + after


def headed(header: bytes) -> str:
    return f"{b64(header)}.e30.AA"


UNSIGNED = {
    "nothing": "",
    "dots": filled("."),
    "one part": filled("A"),
    "a header alone at the limit": filled("A", after=".e30.AA"),
    "a payload at the limit": filled("A", f"{HEADER}.", ".AA"),
    "a signature at the limit": filled("A", f"{HEADER}.e30."),
    "five parts": "a.b.c.d.e",
    "blanks": " a.b.c ",
    "letters outside ASCII": "é.ü.ñ",
    "a NUL": "a\x00.b.c",
    "half a surrogate pair": "\ud800.b.c",
    "a header that is a list": headed(b"[]"),
    "a header that is not JSON": headed(b"{"),
    "a header that is not UTF-8": headed(b"\xff\xfe"),
    "a header nested deeply": headed(b"[" * 3000),
    "a header with a long number": headed(b'{"alg":' + b"9" * 3000 + b"}"),
    "a header with alg twice": headed(b'{"alg":"none","alg":"RS256","kid":"first"}'),
    "base64 of impossible length": f"{HEADER}A.e30.AA",
}


@pytest.mark.parametrize("token", UNSIGNED.values(), ids=UNSIGNED)
def test_what_no_provider_signed_is_refused_at_once(entra: Provider, token: str) -> None:
    entra.log_in()
    entra.web.requests.clear()
    started = time.process_time()
    with pytest.raises(LoginRefused):
        entra.read(id_token=token)
    assert time.process_time() - started < CPU_LIMIT
    assert entra.web.requests == []


def test_a_token_over_the_limit_is_not_even_split(entra: Provider) -> None:
    with pytest.raises(LoginRefused) as caught:
        entra.read(id_token="a" * (LIMIT + 1))
    assert caught.value.code == "oidc-too-large"


SIGNED = {
    "nested lists": b"[" * 100_000,
    "nested objects": b'{"a":' * 30_000,
    "a long number": b'{"iat":' + b"9" * 150_000 + b"}",
    "many long numbers": b"[" + b",".join([b"9" * 4000] * 40) + b"]",
    "many members": json.dumps({f"m{number}": number for number in range(12_000)}).encode(),
    "a member twice": b'{"iss":"a","iss":"b"}',
    "no object": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "nothing": b"",
    "no UTF-8": b'{"a":"\xff"}',
    "NaN": b'{"exp":NaN}',
    "Infinity": b'{"exp":Infinity}',
    "an escaped NUL": b'{"sub":"a\\u0000"}',
    "half a surrogate pair": b'{"sub":"\\ud800"}',
    "many blanks": b" " * 180_000,
    "a long text": b'{"iss":"' + b"x" * 180_000 + b'"}',
}


@pytest.mark.parametrize("payload", SIGNED.values(), ids=SIGNED)
def test_what_a_hostile_provider_signed_is_refused_at_once(entra: Provider, payload: bytes) -> None:
    entra.log_in()
    entra.web.requests.clear()
    token = sign(payload)
    started = time.process_time()
    with pytest.raises(LoginRefused):
        entra.read(id_token=token)
    assert time.process_time() - started < CPU_LIMIT
    assert entra.web.requests == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CHECKED = ["iss", "aud", "azp", "sub", "oid", "tid", "exp", "nbf", "iat", "nonce"]
READ = ["email", "email_verified", "xms_edov", "name", "given_name", "preferred_username", "upn", "sid", "jti"]
MAPPED = ["groups", "hasgroups", "_claim_names", "space_name", "space_role", "timezone", "account_role", "auth_time"]
FIELDS = st.sampled_from(["id_token", "code", "state", "error", "error_description", "iss"])
MANY = rounds(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def outcome(entra: Provider, payload: Any) -> str:
    try:
        entra.read(id_token=sign(payload))
    except LoginRefused as refusal:
        return refusal.code
    return "logged in"


@MANY
@given(changes=st.dictionaries(st.sampled_from([*CHECKED, *READ, *MAPPED]), JSON, min_size=1, max_size=4))
def test_claims_of_any_kind_log_in_or_are_refused_and_nothing_else(entra: Provider, changes: dict[str, Any]) -> None:
    assert outcome(entra, entra.payload() | changes)


@MANY
@given(payload=JSON)
def test_payloads_of_any_kind_are_refused(entra: Provider, payload: Any) -> None:
    assert outcome(entra, payload) != "logged in"


@MANY
@given(fields=st.dictionaries(FIELDS, st.text()))
def test_answers_of_any_kind_are_refused(entra: Provider, fields: dict[str, str]) -> None:
    with pytest.raises(LoginRefused):
        relying_party.read_answer(entra.connection, fields, entra.transaction(), now=NOW)


@MANY
@given(changes=st.dictionaries(st.sampled_from([*READ[1:], *MAPPED]), JSON, max_size=5))
def test_no_claim_but_tid_and_oid_says_who_somebody_is(entra: Provider, changes: dict[str, Any]) -> None:
    claims = entra.payload() | changes
    found = oidc_claims.identity(entra.connection, claims, NOW)
    assert found.subject == f"{claims['tid']}/{claims['oid']}"
    assert (found.connection_id, found.issuer) == (entra.connection.id, entra.connection.issuer)
