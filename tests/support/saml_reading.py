"""Reads a response the way a connection would, and tells a refusal's code and cost."""

import time
from typing import Any

import pytest

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.checks import Expectations, VerifiedAssertion, read_response
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import ACS_URL, ISSUERS, NOW, REQUEST_ID, SP_ENTITY_ID

CPU_LIMIT = 2  # seconds for any refusal, which takes milliseconds: on the busiest machine only a bomb takes more


def expectations(vendor: str = "entra", **changes: Any) -> Expectations:
    """What the connection of `tests.support.saml_messages` expects; its IdP signs with the key "idp"."""
    usual: dict[str, Any] = {
        "acs_url": ACS_URL,
        "sp_entity_id": SP_ENTITY_ID,
        "idp_entity_id": ISSUERS[vendor],
        "certificates": (key_pair("idp").certificate,),
        "request_id": REQUEST_ID,
    }
    if key := changes.pop("decryption_key", ""):
        usual["decryption_key"] = lambda: key
    return Expectations(**{**usual, **changes})


def read(message: str, vendor: str = "entra", **changes: Any) -> VerifiedAssertion:
    return read_response(message, expectations(vendor, **changes), NOW)


def refusal(message: str, vendor: str = "entra", **changes: Any) -> LoginRefused:
    """The refusal of this message, which must also have been cheap."""
    expected = expectations(vendor, **changes)
    found, spent = _refused(message, expected)
    assert spent < CPU_LIMIT, f"{found.code} took {spent:.3f} s"
    return found


def _refused(message: str, expected: Expectations) -> tuple[LoginRefused, float]:
    began = time.process_time()
    with pytest.raises(LoginRefused) as caught:
        read_response(message, expected, NOW)
    return caught.value, time.process_time() - began


def code(message: str, vendor: str = "entra", **changes: Any) -> str:
    return refusal(message, vendor, **changes).code
