"""The demo account: made once, found again, and moved when the stand-in moves."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account, Connection, Group, User
from demo.company import DEVELOPERS, GROUPS
from demo.preparation import prepare
from demo.safe import Safe

IDP, MOVED = "http://127.0.0.1:9000", "http://127.0.0.1:9001"

pytestmark = pytest.mark.django_db


@pytest.fixture
def safe(settings: Any, tmp_path: Path) -> Safe:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1"]
    return Safe(tmp_path)


def test_the_printed_password_is_that_of_the_admin(safe: Safe) -> None:
    password = prepare(IDP, safe)
    assert User.objects.get(email="alice@acme.example").check_password(password)


def test_a_second_start_changes_nothing(safe: Safe) -> None:
    first = prepare(IDP, safe)
    before = [model.objects.count() for model in (Account, User, Group, Connection)]
    assert prepare(IDP, safe) == first
    assert [model.objects.count() for model in (Account, User, Group, Connection)] == before


def test_a_start_that_was_interrupted_is_finished(safe: Safe) -> None:
    prepare(IDP, safe)
    Connection.objects.get(name="Azure").delete()
    prepare(IDP, safe)
    assert sorted(Connection.objects.values_list("name", "state")) == [("Azure", "live"), ("Okta", "live")]


def test_connections_follow_a_stand_in_that_moved(safe: Safe) -> None:
    prepare(IDP, safe)
    prepare(MOVED, safe)
    okta, azure = Connection.objects.get(name="Okta"), Connection.objects.get(name="Azure")
    for address in (okta.idp_entity_id, okta.sso_url, azure.issuer):
        assert address.startswith(f"{MOVED}/")


def test_groups_carry_the_identifiers_of_the_directory(safe: Safe) -> None:
    prepare(IDP, safe)
    assert Group.objects.get(name=DEVELOPERS).idp_identifier == GROUPS[DEVELOPERS]


def test_the_tile_knows_where_to_send(safe: Safe) -> None:
    prepare(IDP, safe)
    tiles = json.loads((safe.directory / "applications.json").read_text())
    okta = Connection.objects.get(name="Okta")
    assert tiles["okta"]["acs_url"].endswith(f"/api/accounts/acme/saml/{okta.id}/acs")
