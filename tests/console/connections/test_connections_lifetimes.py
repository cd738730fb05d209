"""How long sessions live and records of logins are kept, chosen on a page."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import Account, AuditEntry
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
CHOSEN = {"session_idle_minutes": "30", "session_absolute_minutes": "480", "login_retention_days": "20"}


def test_what_is_chosen_holds_and_is_written_down(as_alice: Client, cast: Cast) -> None:
    assertRedirects(as_alice.post("/sso/lifetimes", CHOSEN), "/sso/lifetimes")
    acme = Account.objects.get(pk=cast.acme.pk)
    assert (acme.session_idle_minutes, acme.session_absolute_minutes, acme.login_retention_days) == (30, 480, 20)
    changed = set(AuditEntry.objects.filter(actor=cast.alice.email).values_list("action", flat=True))
    assert changed == {"account.session-lifetimes-changed", "account.login-retention-changed"}
    assertContains(as_alice.get("/sso/lifetimes"), 'value="480"')


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"session_idle_minutes": "600"}, "Expected an idle lifetime of at most the absolute one"),
        ({"session_idle_minutes": "1"}, "greater than or equal to 5"),
        ({"login_retention_days": "0"}, "greater than or equal to 1"),
        ({"login_retention_days": "x"}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_is_shown_and_nothing_is_saved(
    as_alice: Client, cast: Cast, wrong: dict[str, str], expected: str
) -> None:
    assertContains(as_alice.post("/sso/lifetimes", CHOSEN | wrong), expected)
    assert Account.objects.get(pk=cast.acme.pk).login_retention_days == cast.acme.login_retention_days
