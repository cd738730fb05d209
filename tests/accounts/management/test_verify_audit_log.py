"""`verify_audit_log`: 0 when the log is whole, 1 with what was changed, for people and for programs."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from accounts.services import audit_chain
from tests.audit_guards import guards_off
from tests.cast import Cast
from tests.commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sealed(cast: Cast) -> None:
    audit_chain.seal()


def tamper(cast: Cast) -> None:
    with guards_off():
        AuditEntry.objects.in_account(cast.acme).filter(object_label="bob@acme.example").update(actor="Mallory")


def test_a_whole_log_is_counted_and_its_heads_are_told(cast: Cast) -> None:
    told = run("verify_audit_log")
    position, head = audit_chain.newest_seal(cast.acme.id)
    assert told["accounts"] == 2
    assert told["entries"] == told["sealed"] == AuditEntry.objects.count()
    assert (told["unsealed"], told["findings"]) == (0, [])
    assert told["heads"]["acme"] == f"{position}:{head}"


def test_a_changed_entry_makes_it_fail_and_is_named(cast: Cast) -> None:
    tamper(cast)
    output = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit_log", "--json", stdout=output)
    [finding] = json.loads(output.getvalue())["findings"]
    assert ended.value.code == 1
    assert (finding["account"], finding["kind"]) == ("acme", "entry-changed")
    assert "bob@acme.example" in finding["sentence"]


def test_people_read_a_sentence(cast: Cast) -> None:
    tamper(cast)
    output = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit_log", "Acme", stdout=output)
    assert "acme: the entry of position" in output.getvalue()


def test_one_account_is_checked_alone(cast: Cast) -> None:
    tamper(cast)
    assert run("verify_audit_log", "globex")["accounts"] == 1


def test_the_head_of_an_earlier_check_is_good_later(cast: Cast) -> None:
    head = run("verify_audit_log", "Acme")["heads"]["acme"]
    assert run("verify_audit_log", "Acme", "--expect-head", head)["findings"] == []


@pytest.mark.parametrize(("position", "kind"), [(1, "head-differs"), (500, "tail-cut-off")])
def test_a_head_that_is_not_in_the_chain_makes_it_fail(cast: Cast, position: int, kind: str) -> None:
    output = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit_log", "Acme", "--expect-head", f"{position}:{'0' * 64}", "--json", stdout=output)
    assert [finding["kind"] for finding in json.loads(output.getvalue())["findings"]] == [kind]


@pytest.mark.parametrize(
    "arguments", [("Acme", "--expect-head", "12"), ("--expect-head", f"1:{'0' * 64}"), ("Nobody",)]
)
def test_it_refuses_what_it_cannot_check(cast: Cast, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="Expected"):
        run("verify_audit_log", *arguments)
