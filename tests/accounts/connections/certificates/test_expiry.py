"""Expiry alerts: one for each level, closed once it is renewed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.connections.certificates import expiry
from accounts.connections.certificates.certificates import certificate_end
from accounts.models import Alert, ApiToken, Connection
from accounts.tokens import revocation, tokens
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
END = certificate_end(key_pair("idp").certificate)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def subjects() -> list[str]:
    return sorted(Alert.objects.filter(resolved_at=None).values_list("subject", flat=True))


def secret_that_ends(cast: Cast, days: float) -> Connection:
    ends_at = NOW + timedelta(days=days)
    return oidc_connection(cast.acme, name="Entra", client_secret="the secret", client_secret_expires_at=ends_at)


@pytest.mark.parametrize(
    ("days", "level"),
    [(31, None), (30, 30), (14.5, 30), (14, 14), (3.1, 14), (3, 3), (0.5, 3), (0, 0), (-400, 0)],
)
def test_a_secret_raises_an_alert_of_its_level(cast: Cast, days: float, level: int | None) -> None:
    entra = secret_that_ends(cast, days)
    expiry.warn(NOW)
    assert subjects() == ([] if level is None else [f"{entra.pk}:{level}"])


def test_a_later_level_closes_the_earlier_and_the_same_is_raised_once(cast: Cast) -> None:
    entra = secret_that_ends(cast, 20)
    assert expiry.warn(NOW) == {"alerts_raised": 1, "alerts_resolved": 0}
    assert expiry.warn(NOW) == {"alerts_raised": 0, "alerts_resolved": 0}
    assert expiry.warn(NOW + timedelta(days=7)) == {"alerts_raised": 1, "alerts_resolved": 1}
    assert subjects() == [f"{entra.pk}:14"]


def test_a_renewed_secret_closes_its_alert(cast: Cast) -> None:
    secret_that_ends(cast, 2)
    expiry.warn(NOW)
    Connection.objects.update(client_secret_expires_at=NOW + timedelta(days=365))
    assert expiry.warn(NOW) == {"alerts_raised": 0, "alerts_resolved": 1}


def test_the_sentence_names_what_ends_when_and_who_must_act(cast: Cast) -> None:
    secret_that_ends(cast, 2)
    expiry.warn(NOW)
    sentence = Alert.objects.get().sentence
    assert sentence.startswith("The client secret of 'Entra' ends on 2026-03-04. Make a new one in the identity")
    assert "the secret" not in sentence.removeprefix("The client secret")


def test_of_a_providers_certificates_the_last_that_is_valid_counts(cast: Cast) -> None:
    both = key_pair("idp-expired").certificate + key_pair("idp").certificate
    okta = saml_connection(cast.acme, idp_certificates=both)
    expiry.warn(END - timedelta(days=31))
    assert subjects() == []
    expiry.warn(END - timedelta(days=13))
    assert subjects() == [f"{okta.pk}:14"]


def test_our_own_certificate_is_distinguished(cast: Cast) -> None:
    pem = key_pair("own").certificate
    okta = saml_connection(cast.acme, idp_certificates=key_pair("idp-expired").certificate, sp_certificate=pem)
    expiry.warn(certificate_end(pem) - timedelta(days=2))
    assert subjects() == sorted([f"{okta.pk}:0", f"{okta.pk}:own:3"])


def test_a_connection_that_is_switched_off_needs_nothing(cast: Cast) -> None:
    secret_that_ends(cast, 2)
    Connection.objects.update(state="disabled")
    assert expiry.warn(NOW)["alerts_raised"] == 0


def test_a_token_has_an_alert_until_it_is_revoked(cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=10)
    token, _ = tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], expires_at=soon, acting=OPERATOR)
    expiry.warn()
    assert subjects() == [f"{token.pk}:14"]
    revocation.revoke_token(token, acting=OPERATOR)
    expiry.warn()
    assert subjects() == []


def test_a_short_token_ends_untold(cast: Cast) -> None:
    tokens.issue_short_token(cast.alice)
    assert expiry.warn()["alerts_raised"] == 0


def test_a_token_that_ended_long_ago_has_no_alert(cast: Cast) -> None:
    tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)
    ApiToken.objects.update(expires_at=NOW - timedelta(days=31))
    assert expiry.warn(NOW)["alerts_raised"] == 0
