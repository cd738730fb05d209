"""What custom roles of both kinds share: drafts, uses, built-in ones."""

import pytest

from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole
from accounts.permissions import Permission
from accounts.roles.custom_roles import RoleDraft, Use, check_custom, checked, checked_name, fill
from tests.support.cast import Cast


def test_a_use_names_the_first_and_counts_the_others() -> None:
    assert str(Use("groups", ["QA", "DevOps"], 5)) == "groups: QA, DevOps and 3 more"
    assert str(Use("groups", ["QA"], 1)) == "groups: QA"


def test_a_draft_fills_a_role_in_the_order_of_the_catalogue() -> None:
    role = AccountRole(account=Account(), name="Old")
    draft = RoleDraft("New", "", frozenset({"View Audit Log", "Manage Users"}))
    changes = fill(role, draft, Permission)
    ordered = [str(one) for one in Permission if one in draft.permissions]
    assert (role.name, role.permissions) == ("New", ordered)
    assert changes == {"name": ["Old", "New"], "permissions": [[], ordered]}


@pytest.mark.django_db
def test_a_name_is_taken_whatever_its_letter_case(cast: Cast) -> None:
    others = AccountRole.objects.in_account(cast.acme)
    with pytest.raises(ActionRefused) as refused:
        checked(RoleDraft("ACCOUNT ADMIN", "", frozenset()), others, "account role", Permission)
    assert refused.value.code == "role-name-taken"


def test_a_built_in_role_is_refused() -> None:
    with pytest.raises(ActionRefused, match="is built in"):
        check_custom(AccountRole(name="Account Admin", builtin=True))


def test_a_name_is_kept_in_one_normal_form() -> None:
    assert checked_name("Zoe\u0308", "space") == "Zo\u00eb"


@pytest.mark.parametrize("name", ["", " QA", "QA ", "A,B", "a\tb", "a\u200bb"])
def test_what_an_attribute_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ActionRefused, match="Expected a space name") as refused:
        checked_name(name, "space")
    assert refused.value.code == "name-invalid"
