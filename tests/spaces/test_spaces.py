"""Spaces are created, renamed and deleted; names are checked."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry
from spaces.models import Space
from spaces.spaces import add_space, create_space, delete_space, set_default_placement, space_named, update_space
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def test_a_space_is_created_once(cast: Cast) -> None:
    assert create_space(cast.acme, "Billing", acting=OPERATOR)[1]
    assert not create_space(cast.acme, "Billing", acting=OPERATOR)[1]
    assert AuditEntry.objects.filter(action="space.created", object_label="Billing").count() == 1


@pytest.mark.parametrize("name", ["", " QA", "A,B", "a\nb"])
def test_a_name_that_an_attribute_cannot_carry_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        create_space(cast.acme, name, acting=OPERATOR)
    assert refused.value.code == "name-invalid"


def test_a_name_that_is_taken_is_refused(cast: Cast) -> None:
    for refused in (
        lambda: add_space(cast.acme, "QA", "", acting=OPERATOR),
        lambda: update_space(cast.space("Trial"), "QA", "", acting=OPERATOR),
    ):
        with pytest.raises(ActionRefused, match="There is a space 'QA' already"):
            refused()


def test_a_change_is_audited_and_the_same_again_is_none(cast: Cast) -> None:
    assert update_space(cast.space("QA"), "Quality", "Tests", acting=OPERATOR)
    assert not update_space(cast.space("Quality"), "Quality", "Tests", acting=OPERATOR)
    assert AuditEntry.objects.get(action="space.updated").changes["name"] == ["QA", "Quality"]


def test_a_default_space_is_not_deleted(cast: Cast) -> None:
    set_default_placement(saml_connection(cast.acme, name="Okta"), "QA", "Space Member")
    with pytest.raises(ActionRefused, match="First logins through Okta"):
        delete_space(cast.space("QA"), acting=OPERATOR)
    delete_space(cast.space("Trial"), acting=OPERATOR)
    assert not Space.objects.in_account(cast.acme).filter(name="Trial").exists()


def test_a_space_of_another_account_is_not_found_by_name(cast: Cast) -> None:
    create_space(cast.globex, "Theirs", acting=OPERATOR)
    with pytest.raises(ActionRefused, match="received 'Theirs'"):
        space_named(cast.acme, "Theirs")
