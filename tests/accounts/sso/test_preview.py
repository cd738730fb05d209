"""preview_login: the real login's engine, and nothing saved."""

import json
from pathlib import Path

import pytest

from accounts.models import AuditEntry, ExternalIdentity, GroupMembership, LoginRecord, User
from accounts.sso.preview import claims_of, preview_login
from spaces.models import SpaceMembership
from tests.cast import Cast
from tests.conftest import LogIn
from tests.factories import OID, TENANT, mapped_group, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
CASES = json.loads((Path(__file__).parents[2] / "spaces" / "mapping_cases.json").read_text())
DANA = {"email": "dana@acme.example", "firstName": "Dana", "groups": ["Ops"], "space_name": "Trial,Atlantis"}


def test_it_tells_user_spaces_groups_and_decisions(cast: Cast) -> None:
    mapped_group(cast.acme, "Operations", "Ops")
    found = preview_login(saml_connection(cast.acme), DANA)
    assert (found.outcome, found.user) == ("signed-in", "dana@acme.example")
    assert found.spaces == ({"space": "Trial", "role": "Space Member", "origin": "idp"},)
    assert found.groups_joined == ("Operations",)
    assert any("'Atlantis' does not exist here" in sentence for sentence in found.decisions)


def test_nothing_is_saved(cast: Cast) -> None:
    models = (User, ExternalIdentity, LoginRecord, AuditEntry, GroupMembership, SpaceMembership)
    before = [model.objects.count() for model in models]
    preview_login(saml_connection(cast.acme), DANA)
    assert [model.objects.count() for model in models] == before


def test_a_refusal_is_told_with_its_code(cast: Cast) -> None:
    found = preview_login(saml_connection(cast.acme), {"email": "alice@acme.example"})
    assert found.outcome == "refused"
    assert found.decisions[0].startswith("email-taken: Expected")


def test_it_reads_an_id_token_of_entra(cast: Cast) -> None:
    entra = oidc_connection(cast.acme)
    claims = {"oid": OID, "tid": TENANT, "preferred_username": "petra@acme.example", "space_name": ["QA"]}
    found = preview_login(entra, claims)
    assert found.user == "petra@acme.example"
    assert claims_of(entra, claims).subject == f"{TENANT}/{OID}"


@pytest.mark.parametrize("case", [c for c in CASES if len(c["known_spaces"]) == 3 and len(c["known_roles"]) == 3])
def test_a_preview_and_a_real_login_agree_on_the_mapping_cases(cast: Cast, log_in: LogIn, case: dict) -> None:
    okta = saml_connection(cast.acme)
    attributes = {"email": "dana@acme.example", "space_name": case["space_name"], "space_role": case["space_role"]}
    shown = preview_login(okta, attributes).spaces
    dana = log_in(claims_of(okta, attributes), okta).user
    real = SpaceMembership.objects.filter(user=dana).values_list("space__name", "role__name")
    assert sorted((s["space"], s["role"]) for s in shown) == sorted(real)
    assert sorted(real) == sorted((e["space"], e["role"]) for e in case["expect"])
