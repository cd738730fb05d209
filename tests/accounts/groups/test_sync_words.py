"""Each remark about group sync reads as a sentence."""

import pytest

from accounts.groups.matching import Code, Remark
from accounts.groups.sync_words import sentence


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence(code: Code) -> None:
    remark = Remark(code, "Ops", "/Ops", "Ops", "Okta", ("Manage Users",), 2, "What came.")
    assert sentence(remark).endswith(".")


def test_received_groups_are_named_and_the_others_counted() -> None:
    names = tuple(f"G{number}" for number in range(22))
    assert sentence(Remark(Code.RECEIVED, count=30, names=names)).endswith("G19 and 2 more.")
    assert sentence(Remark(Code.RECEIVED, count=3)) == "3 groups received, 0 of them mapped here."


def test_saml_is_not_advised_to_enter_a_client_secret() -> None:
    found = sentence(Remark(Code.OVERAGE_UNREADABLE))
    assert "as they are. Choose “Groups assigned to the application”" in found
    assert "secret" not in found


def test_a_near_miss_names_both_spellings() -> None:
    assert sentence(Remark(Code.NEAR_MISS, "Platform", "/Team {x}", "Team {x}")) == (
        "'/Team {x}' came; the group 'Platform' is mapped to 'Team {x}'. Identifiers are compared exactly."
    )


def test_what_was_not_allowed_says_where_to_allow_it() -> None:
    remark = Remark(Code.NOT_ALLOWED, "Admins", connection="Okta", names=("Manage Users",))
    assert sentence(remark).startswith("Group 'Admins' gives Manage Users, which no account admin has allowed for")
