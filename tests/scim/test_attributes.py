"""The table is consistent, and names are found as clients write them."""

import pytest

from accounts.models import User
from scim.attributes import ATTRIBUTES, CORE, ENTERPRISE, find, of_schema, parts_of


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("userName", "userName"),
        ("USERNAME", "userName"),
        (f"{CORE}:userName", "userName"),
        (f"{CORE.upper()}:Name.GivenName", "name.givenName"),
        (f"{CORE}:id", "id"),
        (f"{ENTERPRISE}:department", "department"),
        ("department", "department"),
        ("manager", "manager"),
    ],
)
def test_a_row_is_found_as_clients_write_its_path(path: str, name: str) -> None:
    row = find(path)
    assert row is not None
    assert row.name == name


@pytest.mark.parametrize(
    "path",
    ["", "shoeSize", "password", "groups", "name.shoeSize", f"{ENTERPRISE}:userName", f"{CORE}:department", CORE],
)
def test_what_is_not_kept_is_not_found(path: str) -> None:
    assert find(path) is None


def test_no_two_rows_have_one_name() -> None:
    assert len({row.name.lower() for row in ATTRIBUTES}) == len(ATTRIBUTES)


def test_every_part_stands_in_a_complex_attribute_of_its_schema() -> None:
    for part in (row for row in ATTRIBUTES if row.parent):
        around = find(part.parent)
        assert around is not None
        assert (around.type, around.schema) == ("complex", part.schema)


def test_every_column_is_one_of_the_user() -> None:
    columns = {field.name for field in User._meta.get_fields()}
    assert {row.column for row in ATTRIBUTES if row.column} <= columns


def test_a_row_of_the_extension_has_its_urn_in_front() -> None:
    row = find("manager.value")
    assert row is not None
    assert (row.path, row.parent, row.key) == (f"{ENTERPRISE}:manager.value", "manager", "value")


def test_a_schema_lists_its_attributes_without_their_parts() -> None:
    assert [row.name for row in of_schema(ENTERPRISE)] == [
        "employeeNumber",
        "costCenter",
        "organization",
        "division",
        "department",
        "manager",
    ]


def test_a_complex_attribute_lists_its_parts() -> None:
    emails = find("emails")
    assert emails is not None
    assert [part.key for part in parts_of(emails)] == ["value", "display", "type", "primary"]
