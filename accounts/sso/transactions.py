"""One sign-in under way: opened, answered once by the IdP, consumed once by its browser (`protocol.md` 6.4).

Only digests of what travels are stored. The answer arrives as a cross-site POST without cookies, so it is kept on the
row; on the local GET that follows, the browser shows by its cookie that it started the sign-in.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.connections.settings_digest import digest_of
from accounts.models import Connection, SignInTransaction, User
from accounts.sso.refusal import LoginRefused
from common.encryption import UnreadableSecret, sealed_for

LIFETIME = timedelta(minutes=10)
USED = "sign-in-used"  # code of the refusal of an answer that was consumed already
STATE_LENGTH = 43  # 256 random bits in url-safe base64


@dataclass(frozen=True)
class Opened:
    """A new transaction with the values that travel and are not stored."""

    row: SignInTransaction
    state: str
    binding: str


def open_sign_in(
    connection: Connection,
    next_path: str,
    binding: str = "",
    tester: User | None = None,
    *,
    tests_draft: bool = False,
) -> Opened:
    """Open a sign-in that this server starts. `binding`: the browser's present one, so that two tabs do not clash.

    `tester`: the admin who tests the connection, the only user who may finish it. `tests_draft`: with the settings of
    its draft.
    """
    return _opened(
        connection,
        next_path,
        binding if len(binding) == STATE_LENGTH else secrets.token_urlsafe(32),
        request_id="id" + secrets.token_hex(20),
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),
        tester=tester,
        tests_draft=tests_draft,
        settings_digest=digest_of(connection) if tester else "",
    )


def open_unsolicited(connection: Connection, answer: Mapping[str, str], next_path: str) -> Opened:
    """A sign-in that the IdP started: born answered, bound to the browser that brought the message."""
    kept = {"answer": json.dumps(dict(answer)), "answer_digest": answer_digest("", answer)}
    return _opened(connection, next_path, secrets.token_urlsafe(32), **kept, answered_at=timezone.now())


def _opened(connection: Connection, next_path: str, binding: str, **own: Any) -> Opened:
    state = secrets.token_urlsafe(32)
    row = SignInTransaction.objects.create(
        account_id=connection.account_id,
        connection=connection,
        state_digest=_digest(state),
        binding_digest=_digest(binding),
        next_path=next_path,
        expires_at=timezone.now() + LIFETIME,
        **own,
    )
    return Opened(row, state, binding)


def find_by_state(state: str, connection: Connection | None = None) -> SignInTransaction | None:
    """The sign-in that this value was given to, whatever its result; with a connection, only one of that."""
    if len(state) != STATE_LENGTH:
        return None
    found = SignInTransaction.objects.select_related("connection__account").filter(state_digest=_digest(state))
    return (found.filter(connection=connection) if connection else found).first()


def find_by_request(connection: Connection, request_id: str) -> SignInTransaction | None:
    """The sign-in whose AuthnRequest had this ID, for IdPs that lose the RelayState."""
    if not request_id:
        return None
    rows = SignInTransaction.objects.in_account(connection.account_id)
    return rows.filter(connection=connection, request_id=request_id).first()


def find(transaction_id: UUID) -> SignInTransaction | None:
    return SignInTransaction.objects.select_related("connection__account").filter(pk=transaction_id).first()


def keep_answer(transaction: SignInTransaction, answer: Mapping[str, str]) -> None:
    """Store the answer, once. Raises LoginRefused for another answer or a late one.

    The same answer once more (double click, reload, back button) changes nothing: `finish` knows its result.
    """
    now, digest = timezone.now(), answer_digest(transaction.request_id, answer)
    rows = SignInTransaction.objects.filter(pk=transaction.pk)
    sealed = sealed_for(transaction, "answer", json.dumps(dict(answer)))
    waiting = rows.filter(answered_at=None, expires_at__gt=now)
    is_kept = waiting.update(answer=sealed, answer_digest=digest, answered_at=now)
    if is_kept or rows.filter(answer_digest=digest).exists():
        return
    if transaction.expires_at <= now:
        raise _too_late(transaction, now)
    raise _used()


def consume(transaction: SignInTransaction, binding: str) -> dict[str, str]:
    """The answer, once, for the browser that opened the sign-in. Raises LoginRefused.

    Another browser cannot use the sign-in up: the binding is checked first.
    """
    if not binding:
        raise LoginRefused(
            "cookies-missing",
            "the cookie of this sign-in, set in the browser that started it",
            "a browser without it: it blocks or deletes cookies, or is another browser, private window or app",
        )
    if not hmac.compare_digest(_digest(binding), transaction.binding_digest):
        raise LoginRefused(
            "other-browser",
            "the browser that started this sign-in, with its cookie",
            "a browser with the cookie of another sign-in",
        )
    now = timezone.now()
    if transaction.expires_at <= now:
        raise _too_late(transaction, now)
    unused = SignInTransaction.objects.filter(pk=transaction.pk, consumed_at=None, answered_at__isnull=False)
    if not unused.update(consumed_at=now, answer=""):
        raise _used()
    transaction.consumed_at = now
    try:
        answer: dict[str, str] = json.loads(transaction.answer)
        transaction.code_verifier  # noqa: B018 (the code flow will need it)
    except UnreadableSecret:
        # Sign-ins live for ten minutes: this one began before the key was taken away, so it is over too.
        raise LoginRefused(
            "sign-in-expired",
            "a sign-in that was kept under one of the present ENCRYPTION_KEYS",
            "one that none of them opens",
            (
                "Start again from the sign-in page. If that does not help, have the operator look at ENCRYPTION_KEYS:"
                " all processes need the same."
            ),
        ) from None
    return answer


def keep_refusal(transaction: SignInTransaction, refusal: LoginRefused, reference: str) -> None:
    """Remember how the consumed answer was refused, for the browser that brings it again."""
    kept = {"code": refusal.code, "side": refusal.side, "reference": reference}
    SignInTransaction.objects.filter(pk=transaction.pk, refusal__isnull=True).update(refusal=kept)


def answer_digest(request_id: str, answer: Mapping[str, str]) -> str:
    """The name of one answer to one request; of answers to none (""), the same wherever it is brought."""
    return _digest(json.dumps([request_id, sorted(answer.items())]))


def give_back(transaction: SignInTransaction, answer: Mapping[str, str]) -> None:
    """Undo `consume`: the answer was not used yet, and its browser retries shortly."""
    used = SignInTransaction.objects.filter(pk=transaction.pk, consumed_at__isnull=False)
    transaction.consumed_at = None
    used.update(consumed_at=None, answer=sealed_for(transaction, "answer", json.dumps(dict(answer))))


def unknown_sign_in() -> LoginRefused:
    return LoginRefused(
        "unknown-sign-in",
        "an answer to a sign-in that was started here in the last ten minutes",
        "an answer to no sign-in",
    )


def _used() -> LoginRefused:
    return LoginRefused(
        "sign-in-used", "one answer, used once, for each sign-in", "a sign-in that was answered or used already"
    )


def _too_late(transaction: SignInTransaction, now: datetime) -> LoginRefused:
    return LoginRefused(
        "sign-in-expired", f"an answer until {transaction.expires_at:%H:%M:%S} UTC", f"one at {now:%H:%M:%S} UTC"
    )


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
