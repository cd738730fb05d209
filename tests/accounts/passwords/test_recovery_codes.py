"""One code, one sign-in, of one account admin."""

import re

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, RecoveryCode, User
from accounts.passwords import recovery_codes
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from tests.support.cast import Cast
from tests.support.enforcing import enforce

pytestmark = pytest.mark.django_db


def use(email: str, code: str) -> User | None:
    return recovery_codes.use(email, code, ip_address="10.0.0.1")


def test_there_are_ten_different_ones_of_at_least_80_bits(cast: Cast) -> None:
    codes = enforce(cast)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([2-9A-HJKMNP-Z]{5}-){3}[2-9A-HJKMNP-Z]{5}", code) for code in codes)


def test_none_is_stored(cast: Cast) -> None:
    codes = enforce(cast)
    stored = repr(list(RecoveryCode.objects.values())) + repr(list(AuditEntry.objects.values_list("changes")))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_one_lets_an_account_admin_in_once(cast: Cast) -> None:
    codes = enforce(cast)
    assert [use("Alice@acme.example", codes[3]), use("alice@acme.example", codes[3])] == [cast.alice, None]
    row = RecoveryCode.objects.get(used_at__isnull=False)
    assert row.used_by == cast.alice


def test_it_is_written_down(cast: Cast) -> None:
    use(cast.alice.email, enforce(cast)[0])
    entry = AuditEntry.objects.get(action="user.recovery-code-used")
    assert (entry.actor, entry.ip_address, entry.changes) == (cast.alice.email, "10.0.0.1", {"codes": [10, 9]})


def test_it_may_be_typed_without_hyphens_and_in_small_letters(cast: Cast) -> None:
    code = enforce(cast)[0]
    assert use(cast.alice.email, f" {code.replace('-', ' ').lower()} ") == cast.alice


def test_an_admin_who_has_no_password_is_let_in_too(cast: Cast) -> None:
    code = enforce(cast)[0]
    User.objects.filter(pk=cast.alice.pk).update(origin="sso", password="!")
    assert use(cast.alice.email, code) == cast.alice


@pytest.mark.parametrize("email", ["bob@acme.example", "petra@acme.example", "charlie@globex.example", "x", ""])
def test_nobody_else_is_and_the_code_is_not_used_up(cast: Cast, email: str) -> None:
    code = enforce(cast)[0]
    assert use(email, code) is None
    assert recovery_codes.left(cast.acme) == 10


def test_an_admin_of_another_account_is_not(cast: Cast) -> None:
    code = enforce(cast)[0]
    User.objects.filter(pk=cast.charlie.pk).update(account_role=users.role_named(cast.globex, ACCOUNT_ADMIN))
    assert use(cast.charlie.email, code) is None
    assert recovery_codes.left(cast.acme) == 10


@pytest.mark.parametrize("change", [{"state": "deprovisioned"}, {"erased_at": "2026-01-01T00:00:00Z"}])
def test_whoever_is_out_stays_out(cast: Cast, change: dict[str, str]) -> None:
    code = enforce(cast)[0]
    User.objects.filter(pk=cast.alice.pk).update(**change)
    assert use(cast.alice.email, code) is None


def test_new_ones_kill_the_former(cast: Cast) -> None:
    former = enforce(cast)
    use(cast.alice.email, former[0])
    codes = recovery_codes.renew(cast.acme, acting=OPERATOR)
    assert use(cast.alice.email, former[1]) is None
    assert use(cast.alice.email, codes[1]) == cast.alice
    assert AuditEntry.objects.get(action="account.recovery-codes-made").changes == {"codes": [9, 10]}


def test_there_are_none_without_enforcement(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="enforces SSO"):
        recovery_codes.renew(cast.acme, acting=OPERATOR)


def test_every_failure_asks_the_same_of_the_database(cast: Cast, django_assert_num_queries: object) -> None:
    code = enforce(cast)[0]
    for email, typed in ((cast.alice.email, "wrong"), (cast.bob.email, code), ("nobody@acme.example", "wrong")):
        with django_assert_num_queries(3):  # the query, in a savepoint
            use(email, typed)
