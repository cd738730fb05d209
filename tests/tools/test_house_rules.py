"""The rules that no linter knows find what they are for, and nothing else."""

import pytest

from tools.house_rules import LONGEST, broken_rules


def test_a_file_of_ordinary_length_is_fine() -> None:
    assert broken_rules("accounts/views.py", "x = 1\n" * LONGEST) == []


def test_a_long_file_is_named_with_its_length() -> None:
    assert broken_rules("accounts/views.py", "x = 1\n" * (LONGEST + 1)) == ["accounts/views.py: 401 lines, 400 at most"]


@pytest.mark.parametrize(
    "text",
    [
        "if x in user.account_role.permissions:",
        "people.filter(account_role__permissions__contains=x)",
        "people.filter(account_role__name=ACCOUNT_ADMIN)",
        "user.account_role.name == name",
        "if name != ACCOUNT_ADMIN:",
        "{{ person.account_role.permissions }}",
    ],
)
def test_an_own_account_role_is_read_in_one_module_only(text: str) -> None:
    assert len(broken_rules("console/users/user.py", text)) == 1
    assert broken_rules("accounts/rights.py", text) == []


@pytest.mark.parametrize("name", ["LICENSE", "requirements/development.txt", "accounts/migrations/0001_initial.py"])
def test_what_nobody_writes_by_hand_may_be_long(name: str) -> None:
    assert broken_rules(name, "x\n" * 5000) == []


@pytest.mark.parametrize("text", ["see /" + "work/main", "cd /" + "root/x", "--index-url https://py" + "pi.org/simple"])
def test_machine_paths_and_registries_are_found(text: str) -> None:
    assert len(broken_rules("docs/x.md", text)) == 1


def test_addresses_that_end_like_a_machine_path_are_fine() -> None:
    assert broken_rules("docs/x.md", "https://example.com/" + "work/1 and a/" + "root/b") == []


def test_private_words_are_found_in_code_and_tests() -> None:
    assert len(broken_rules("accounts/x.py", "def let_go(user):")) == 1
    assert len(broken_rules("tests/accounts/test_x.py", "def let_go(user):")) == 1
