"""Each refusal that names a setting has a place for it in a vendor's console."""

import pytest

from accounts.sso.refusals import consoles
from accounts.sso.refusals.catalogue import CATALOGUE, place


@pytest.mark.parametrize("protocol", ["saml", "oidc"])
@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_every_place_in_a_console_is_what_some_refusal_is_about(vendor: str, protocol: str) -> None:
    assert consoles.PLACES[vendor, protocol].keys() <= {row.setting for row in CATALOGUE.values()}


def test_every_setting_of_a_row_has_a_place_in_some_console() -> None:
    known = {setting for places in consoles.PLACES.values() for setting in places}
    assert {row.setting for row in CATALOGUE.values() if row.setting} <= known


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("idp-not-assigned", "Users and groups"),
        ("idp-redirect-uri", "Authentication → Redirect URIs"),
        ("idp-client-secret-expired", "Certificates & secrets"),
        ("idp-consent", "Grant admin consent"),
        ("idp-cancelled", ""),
    ],
)
def test_the_place_at_entra_is_that_of_the_cause(code: str, words: str) -> None:
    assert words in place(code, "entra", "oidc")
