"""The list of users as CSV."""

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry
from accounts.users import users
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_list_is_a_file_too(as_alice_of: Client, placed: Cast) -> None:
    page = as_alice_of.get("/users/export.csv?space=DevOps")
    lines = page.getvalue().decode().splitlines()  # type: ignore[attr-defined]
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[0] for line in lines] == ["email", "bob@acme.example", "petra@acme.example"]
    assert "DevOps: Space Member" in lines[1]
    assert "Devs" in lines[2]
    assert AuditEntry.objects.get(action="users.exported").changes == {"filters": [None, {"space": "DevOps"}]}


def test_a_cell_is_no_formula(as_alice_of: Client, cast: Cast) -> None:
    users.update_profile(cast.bob, {"first_name": "=HYPERLINK()"}, acting=OPERATOR)
    assert "'=HYPERLINK()" in as_alice_of.get("/users/export.csv").getvalue().decode()  # type: ignore[attr-defined]


def test_a_member_gets_no_file(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.bob)
    assert member.get("/users/export.csv").status_code == 403
