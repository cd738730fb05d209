"""One test for each check of `protocol.md` 6.5, in the flow where the browser brings the ID token."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.sso.oidc import relying_party
from accounts.sso.refusal import LoginRefused
from tests.support.oidc_messages import NOW, Provider, at, half_hash, jwk, rsa_key, sign

AUTH_TIMES: dict[str, tuple[int, Any, str]] = {
    "none": (3600, None, "oidc-auth-time"),
    "too old": (3600, at(minutes=-62), "oidc-auth-time"),
    "of long ago, now asked for": (0, at(days=-1), "oidc-auth-time"),
    "no number": (3600, "yesterday", "oidc-time-claim"),
    "true": (3600, True, "oidc-time-claim"),
}


@pytest.mark.parametrize(("max_age", "auth_time", "code"), AUTH_TIMES.values(), ids=AUTH_TIMES)
def test_with_a_maximum_age_the_sign_in_there_must_be_recent(
    entra: Provider, max_age: int, auth_time: Any, code: str
) -> None:
    entra.connection.max_age = max_age
    assert refusal_of(entra, entra.token(auth_time=auth_time)).code == code


@pytest.mark.parametrize(("max_age", "minutes"), [(3600, -59), (3600, -60), (0, 0), (0, 2), (None, -600)])
def test_a_recent_sign_in_there_is_taken(entra: Provider, max_age: int | None, minutes: int) -> None:
    entra.connection.max_age = max_age
    assert entra.log_in(auth_time=at(minutes=minutes))


def test_without_a_maximum_age_auth_time_is_not_looked_at(entra: Provider) -> None:
    assert entra.log_in(auth_time="yesterday")


def test_the_age_counts_from_our_request_however_long_the_person_takes(entra: Provider) -> None:
    entra.connection.max_age = 0
    transaction = entra.transaction()
    transaction.created_at = NOW - timedelta(minutes=8)
    token = entra.token(auth_time=at(minutes=-7))
    assert relying_party.read_answer(entra.connection, {"id_token": token}, transaction, now=NOW)


OTHER_CLIENT = "99999999-2222-3333-4444-555555555555"
OTHER_TENANT = "00000000-0c1b-4b5a-9a53-1c2d3e4f5a6b"


NO_TIMES = [None, "1772443800", True, -1, 10**300, [], 1e300]
NO_NAMES = [None, "", "  ", 5, ["x"], "x" * 256]
ANY_TENANT = "https://login.microsoftonline.com/{tenantid}/v2.0"
# Code of the refusal -> claim -> values; None leaves the claim out.
WRONG: dict[str, dict[str, list[Any]]] = {
    "oidc-issuer": {"iss": [None, ANY_TENANT, f"https://sts.windows.net/{OTHER_TENANT}/", 5, []]},
    "oidc-audience": {"aud": [None, OTHER_CLIENT, [], [OTHER_CLIENT], {}, 5]},
    "oidc-authorized-party": {"azp": [OTHER_CLIENT, "", 5, []]},
    "oidc-not-yet-valid": {"nbf": [at(minutes=6)]},
    "oidc-issued-in-future": {"iat": [at(minutes=6)]},
    "oidc-time-claim": {"exp": NO_TIMES, "iat": NO_TIMES},
    "oidc-nonce": {"nonce": [None, "", "another", 5, ["n-0S6_WzA2Mj-of-this-sign-in"], "ñ"]},
    "oidc-tenant": {"tid": [None, OTHER_TENANT, "", 5]},
    "oidc-subject": {"sub": NO_NAMES, "oid": NO_NAMES},
}
WRONG_CLAIMS = [(code, name, value) for code, names in WRONG.items() for name in names for value in names[name]]


def refusal_of(entra: Provider, id_token: str, **answer: str) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        entra.read(id_token=id_token, **answer)
    return caught.value


@pytest.mark.parametrize(("code", "name", "value"), WRONG_CLAIMS)
def test_a_wrong_claim_is_refused(entra: Provider, code: str, name: str, value: Any) -> None:
    assert refusal_of(entra, entra.token(**{name: value})).code == code


def test_a_good_token_logs_in(entra: Provider) -> None:
    assert entra.log_in().email == "dana@acme.example"


def test_an_unsigned_token_is_refused(entra: Provider) -> None:
    unsigned = sign(entra.payload(), alg="none")
    assert refusal_of(entra, unsigned).code == "oidc-malformed"
    assert refusal_of(entra, unsigned + "c2ln").code == "oidc-algorithm"


def test_a_token_signed_with_the_public_key_as_hmac_secret_is_refused(entra: Provider) -> None:
    token = sign(entra.payload(), alg="HS256", key=jwk()["n"].encode())
    assert refusal_of(entra, token).code == "oidc-algorithm"


@pytest.mark.parametrize("alg", ["RS384", "PS256", "rs256", "", None, 5, ["RS256"]])
def test_only_rs256_is_accepted(entra: Provider, alg: Any) -> None:
    assert refusal_of(entra, sign(entra.payload(), alg=alg)).code == "oidc-algorithm"


@pytest.mark.parametrize("kid", [None, "", 7, ["first"]])
def test_a_token_that_names_no_key_is_refused(entra: Provider, kid: Any) -> None:
    assert refusal_of(entra, sign(entra.payload(), kid=kid)).code == "oidc-key-id"


def test_a_token_by_an_unknown_key_is_refused(entra: Provider) -> None:
    assert refusal_of(entra, sign(entra.payload(), kid="second", key=rsa_key("second"))).code == "oidc-unknown-key"


def test_a_token_by_another_key_under_a_known_name_is_refused(entra: Provider) -> None:
    assert refusal_of(entra, sign(entra.payload(), key=rsa_key("second"))).code == "oidc-signature"


def test_a_changed_payload_is_refused(entra: Provider) -> None:
    head, _, signature = entra.token().split(".")
    other = entra.token(oid="somebody-else").split(".")[1]
    assert refusal_of(entra, f"{head}.{other}.{signature}").code == "oidc-signature"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_keys_and_addresses_in_the_header_are_not_looked_at(entra: Provider, name: str) -> None:
    value = {"jwk": jwk("second"), "x5c": ["MIIB"]}.get(name, "https://attacker.example/keys")
    token = sign(entra.payload(), key=rsa_key("second"), **{name: value})
    assert refusal_of(entra, token).code == "oidc-signature"
    assert all("attacker" not in url for url, _ in entra.web.requests)


def test_a_critical_extension_is_refused(entra: Provider) -> None:
    assert refusal_of(entra, sign(entra.payload(), crit=["b64"], b64=True)).code == "oidc-critical-header"


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", 5])
def test_another_kind_of_token_is_refused(entra: Provider, typ: Any) -> None:
    assert refusal_of(entra, sign(entra.payload(), typ=typ)).code == "oidc-token-type"


def test_an_issuer_with_a_slash_more_is_refused(entra: Provider) -> None:
    assert refusal_of(entra, entra.token(iss=entra.connection.issuer + "/")).code == "oidc-issuer"


def test_a_client_id_that_only_contains_ours_is_refused(entra: Provider) -> None:
    refusal = refusal_of(entra, entra.token(aud=f"x{entra.connection.client_id}"))
    assert refusal.code == "oidc-audience"
    assert entra.connection.client_id in refusal.expected


def test_a_list_of_our_client_id_alone_is_accepted(entra: Provider) -> None:
    assert entra.log_in(aud=[entra.connection.client_id])


def test_several_audiences_need_the_authorized_party(entra: Provider) -> None:
    audiences = [entra.connection.client_id, OTHER_CLIENT]
    assert refusal_of(entra, entra.token(aud=audiences)).code == "oidc-authorized-party"
    assert entra.log_in(aud=audiences, azp=entra.connection.client_id)


def test_an_expired_token_is_refused_naming_both_clocks(entra: Provider) -> None:
    refusal = refusal_of(entra, entra.token(iat=at(minutes=-50), nbf=None, exp=at(minutes=-20)))
    assert refusal.code == "oidc-expired"
    assert "our clock: 2026-03-02 09:30:00 UTC" in refusal.expected
    assert refusal.received == "exp 2026-03-02 09:10:00 UTC by the provider's clock"


def test_the_skew_of_the_connection_is_allowed_and_no_second_more(entra: Provider) -> None:
    entra.connection.clock_skew = 60
    token = entra.token(exp=at(seconds=0))
    assert entra.read(now=NOW + timedelta(seconds=59), id_token=token)
    with pytest.raises(LoginRefused, match="exp"):
        entra.read(now=NOW + timedelta(seconds=60), id_token=token)


def test_the_skew_is_never_more_than_five_minutes(entra: Provider) -> None:
    entra.connection.clock_skew = 9000
    assert refusal_of(entra, entra.token(exp=at(seconds=-300))).code == "oidc-expired"


def test_an_old_token_with_a_far_end_is_refused(entra: Provider) -> None:
    assert refusal_of(entra, entra.token(iat=at(days=-3650), nbf=None, exp=at(days=3650))).code == "oidc-too-old"


def test_entras_back_dated_token_is_accepted(entra: Provider) -> None:
    assert entra.log_in(iat=at(minutes=-5), nbf=at(minutes=-5), exp=at(minutes=60))


def test_a_sign_in_without_nonce_accepts_no_token(entra: Provider) -> None:
    transaction = entra.transaction()
    transaction.nonce = ""
    with pytest.raises(LoginRefused) as caught:
        relying_party.read_answer(entra.connection, {"id_token": entra.token(nonce="")}, transaction, now=NOW)
    assert caught.value.code == "oidc-nonce"


def test_a_code_beside_the_id_token_is_refused_where_none_was_asked_for(entra: Provider) -> None:
    assert refusal_of(entra, entra.token(c_hash=half_hash("code-1")), code="code-1").code == "oidc-flow"


def test_an_access_token_from_the_browser_is_refused(entra: Provider) -> None:
    token = entra.token(at_hash=half_hash("access"))
    assert refusal_of(entra, token, access_token="access").code == "oidc-flow"


def test_an_answer_with_nothing_in_it_is_refused(entra: Provider) -> None:
    with pytest.raises(LoginRefused) as caught:
        entra.read(session_state="x")
    assert caught.value.code == "oidc-flow"


def test_an_answer_in_another_issuers_name_is_refused(entra: Provider) -> None:
    assert refusal_of(entra, entra.token(), iss="https://attacker.example").code == "oidc-answer-issuer"


def test_an_answer_in_the_issuers_own_name_is_accepted(entra: Provider) -> None:
    assert entra.read(id_token=entra.token(), iss=entra.connection.issuer)


def test_an_error_is_quoted_on_one_line_and_not_at_length(entra: Provider) -> None:
    with pytest.raises(LoginRefused) as caught:
        entra.read(error="access_denied", error_description="AADSTS50105:\r\nnot assigned" + "x" * 9000)
    assert caught.value.code == "idp-not-assigned"
    assert caught.value.received.startswith("the error “access_denied”: “AADSTS50105: not assigned")
    assert len(caught.value.received) < 400
    assert "Assign the user" in caught.value.next_step
