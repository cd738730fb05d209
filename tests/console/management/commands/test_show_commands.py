"""The commands that tell what is: a person, the latest logins, a preview, a sweep."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from accounts import login_records
from accounts.models import LoginRecord
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import claims, mapped_group, saml_connection

pytestmark = pytest.mark.django_db


def test_show_user_tells_rights_with_their_origin(cast: Cast, log_in: LogIn) -> None:
    run("create_group", "Acme", "Ops", "--idp-identifier", "Ops", "--space-role", "QA=Space Developer")
    okta = saml_connection(cast.acme, name="Okta")
    log_in(claims(okta, space_names=("Trial",), space_roles=("Space Admin",), group_ids=("Ops",)), okta)
    found = run("show_user", "Acme", "Dana@acme.example")
    assert found["spaces"] == [{"space": "Trial", "role": "Space Admin", "origin": "idp"}]
    assert found["groups"] == [{"group": "Ops", "idp_identifier": "Ops", "origin": "idp"}]
    assert found["effective_spaces"] == [
        {"space": "QA", "roles": ["Space Developer"]},
        {"space": "Trial", "roles": ["Space Admin"]},
    ]
    assert found["identities"] == [
        {"connection": "Okta", "subject": "00u1dana", "issuer": "http://www.okta.com/exk1acme"}
    ]


def test_show_user_has_every_key_that_others_rely_on(cast: Cast) -> None:
    assert set(run("show_user", "Acme", "bob@acme.example")) == {
        "id", "email", "first_name", "last_name", "timezone", "state", "origin", "account_role", "spaces", "groups",
        "effective_spaces", "identities", "former_access", "last_login",
    }  # fmt: skip


def test_list_logins_tells_the_latest_first_with_every_decision(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    log_in(claims(okta, space_names=("Atlantis",)), okta)
    login_records.record_refusal(okta, "saml-audience", "Expected ours; received theirs.")
    refused, signed_in = run("list_logins", "Acme", "--last", "2")["logins"]
    assert (refused["outcome"], refused["reason"]) == ("refused", "saml-audience: Expected ours; received theirs.")
    assert (signed_in["outcome"], signed_in["connection"], signed_in["email"]) == (
        "signed-in",
        "Okta",
        "dana@acme.example",
    )
    assert "Space 'Atlantis' does not exist here: ignored." in signed_in["decisions"]


def test_list_logins_shows_nothing_of_another_account(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta), okta)
    assert run("list_logins", "Globex") == {"logins": []}


def test_preview_login_reads_attributes_from_a_file_and_saves_nothing(cast: Cast, tmp_path: Path) -> None:
    saml_connection(cast.acme, name="Okta")
    mapped_group(cast.acme, "Ops", "g-1")
    file = tmp_path / "claims.json"
    file.write_text(json.dumps({"email": "dana@acme.example", "groups": ["g-1"], "space_name": "QA"}))
    found = run("preview_login", "Acme", "Okta", "--claims", str(file))
    assert set(found) == {"outcome", "user", "spaces", "groups_joined", "groups_left", "decisions"}
    assert (found["outcome"], found["groups_joined"]) == ("signed-in", ["Ops"])
    assert not LoginRecord.objects.exists()


@pytest.mark.parametrize("content", ["[]", "{", "[" * 100_000, "\x00"])
def test_preview_login_refuses_a_file_without_a_json_object(cast: Cast, tmp_path: Path, content: str) -> None:
    saml_connection(cast.acme, name="Okta")
    file = tmp_path / "claims.json"
    file.write_text(content)
    with pytest.raises(CommandError, match="Expected a"):
        run("preview_login", "Acme", "Okta", "--claims", str(file))
