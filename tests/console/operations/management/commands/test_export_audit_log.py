"""`export_audit_log`: to standard output or into a new file."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from tests.support.cast import Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db


def test_it_prints_the_export_and_nothing_else(cast: Cast) -> None:
    output = StringIO()
    call_command("export_audit_log", "Acme", "--format", "jsonl", stdout=output)
    received = [json.loads(line) for line in output.getvalue().splitlines()]
    assert {line["account_id"] for line in received} == {str(cast.acme.id)}
    assert AuditEntry.objects.in_account(cast.acme).get(action="audit.exported").actor == "operator (command line)"


def test_a_file_is_for_its_owner_alone(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    received = run("export_audit_log", "Acme", "--format", "csv", "--output", str(file))
    assert received["output"] == str(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "bob@acme.example" in file.read_text()


def test_a_file_that_exists_is_not_written_over(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    file.write_text("mine")
    with pytest.raises(CommandError, match="exists"):
        run("export_audit_log", "Acme", "--format", "csv", "--output", str(file))
    assert file.read_text() == "mine"


def test_a_folder_that_is_not_there_is_shown(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot write to"):
        run("export_audit_log", "Acme", "--format", "csv", "--output", str(tmp_path / "no" / "audit.csv"))


def test_a_time_that_is_none_is_shown(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Expected a time"):
        call_command("export_audit_log", "Acme", "--format", "csv", "--since", "soon", stdout=StringIO())
