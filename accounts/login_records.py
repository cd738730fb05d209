"""Login records: one for each attempt to sign in, with the reason where it was refused."""

import hashlib
from datetime import datetime
from typing import Any

from accounts import unrecorded_refusals
from accounts.models import Connection, ConsumedMessage, LoginRecord
from accounts.models.identity import LoginOutcome
from accounts.unrecorded_refusals import Tie
from common.readable_codes import ALPHABET, new_code

_LENGTH = 10


def new_reference() -> str:
    return new_code(_LENGTH)


def as_reference(text: str) -> str:
    """A typed reference in its stored spelling; empty for what cannot be one."""
    reference = text.upper().replace(" ", "").replace("-", "")
    return reference if len(reference) == _LENGTH and set(reference) <= set(ALPHABET) else ""


def record_refusal(connection: Connection, code: str, explanation: str, **seen: Any) -> LoginRecord:
    """A login that was refused. `seen`: what is known of the person, if anything (`email`, `subject`, `decisions`)."""
    return LoginRecord.objects.create(
        account_id=connection.account_id,
        connection=connection,
        reference=new_reference(),
        outcome=LoginOutcome.REFUSED,
        reason=code,
        explanation=explanation,
        **seen,
    )


def record_or_count_refusal(connection: Connection, tie: Tie, code: str, explanation: str, **seen: Any) -> str:
    """The reference of the record; empty when the refusal was only counted. `seen`: as of `record_refusal`."""
    if unrecorded_refusals.becomes_a_record(connection, tie):
        return record_refusal(connection, code, explanation, **seen).reference
    unrecorded_refusals.count(connection, code, explanation)
    return ""


def use_once(connection: Connection, message_id: str, expires_at: datetime) -> bool:
    """Whether this message of the IdP is new (R25). The unique key decides, also between two web processes."""
    _, is_new = ConsumedMessage.objects.get_or_create(
        account_id=connection.account_id,
        connection=connection,
        message_id=digest(message_id),
        defaults={"expires_at": expires_at},
    )
    return is_new


def digest(message_id: str) -> str:
    """The fixed-length name under which a used message is remembered."""
    return hashlib.sha256(message_id.encode()).hexdigest()
