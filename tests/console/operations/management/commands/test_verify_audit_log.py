"""`verify_audit_log`: 0 when the log is whole, 1 with what was changed, for people and for programs."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.audit import audit
from accounts.audit import chain as audit_chain
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, AuditHead, AuditSeal, UnsealedEntry
from tests.support.audit_guards import guards_off
from tests.support.cast import Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sealed(cast: Cast) -> None:
    audit_chain.seal()


def tamper(cast: Cast) -> None:
    with guards_off():
        AuditEntry.objects.in_account(cast.acme).filter(object_label="bob@acme.example").update(actor="Mallory")


def test_an_intact_log_is_counted_and_its_heads_are_shown(cast: Cast) -> None:
    received = run("verify_audit_log")
    position, head = audit_chain.newest_seal(cast.acme.id)
    assert received["accounts"] == 2
    assert received["entries"] == received["sealed"] == AuditEntry.objects.count()
    assert (received["unsealed"], received["findings"]) == (0, [])
    assert received["heads"]["acme"] == f"{position}:{head}"


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


@pytest.fixture
def kept(tmp_path: Path) -> str:
    """A file with what a check printed when all was well."""
    file = tmp_path / "heads.json"
    file.write_text(json.dumps(run("verify_audit_log")))
    return str(file)


def kinds(*arguments: str) -> list[tuple[str, str]]:
    output = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit_log", *arguments, "--json", stdout=output)
    assert ended.value.code == 1
    return [(finding["account"], finding["kind"]) for finding in json.loads(output.getvalue())["findings"]]


def remove_the_chain(account: Account) -> None:
    """With everything that the database could know of it."""
    for model in (AuditSeal, UnsealedEntry, AuditEntry, AuditHead):
        model.objects.in_account(account)._raw_delete("default")


def test_a_log_is_whole_against_its_own_heads_also_when_it_has_grown(cast: Cast, kept: str) -> None:
    audit.record(OPERATOR, "user.tested", cast.bob)
    audit_chain.seal()
    assert run("verify_audit_log", "--against", kept)["findings"] == []
    assert run("verify_audit_log", "Acme", "--against", kept)["findings"] == []


@pytest.mark.parametrize("account", [(), ("Globex",)])
def test_a_log_that_was_emptied_shows_against_a_file(cast: Cast, kept: str, account: tuple[str, ...]) -> None:
    with transaction.atomic():
        with guards_off():
            remove_the_chain(cast.globex)
        assert kinds(*account, "--against", kept) == [("globex", "log-emptied")]
        transaction.set_rollback(True)


def test_an_account_that_was_deleted_shows_against_a_file(cast: Cast, kept: str) -> None:
    with transaction.atomic():
        with guards_off():
            remove_the_chain(cast.globex)
            Account.objects.filter(pk=cast.globex.pk)._raw_delete("default")
        assert kinds("--against", kept) == [("globex", "account-removed")]
        transaction.set_rollback(True)


def test_an_account_that_was_deleted_shows_by_the_head_that_it_left(cast: Cast) -> None:
    with transaction.atomic():
        with guards_off():
            AuditSeal.objects.in_account(cast.globex)._raw_delete("default")
            Account.objects.filter(pk=cast.globex.pk)._raw_delete("default")
        assert kinds() == [(str(cast.globex.pk), "account-removed")]
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"heads": {}}', '{"heads": []}', '{"heads": {"acme": "12"}}', '{"heads": {"acme": 3}}']
)
def test_it_refuses_a_file_without_heads(cast: Cast, tmp_path: Path, content: str) -> None:
    file = tmp_path / "heads.json"
    file.write_text(content)
    with pytest.raises(CommandError, match="Expected"):
        run("verify_audit_log", "--against", str(file))


def test_it_refuses_a_file_that_does_not_name_the_account(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    file.write_text(json.dumps(run("verify_audit_log", "Acme")))
    with pytest.raises(CommandError, match="no head of 'globex'"):
        run("verify_audit_log", "Globex", "--against", str(file))


def test_it_refuses_a_file_that_is_not_there(cast: Cast) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("verify_audit_log", "--against", "no-such-file")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Acme", "--expect-head", "12"), "Expected --expect-head as POSITION:DIGEST"),
        (("--expect-head", f"1:{'0' * 64}"), "needs the account"),
        (("Nobody",), "There is no account"),
    ],
)
def test_it_refuses_what_it_cannot_check(cast: Cast, arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("verify_audit_log", *arguments)
