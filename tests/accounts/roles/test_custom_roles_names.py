"""Names that an attribute of an identity provider can carry."""

import pytest

from accounts.errors import ActionRefused
from accounts.roles.custom_roles import checked_name


def test_a_name_is_kept_in_one_normal_form() -> None:
    assert checked_name("Zoe\u0308", "space") == "Zo\u00eb"


@pytest.mark.parametrize("name", ["", " QA", "QA ", "A,B", "a\tb", "a\u200bb"])
def test_what_an_attribute_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ActionRefused, match="Expected a space name") as refused:
        checked_name(name, "space")
    assert refused.value.code == "name-invalid"
