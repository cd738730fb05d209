"""From a verified assertion to a person: subject, e-mail, names, groups, and what was looked for in vain."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.connections.vendors import VENDORS
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.checks import VerifiedAssertion
from accounts.sso.saml.claims import Reading, identity_claims

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
MICROSOFT = "http://schemas.microsoft.com/identity/claims"
GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
OBJECT_ID = "0b6bd2a4-6a1f-4b5c-9d2c-3f1d7f0ae901"


def claims_of(
    vendor: str = "okta",
    attributes: dict[str, tuple[str, ...]] | None = None,
    own: dict[str, str] | None = None,
    **changes: Any,
) -> IdentityClaims:
    usual: dict[str, Any] = {
        "assertion_id": "_a1",
        "issuer": "https://idp.example/",
        "name_id": "bob@acme.example",
        "name_id_format": EMAIL_FORMAT,
        "attributes": attributes or {},
        "session_index": "_s1",
        "authenticated_at": NOW,
        "session_ends_at": None,
        "expires_at": NOW,
    }
    known = VENDORS[vendor]
    names = known.names("saml", own or {})
    reading = Reading(UUID(int=1), names, own or {}, known.groups_link, is_entra=vendor == "entra")
    return identity_claims(VerifiedAssertion(**{**usual, **changes}), reading)


def refusal_of(**given: Any) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        claims_of(**given)
    return caught.value


def test_the_name_id_is_the_subject_and_an_address_in_it_the_email() -> None:
    claims = claims_of()
    assert (claims.subject, claims.email, claims.user_names) == ("bob@acme.example",) * 2 + (("bob@acme.example",),)


def test_entras_object_id_stands_with_its_tenant() -> None:
    attributes = {f"{MICROSOFT}/tenantid": ("5D1F",), f"{MICROSOFT}/objectidentifier": (OBJECT_ID,)}
    claims = claims_of("entra", attributes)
    assert (claims.subject, claims.external_ids) == (f"5d1f/{OBJECT_ID}", (OBJECT_ID,))


def test_entras_object_id_stands_alone_where_no_tenant_is_sent() -> None:
    assert claims_of("entra", {f"{MICROSOFT}/objectidentifier": (OBJECT_ID,)}).subject == OBJECT_ID


def test_a_subject_attribute_set_on_the_connection_comes_first() -> None:
    claims = claims_of(attributes={"employeeNumber": ("4711",)}, own={"subject": "employeeNumber"})
    assert (claims.subject, claims.external_ids) == ("4711", ("4711",))


def test_a_transient_name_id_is_no_identity() -> None:
    assert refusal_of(name_id_format=TRANSIENT).code == "saml-subject"


def test_a_transient_name_id_does_not_matter_beside_a_subject_attribute() -> None:
    claims = claims_of(attributes={"id": ("4711",)}, own={"subject": "id"}, name_id_format=TRANSIENT)
    assert claims.subject == "4711"


def test_no_name_id_and_no_subject_attribute_is_refused() -> None:
    assert refusal_of(name_id="", attributes={"email": ("bob@acme.example",)}).code == "saml-subject"


def test_a_subject_longer_than_is_kept_is_refused() -> None:
    assert refusal_of(attributes={"id": ("x" * 513,)}, own={"subject": "id"}).code == "saml-subject"


def test_the_email_attribute_comes_before_the_name_id() -> None:
    assert claims_of(attributes={"email": (" bob.becker@acme.example ",)}).email == "bob.becker@acme.example"


def test_the_email_may_be_entras_user_name() -> None:
    claims = claims_of("entra", {f"{CLAIMS}/name": ("bob@acme.example",)}, name_id="x")
    assert (claims.email, claims.user_names) == ("bob@acme.example", ("bob@acme.example",))


def test_a_guests_made_up_user_name_is_no_email() -> None:
    attributes = {f"{CLAIMS}/name": ("bob_mail.example#EXT#@acme.example",)}
    assert refusal_of(vendor="entra", attributes=attributes, name_id="x").code == "no-email"


def test_without_an_email_both_what_was_looked_for_and_what_came_are_named() -> None:
    refusal = refusal_of(attributes={"mail": ("bob@acme.example",), "login": ("bob",)}, name_id="00u1bob")
    assert "“email”" in refusal.expected
    assert "“login”, “mail”" in refusal.received


def test_an_email_attribute_without_an_email_in_it_is_shown() -> None:
    assert "without the shape" in refusal_of(attributes={"email": ("bob",)}, name_id="00u1bob").received


def test_names_and_places_are_read_by_the_vendors_names() -> None:
    names = {"firstName": ("Bob",), "lastName": ("Becker",)}
    claims = claims_of(attributes={**names, "space_name": ("Trial,DevOps",), "timezone": ("Europe/Paris",)})
    assert (claims.first_name, claims.last_name) == ("Bob", "Becker")
    assert (claims.space_names, claims.timezone) == (("Trial,DevOps",), "Europe/Paris")


@pytest.mark.parametrize(
    ("attributes", "expected"), [({}, None), ({"groups": ()}, ()), ({"groups": ("a", "b")}, ("a", "b"))]
)
def test_no_groups_said_is_not_said_to_be_in_none(attributes: Any, expected: Any) -> None:
    assert claims_of(attributes=attributes).group_ids == expected


def test_a_link_in_place_of_groups_is_overage() -> None:
    claims = claims_of("entra", {"http://schemas.microsoft.com/claims/groups.link": ("https://graph.windows.net/x",)})
    assert (claims.groups_overage, claims.group_ids) == (True, None)


def test_a_link_in_place_of_groups_leaves_another_attribute_alone() -> None:
    attributes = {"http://schemas.microsoft.com/claims/groups.link": ("https://graph.windows.net/x",), "r": ("Ops",)}
    claims = claims_of("entra", attributes, own={"groups": "r"})
    assert (claims.groups_overage, claims.group_ids) == (False, ("Ops",))


def test_a_value_with_elements_inside_is_no_list_of_groups() -> None:
    claims = claims_of(attributes={"groups": ("Ops",)}, structured={"groups": ["Ops", {"Group": ""}]})
    assert claims.group_ids is None
    assert "“groups” came as a list that holds an object with “Group” beside texts." in claims.groups_unread


def test_one_value_alone_may_be_a_list_as_one_text() -> None:
    assert claims_of(attributes={"groups": ('["Ops", "Dev"]',)}).group_ids == ("Ops", "Dev")


def test_the_email_is_looked_for_among_all_values() -> None:
    assert claims_of(attributes={"email": ("bob", "b@acme.example")}, name_id="x").email == "b@acme.example"


def test_a_configured_name_that_never_arrived_is_remarked_with_what_did() -> None:
    (remark,) = claims_of(attributes={"tz": ("Europe/Paris",)}, own={"timezone": "time_zone"}).remarks
    assert remark == "The connection reads timezone from “time_zone”, which did not arrive. What arrived: “tz”."


def test_what_the_assertion_says_of_itself_is_carried_along() -> None:
    claims = claims_of(attributes={"b": ("1",), "a": ("2",)})
    assert (claims.issuer, claims.message_id, claims.message_expires_at) == ("https://idp.example/", "_a1", NOW)
    assert (claims.idp_session, claims.authenticated_at, claims.received_names) == ("_s1", NOW, ("a", "b"))
