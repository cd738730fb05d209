"""What code, tests, templates and documents refer to is in this repository."""

from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.docs import references
from tools.setup import ROOT


def test_every_document_that_is_named_is_there() -> None:
    assert [f"{one.at}: {one.document}" for one in references.documents() if not _path(one)] == []


def test_every_numbered_section_that_is_named_is_there() -> None:
    missing = [
        f"{one.at}: {one.document} {section}"
        for one in references.documents()
        if (path := _path(one)) and path.parent == ROOT / "docs"
        for section in set(one.sections) - references.sections_of(path)
    ]
    assert missing == []


def test_every_decision_that_is_named_is_there() -> None:
    known = references.known_decisions()
    assert [f"{at}: decision {number}" for at, number in references.decisions() if number not in known] == []


def test_every_rule_that_is_named_is_defined() -> None:
    known = references.known_rules()
    assert [f"{at}: {rule}" for at, rule in references.rules() if rule not in known] == []


def test_every_module_name_and_path_in_backticks_is_there() -> None:
    assert [f"{at}: {name}" for at, name in references.quoted() if not references.is_there(name, at.file)] == []


def test_every_command_that_is_named_is_there() -> None:
    known = {*get_commands(), "check", "migrate"}
    assert [f"{at}: {name}" for at, name in references.commands() if name not in known] == []


def test_every_link_of_a_document_leads_to_a_file() -> None:
    broken = [f"{at}: {path}" for at, path in references.links() if not (ROOT / at.file).parent.joinpath(path).exists()]
    assert broken == []


@pytest.mark.parametrize(
    "name",
    [
        "services.locking",
        "sso/timelines",
        "accounts.groups.sync.nothing_like_it",
        "docs/nowhere",
        "User.shoe_size",
        "tests/scim/test_isolation.py::test_x",
    ],
)
def test_a_name_that_leads_nowhere_is_found(name: str) -> None:
    assert not references.is_there(name, "accounts/apps.py")


@pytest.mark.parametrize("name", ["accounts.groups.sync", "groups.sync", "tests/support", "User.session_epoch"])
def test_a_module_may_be_named_by_the_end_of_its_path(name: str) -> None:
    assert references.is_there(name, "accounts/apps.py")


def test_rules_and_sections_are_read_as_they_are_written() -> None:
    assert {"R1", "R68", "C05", "P30", "K11", "M6", "O9", "E9"} <= references.known_rules()
    assert {"1.6", "8.4", "10.3"} <= references.sections_of(ROOT / "docs/protocol.md")


def _path(one: references.DocumentReference) -> Path | None:
    return references.path_of(one.document, one.at.file)
