"""`check_connections`: what an operator sees of every connection."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Connection
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import oidc_connection, saml_connection
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db


def checked() -> tuple[list[dict[str, Any]], str]:
    """The connections, and the complaint when the exit is 1."""
    output = StringIO()
    with pytest.raises(CommandError) as complaint:
        call_command("check_connections", "--json", stdout=output)
    return json.loads(output.getvalue())["connections"], str(complaint.value)


def test_a_connection_in_order_needs_nobody(cast: Cast) -> None:
    okta = saml_connection(cast.acme, name="Okta", idp_certificates=key_pair("idp").certificate)
    assert run("check_connections") == {
        "connections": [
            {
                "account": "Acme", "connection": str(okta.pk), "name": "Okta", "vendor": "okta", "protocol": "saml",
                "state": "live", "last_good_read": None, "problem": None, "held": False, "certificate_days_left": 364,
                "own_certificate_days_left": None, "client_secret_days_left": None, "warnings": [],
            }
        ],
        "need_a_person": 0,
    }  # fmt: skip


def test_what_ends_soon_needs_a_person(cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=5, hours=1)
    oidc_connection(cast.globex, name="Entra", client_secret="x", client_secret_expires_at=soon)
    [entra], complaint = checked()
    assert (entra["client_secret_days_left"], complaint) == (5, "These connections need attention: 'Entra' of Globex.")


def test_held_metadata_needs_a_person(cast: Cast) -> None:
    saml_connection(cast.acme, metadata_held={"why": "Expected the entity ID 'a'; it names 'b'."})
    [okta], _ = checked()
    assert (okta["held"], okta["warnings"]) == (True, ["Expected the entity ID 'a'; it names 'b'."])


def test_a_problem_of_the_last_hour_is_shown_and_needs_nobody_yet(cast: Cast) -> None:
    read = {"metadata_problem": "No connection.", "metadata_read_at": timezone.now() - timedelta(hours=2)}
    saml_connection(cast.acme, idp_certificates=key_pair("idp").certificate, **read)
    assert run("check_connections")["connections"][0]["problem"] == "No connection."
    Connection.objects.update(metadata_read_at=timezone.now() - timedelta(hours=25))
    assert checked()[0][0]["warnings"] == ["No connection."]


def test_a_connection_that_is_switched_off_needs_nobody(cast: Cast) -> None:
    saml_connection(cast.acme, state="disabled", metadata_problem="No connection.")
    assert run("check_connections")["need_a_person"] == 0
