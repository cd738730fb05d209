"""`manage.py preview_login` and the inspector say the same sentences about what real providers send."""

import html
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import LoginRecord, User
from tests.console.logins.test_what_if_agrees import by_oidc, by_saml, okta_oidc
from tests.support.cast import Cast
from tests.support.factories import mapped_group
from tests.support.journeys import signed_connection
from tests.support.oidc_messages import Web

pytestmark = pytest.mark.django_db
DANA = {"email": "dana@acme.example", "email_verified": True}
# What comes beside an e-mail, and words of the sentence about it.
BY_OIDC: dict[str, tuple[dict[str, Any], str]] = {
    "groups as objects": ({"groups": [{"id": "Ops"}]}, "“groups” came as"),
    "a list of null": ({"groups": [None]}, "“groups” came as"),
    "nested lists": ({"groups": [["Ops"]]}, "“groups” came as"),
    "an object": ({"groups": {"Ops": "member"}}, "“groups” came as"),
    "true": ({"groups": True}, "“groups” came as"),
    "groups as JSON": ({"groups": '["Ops","Dev"]'}, "2 groups received"),
    "groups joined by commas": ({"groups": "Ops,Dev"}, "2 groups received"),
    "a path": ({"groups": ["/Ops"]}, "'/Ops' came; the group 'Ops' is mapped to 'Ops'"),
    "a Windows domain": ({"groups": ["CONTOSO\\Ops"]}, "came; the group 'Ops' is mapped to 'Ops'"),
    "another letter case": ({"groups": ["ops"]}, "'ops' came; the group 'Ops' is mapped to 'Ops'"),
    "a name in another letter case": ({"Space_Name": "Trial"}, "“Space_Name”"),
    "an attribute of an Entra extension": (
        {"extension_0123456789abcdef0123456789abcdef_space_name": "Trial"},
        "space_name",
    ),
    "a Windows time zone": ({"timezone": "W. Europe Standard Time"}, "Europe/Berlin"),
    "an offset": ({"timezone": "+01:00"}, "+01:00"),
    "an e-mail that is not verified": ({"email": "bob@acme.example", "email_verified": False}, "email_verified"),
    "somebody who signs in otherwise": ({"email": "bob@acme.example"}, "already signs in"),
}


@pytest.mark.parametrize("case", BY_OIDC)
def test_of_an_id_token(cast: Cast, web: Web, client: Client, tmp_path: Path, case: str) -> None:
    given, words = BY_OIDC[case]
    _map_groups(cast)
    connection = okta_oidc(cast.acme, name="Okta")
    claims, log_in = by_oidc(connection, web, {**DANA, **given})
    previewed = preview(tmp_path, claims)
    log_in()
    assert_same(client, cast.alice, previewed, words)


BY_SAML: dict[str, tuple[dict[str, Any], str]] = {
    "groups joined by commas": ({"groups": "Ops,Dev"}, "2 groups received"),
    "a path": ({"groups": ["/Ops"]}, "'/Ops' came"),
    "a name with a namespace": ({"urn:acme:claims/space_name": ["Trial"]}, "space_name"),
    "an offset": ({"timezone": ["UTC+1"]}, "UTC+1"),
}


@pytest.mark.parametrize("case", BY_SAML)
def test_of_an_assertion(cast: Cast, web: Web, client: Client, tmp_path: Path, case: str) -> None:
    given, words = BY_SAML[case]
    _map_groups(cast)
    connection = signed_connection(cast.acme, name="Okta")
    attributes, log_in = by_saml(connection, web, {"email": ["dana@acme.example"], **given})
    previewed = preview(tmp_path, attributes)
    log_in()
    assert_same(client, cast.alice, previewed, words)


def _map_groups(cast: Cast) -> None:
    for name in ("Ops", "Dev"):
        mapped_group(cast.acme, name, name)


def preview(folder: Path, attributes: Any) -> list[str]:
    """What the command says."""
    (folder / "claims.json").write_text(json.dumps(attributes))
    out = StringIO()
    call_command("preview_login", "Acme", "Okta", "--claims", str(folder / "claims.json"), "--json", stdout=out)
    decisions: list[str] = json.loads(out.getvalue())["decisions"]
    return decisions


def assert_same(client: Client, admin: User, previewed: list[str], words: str) -> None:
    """Every sentence of the command is in the record and on the inspector's page, and one holds these words."""
    record = LoginRecord.objects.latest("at")
    recorded = record.decisions if record.outcome == "signed-in" else [f"{record.reason}: {record.explanation}"]
    assert previewed == recorded
    assert any(words in sentence for sentence in previewed), previewed
    client.force_login(admin, "accounts.authentication.AccountBackend")
    page = client.get(reverse("login-record", args=[record.reference])).content.decode()
    text = " ".join(html.unescape(page).split())
    shown = (
        previewed if record.outcome == "signed-in" else [record.explanation.split("; ")[0].removeprefix("Expected ")]
    )
    assert [sentence for sentence in shown if " ".join(sentence.split()) not in text] == []
