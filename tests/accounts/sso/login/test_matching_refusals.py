"""Why an e-mail that somebody has finds nobody: each cause has its own code, side and advice, for both protocols."""

from typing import Any

import pytest

from accounts.models import EmailDomain, LoginRecord
from tests.accounts.sso.oidc.test_email_verified import log_in
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.oidc_messages import Web

pytestmark = pytest.mark.django_db
OWN_DOMAIN, OWN_WORD = "on the connection's page", "the value true"


def failed(record: LoginRecord) -> dict[str, str]:
    (step,) = [step for step in record.steps if step["mark"] == "failed"]
    return dict(step)


@pytest.mark.parametrize(
    ("vendor", "said", "received", "advice"),
    [
        ("okta", {"email_verified": False}, "“email_verified” with the value false", "user verify this e-mail"),
        ("okta", {"email_verified": "false"}, '“email_verified” with the value "false"', "user verify this e-mail"),
        ("entra", {"email_verified": 0}, "“email_verified” with the value 0", "user verify this e-mail"),
        (
            "entra",
            {"xms_edov": False, "preferred_username": "p.1@acme.onmicrosoft.com"},
            "“xms_edov” with the value false",
            "custom domain name of the Entra tenant",
        ),
        ("other", {"email_verified": "no"}, '“email_verified” with the value "no"', "user verify this e-mail"),
        ("other", {}, "does not say is verified", OWN_WORD),
    ],
)
def test_an_email_that_is_not_vouched_for_names_the_claim(
    cast: Cast, web: Web, vendor: str, said: dict[str, Any], received: str, advice: str
) -> None:
    step = failed(log_in(cast, web, vendor, **said))
    assert (step["code"], step["side"]) == ("email-not-verified", "identity provider")
    assert received in step["received"]
    assert advice in step["next_step"]
    assert OWN_DOMAIN not in step["next_step"]


def test_where_the_domain_lacks_too_both_are_named(cast: Cast, web: Web) -> None:
    EmailDomain.objects.filter(domain="acme.example").update(proved_at=None)
    step = failed(log_in(cast, web, "other"))
    assert step["code"] == "email-not-verified"
    assert OWN_WORD in step["next_step"]
    assert "Verify the domain 'acme.example' on the connection's page" in step["next_step"]


@pytest.mark.parametrize("said", [{"acct": 1}, {"idp": "live.com", "email_verified": False}])
def test_a_guest_is_not_sent_to_the_domain(cast: Cast, web: Web, said: dict[str, Any]) -> None:
    step = failed(log_in(cast, web, "entra", **said))
    assert (step["code"], step["side"]) == ("guest", "identity provider")
    assert "domain" not in step["next_step"]


def test_a_verified_domain_of_no_connection_is_to_be_added_not_verified(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.connection.domains.clear()
    page = journey.log_in(email="petra@acme.example")
    step = failed(LoginRecord.objects.latest("at"))
    assert (step["code"], step["side"]) == ("domain-not-attached", "Torque")
    assert "adds the domain 'acme.example' to this connection" in step["next_step"]
    assert "has not set up its e-mail domain" in page.content.decode()


def test_the_domain_of_another_account_is_still_to_be_verified(cast: Cast) -> None:
    EmailDomain.objects.filter(domain="acme.example").update(account=cast.globex)
    SamlJourney(signed_connection(cast.acme)).log_in(email="petra@acme.example")
    assert failed(LoginRecord.objects.latest("at"))["code"] == "email-not-proved"
