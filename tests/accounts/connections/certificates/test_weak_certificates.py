"""A weak certificate that was taken before such keys were refused verifies nothing."""

from typing import Any

import pytest

from accounts.models import Connection, LoginRecord, UnrecordedRefusals
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.logouts import Visit, logout_connection
from tests.support.saml_keys import key_pair
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db
WEAK, STRONG = key_pair("weak-1024").certificate, key_pair("idp").certificate
BY_WEAK = {"signing": Signing(key="weak-1024")}


def reason() -> str:
    return LoginRecord.objects.latest("at").reason


@pytest.mark.parametrize("owner", ["weak-1024", "weak-p224"])
def test_alone_it_refuses_every_login_and_says_why(cast: Cast, owner: str) -> None:
    journey = SamlJourney(signed_connection(cast.acme, idp_certificates=key_pair(owner).certificate))
    assert journey.log_in().status_code == 403
    record = LoginRecord.objects.get()
    assert record.reason == "saml-certificate"
    assert "Expected a signing certificate on the connection with an RSA key of 2048" in record.explanation
    assert "Make a new signing certificate there" in record.explanation


@pytest.mark.parametrize(("message", "status"), [({}, 303), (BY_WEAK, 403)], ids=["strong", "weak"])
def test_beside_a_strong_one_only_that_verifies(cast: Cast, message: dict[str, Any], status: int) -> None:
    journey = SamlJourney(signed_connection(cast.acme, idp_certificates=WEAK + STRONG))
    assert journey.log_in(**message).status_code == status
    assert reason() == ("saml-signature" if message else "")


def test_it_ends_no_session_either(cast: Cast) -> None:
    dana = Visit(logout_connection(cast.acme))
    Connection.objects.update(idp_certificates=WEAK)
    dana.asked_by_idp(**BY_WEAK)
    assert dana.is_signed_in()
    assert UnrecordedRefusals.objects.get().reason == "logout-saml-certificate"
