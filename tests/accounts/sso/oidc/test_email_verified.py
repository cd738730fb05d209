"""Whose word makes an e-mail good for finding a user, by vendor (`docs/decisions/0021`)."""

from typing import Any

import pytest

from accounts.models import LoginRecord, User
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney
from tests.support.oidc_messages import Provider, Web, shape

pytestmark = pytest.mark.django_db
ISSUER = {"issuer": "https://idp.example", "tenant_id": ""}
ABSENT = None


def log_in(cast: Cast, web: Web, vendor: str, **claims: Any) -> LoginRecord:
    """A login by OpenID Connect with Petra's address, who is pending."""
    options = {} if vendor == "entra" else ISSUER
    message = "entra/oidc/member.json" if vendor == "entra" else "other/oidc/without_email_verified.json"
    journey = OidcJourney(Provider(oidc_connection(cast.acme, vendor=vendor, **options), web, shape(message)))
    journey.log_in(**{"email": "petra@acme.example", "preferred_username": "petra@acme.example", **claims})
    return LoginRecord.objects.latest("at")


@pytest.mark.parametrize(
    ("vendor", "said", "found"),
    [
        ("okta", True, True),
        ("okta", "true", True),
        ("okta", ABSENT, True),
        ("okta", False, False),
        ("okta", "false", False),
        ("entra", ABSENT, True),
        ("entra", True, True),
        ("entra", False, False),
        ("entra", "false", False),
        ("other", True, True),
        ("other", "true", True),
        ("other", 1, True),
        ("other", ABSENT, False),
        ("other", False, False),
        ("other", "false", False),
        ("other", "False", False),
        ("other", 0, False),
        ("other", "", False),
        ("other", "yes", False),
        ("other", [True], False),
    ],
)
def test_an_email_finds_a_pending_user_when_the_provider_vouches_for_it(
    cast: Cast, web: Web, vendor: str, said: Any, found: bool
) -> None:
    record = log_in(cast, web, vendor, email_verified=said)
    assert record.user == (cast.petra if found else None)
    assert record.reason == ("" if found else "email-not-verified")


def test_the_refusal_says_what_the_provider_has_to_send(cast: Cast, web: Web) -> None:
    record = log_in(cast, web, "other")
    assert "Let the application send the claim “email_verified” with the value true" in record.explanation
    assert "Verify the domain" not in record.explanation


def test_somebody_new_comes_in_with_an_address_that_nobody_vouched_for(cast: Cast, web: Web) -> None:
    record = log_in(cast, web, "other", email="dana@acme.example", preferred_username=None)
    assert record.user is not None
    assert (record.user.email, record.user.origin) == ("dana@acme.example", "sso")
    assert any("does not say that 'dana@acme.example' is verified" in decision for decision in record.decisions)


def test_a_user_name_of_a_provider_that_vouches_for_nothing_finds_nobody(cast: Cast, web: Web) -> None:
    record = log_in(cast, web, "other", email="dana@acme.example")
    assert record.user != cast.petra


def test_the_word_counts_for_the_claim_email_and_no_other(cast: Cast, web: Web) -> None:
    own = {"attribute_names": {"email": "mail"}}
    connection = oidc_connection(cast.acme, vendor="other", **ISSUER, **own)
    claims = shape("other/oidc/without_email_verified.json")
    journey = OidcJourney(Provider(connection, web, claims))
    journey.log_in(mail="petra@acme.example", email="me@private.example", email_verified=True, preferred_username=None)
    assert LoginRecord.objects.latest("at").reason == "email-not-verified"


def test_provisioning_with_the_subject_finds_the_person_all_the_same(cast: Cast, web: Web) -> None:
    User.objects.filter(pk=cast.petra.pk).update(external_id="f:1:petra")
    assert log_in(cast, web, "other").user == cast.petra
