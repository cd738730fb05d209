"""What a PATCH leaves behind in the database, beyond the resource it answers with."""

import pytest

from accounts.models import AuditEntry, User
from tests.scim.client import ScimClient
from tests.scim.people import ENTERPRISE, payload
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(okta: ScimClient) -> str:
    """The id of a person whom the identity provider announced."""
    return str(okta.ask("POST", "/Users", payload("okta", "create")).body["id"])


def test_p08_a_name_that_another_user_has_is_a_conflict(okta: ScimClient, ann: str, cast: Cast) -> None:
    okta.create("zoe@acme.example")
    answer = okta.patch(ann, {"op": "Replace", "path": "userName", "value": "ZOE@acme.example"})
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert okta.get(f"/Users/{ann}").body["userName"] == "ann@acme.example"


def test_p08_the_name_of_somebody_in_another_account_is_free(okta: ScimClient, ann: str, cast: Cast) -> None:
    answer = okta.patch(ann, {"op": "Replace", "path": "userName", "value": cast.charlie.email})
    assert (answer.status, answer.body["userName"]) == (200, cast.charlie.email)


def test_p25_a_patch_whose_last_operation_fails_stores_nothing(okta: ScimClient, ann: str) -> None:
    before = User.objects.get(pk=ann)
    answer = okta.ask("PATCH", f"/Users/{ann}", payload("okta", "p25-second-of-three-is-invalid"))
    after = User.objects.get(pk=ann)
    assert answer.status == 400
    assert (after.display_name, after.version) == (before.display_name, before.version)


def test_p28_deactivating_twice_has_one_effect(okta: ScimClient, ann: str) -> None:
    versions = []
    for _ in range(2):
        assert okta.ask("PATCH", f"/Users/{ann}", payload("okta", "deactivate-patch")).status == 200
        versions.append(User.objects.get(pk=ann).version)
    assert versions[0] == versions[1]
    assert AuditEntry.objects.filter(action="user.deprovisioned", object_id=ann).count() == 1


def test_p30_a_changed_external_id_finds_the_person(okta: ScimClient, ann: str) -> None:
    okta.ask("PATCH", f"/Users/{ann}", payload("okta", "p30-external-id"))
    found = okta.find('externalId eq "00u9zyxw"').body["Resources"]
    assert [user["id"] for user in found] == [ann]


def test_p09_a_changed_work_address_finds_the_person(okta: ScimClient, ann: str) -> None:
    okta.ask("PATCH", f"/Users/{ann}", payload("entra", "p09-replace-work-email"))
    found = okta.find('emails[type eq "work"].value eq "ANA@acme.example"').body["Resources"]
    assert [user["id"] for user in found] == [ann]


def test_p13_the_extension_is_kept_and_found(okta: ScimClient, ann: str) -> None:
    okta.ask("PATCH", f"/Users/{ann}", payload("entra", "p13-department"))
    found = okta.find(f'{ENTERPRISE}:department eq "ops"').body["Resources"]
    assert [user[ENTERPRISE] for user in found] == [{"department": "Ops"}]


def test_a_patch_that_changes_nothing_makes_no_new_version(okta: ScimClient, ann: str) -> None:
    before = okta.get(f"/Users/{ann}").body
    assert okta.patch(ann, {"op": "replace", "value": before}).body == before


def test_deactivating_who_came_by_a_login_changes_nothing_else(okta: ScimClient, cast: Cast) -> None:
    before = User.objects.get(pk=cast.bob.id)
    okta.ask("PATCH", f"/Users/{cast.bob.id}", payload("okta", "deactivate-patch"))
    after = User.objects.get(pk=cast.bob.id)
    assert after.state == "deprovisioned"
    for name in ("email", "user_name", "first_name", "last_name", "scim_attributes"):
        assert getattr(after, name) == getattr(before, name)
