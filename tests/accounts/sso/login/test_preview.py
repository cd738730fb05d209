"""preview_login: the real login's engine, and nothing saved."""

import pytest

from accounts.models import AuditEntry, ExternalIdentity, GroupMembership, LoginRecord, User
from accounts.sso.login.preview import claims_of, preview_login
from spaces.models import SpaceMembership
from tests.support.cast import Cast
from tests.support.factories import OID, TENANT, mapped_group, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
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


def test_a_refusal_is_shown_with_its_code(cast: Cast) -> None:
    found = preview_login(saml_connection(cast.acme), {"email": "alice@acme.example"})
    assert found.outcome == "refused"
    assert found.decisions[0].startswith("email-taken: Expected")


def test_it_reads_an_id_token_of_entra(cast: Cast) -> None:
    entra = oidc_connection(cast.acme)
    claims = {"oid": OID, "tid": TENANT, "preferred_username": "petra@acme.example", "space_name": ["QA"]}
    found = preview_login(entra, claims)
    assert found.user == "petra@acme.example"
    assert claims_of(entra, claims).subject == f"{TENANT}/{OID}"
