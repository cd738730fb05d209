"""Attribute names and set-ups of each vendor."""

import pytest

from accounts.connections.vendors import ENTRA, OKTA, OTHER, SET_UPS, VENDORS


def test_the_connections_own_name_is_tried_first() -> None:
    names = OKTA.names("saml", {"email": "mail", "timezone": "zone"})
    assert names["email"][0] == "mail"
    assert names["timezone"] == ("zone", "timezone")


def test_other_vendors_deliver_groups_once_the_attribute_is_named() -> None:
    assert OKTA.delivers({})
    assert ENTRA.delivers({})
    assert not OTHER.delivers({})
    assert OTHER.delivers({"groups": "memberOf"})


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_each_vendor_has_a_set_up_for_each_protocol(vendor: str, protocol: str) -> None:
    set_up = SET_UPS[vendor, protocol]
    assert set_up.service_provider_details
    assert set_up.identity_provider_labels
