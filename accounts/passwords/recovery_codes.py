"""Recovery codes: an account admin can sign in once with each. Only digests are stored."""

import hashlib

from django.db import transaction
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, RecoveryCode, User
from common.folding import fold
from common.readable_codes import new_code

NUMBER = 10
_PARTS, _PART_LENGTH = 4, 5  # 98 random bits, so a plain digest is enough


@transaction.atomic
def renew(account: Account, *, acting: Actor) -> list[str]:
    """New codes, whose texts are shown this once; all former ones die. Raises ActionRefused unless SSO is enforced."""
    check_may_see(account, acting)
    row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if row.sso_enforced_at is None:
        raise ActionRefused(
            "sso-not-enforced", "Expected an account that enforces SSO; recovery codes are made when it begins to."
        )
    before = left(row)
    codes = replace(row)
    audit.record(acting, "account.recovery-codes-made", row, {"codes": [before, NUMBER]})
    return codes


def replace(account: Account) -> list[str]:
    """For a caller that has locked the account's row and writes the audit entry."""
    forget(account)
    codes = ["-".join(new_code(_PART_LENGTH) for _ in range(_PARTS)) for _ in range(NUMBER)]
    RecoveryCode.objects.bulk_create([RecoveryCode(account=account, digest=_digest(code)) for code in codes])
    return codes


def check_may_see(account: Account, acting: Actor) -> None:
    """Check that the caller is an account admin, as a code signs in as one. Raises ActionRefused."""
    if acting.user_id is not None and not User.objects.admins().in_account(account).filter(pk=acting.user_id).exists():
        raise ActionRefused(
            "recovery-codes-need-admin",
            "Expected an account admin, because recovery codes sign in as account admins; received a user with less."
            " Ask an account admin to do this.",
        )


def forget(account: Account) -> None:
    RecoveryCode.objects.in_account(account).delete()


def left(account: Account) -> int:
    return RecoveryCode.objects.in_account(account).filter(used_at=None).count()


@transaction.atomic
def use(email: str, unverified_code: str, *, ip_address: str | None) -> User | None:
    """The active account admin with this e-mail in the code's account; the code is used up. None otherwise.

    One query for every failure, so that timing reveals nothing (R9); of two uses at once one finds the code unused.
    """
    digest, now = _digest(unverified_code), timezone.now()
    unused = RecoveryCode.objects.filter(digest=digest, used_at=None, account__sso_enforced_at__isnull=False)
    found = User.objects.admins().filter(email_key=fold(email), account__in=unused.values("account"))
    user: User | None = found.select_related("account", "account_role").first()
    if user is None:
        return None
    own = RecoveryCode.objects.in_account(user.account_id).filter(digest=digest, used_at=None)
    if not own.update(used_at=now, used_by=user):
        return None
    remaining = left(user.account)
    audit.record(audit.person(user, ip_address), "user.recovery-code-used", user, {"codes": [remaining + 1, remaining]})
    return user


def _digest(code: str) -> str:
    """However it is typed: letter case, blanks and hyphens do not count."""
    return hashlib.sha256("".join(filter(str.isalnum, code)).upper().encode()).hexdigest()
