"""An attribute that came under almost the name that is read is named with it."""

from typing import Any

import pytest

from accounts.connections.vendors import VENDORS
from accounts.models import Connection
from accounts.sso.attributes.reading import similar_names
from accounts.sso.login.preview import claims_of, preview_login
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection

APPLICATION = "0c6a7e0e5d0c4a439a530c6f0e6a1f11"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
OKTA = VENDORS["okta"].names("saml", {})
ENTRA = VENDORS["entra"].names("saml", {})


@pytest.mark.parametrize(
    ("came", "field", "names"),
    [
        ("Space_Name", "space_name", OKTA),
        ("space_names".removesuffix("s").upper(), "space_name", OKTA),
        ("spaceName", "space_name", OKTA),
        ("space-role", "space_role", OKTA),
        ("user.timezone", "timezone", OKTA),
        ("http://schemas.acme.example/claims/space_name", "space_name", OKTA),
        (f"extension_{APPLICATION}_space_name", "space_name", ENTRA),
        (f"extn.extension_{APPLICATION}_space_role", "space_role", ENTRA),
        ("http://schemas.microsoft.com/identity/claims/extn.space_name", "space_name", ENTRA),
        ("custom:timezone", "timezone", OKTA),
        ("Groups", "groups", OKTA),
        ("groups", "groups", ENTRA),
        ("Email", "email", OKTA),
        (f"{CLAIMS}/EmailAddress", "email", ENTRA),
        ("FirstName", "first_name", OKTA),
    ],
)
def test_both_names_are_said(came: str, field: str, names: Any) -> None:
    (remark,) = similar_names({came, "salary"}, names)
    assert remark.startswith(
        f"“{came}” arrived and was not read: the connection reads {field} from “{names[field][0]}”"
    )


@pytest.mark.parametrize(
    "came",
    [
        {"space_name", "Space_Name"},  # what is read came too
        {"salary", "name", "space", "role", "time"},
        {"email", "firstName", "lastName", "groups"},
        {"first_name"},  # another name of the same field, which is read
        set(),
    ],
)
def test_nothing_is_said_where_it_is_no_mistake(came: set[str]) -> None:
    assert similar_names(came, OKTA) == ()


def test_a_name_that_is_read_for_another_field_is_not_meant() -> None:
    names = VENDORS["okta"].names("saml", {"account_role": "Space_Role"})
    assert similar_names({"Space_Role"}, names) == ()


def test_a_display_name_is_not_taken_for_entras_user_name() -> None:
    assert similar_names({"name", "oid"}, ENTRA) == ()


def test_there_are_never_more_than_a_few() -> None:
    came = {f"{prefix}.{name}" for prefix in "abcdef" for names in OKTA.values() for name in names}
    remarks = similar_names(came, OKTA)
    assert len(remarks) == 5
    assert all(remark.count("“") <= 6 for remark in remarks)


@pytest.mark.django_db
@pytest.mark.parametrize("connect", [saml_connection, oidc_connection])
def test_the_login_says_it(cast: Cast, connect: Any) -> None:
    connection: Connection = connect(cast.acme)
    person = {"email": "dana@acme.example", "sub": "1", "Space_Name": "Trial"}
    assert any("“Space_Name” arrived and was not read" in one for one in claims_of(connection, person).remarks)
    assert any("“Space_Name” arrived and was not read" in one for one in preview_login(connection, person).decisions)


def test_a_configured_name_is_compared_too() -> None:
    names = VENDORS["okta"].names("saml", {"timezone": "Zone"})
    (remark,) = similar_names({"zone"}, names)
    assert "“zone” arrived and was not read: the connection reads timezone from “Zone” or “timezone”" in remark
