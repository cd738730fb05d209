"""What is remembered of each attempt to come in, so that an admin can see why it went as it did."""

import hashlib
import secrets
from typing import Any

from accounts.models import Connection, LoginRecord
from accounts.models.identity import LoginOutcome

# No letters or digits that are mistaken for each other when read out: a person tells it to an admin.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


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


def digest(message_id: str) -> str:
    """The fixed-length name under which a used message is remembered."""
    return hashlib.sha256(message_id.encode()).hexdigest()
