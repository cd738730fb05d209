"""What provisioning wanted to store and another user of the account has."""

from django.db import IntegrityError

from accounts.errors import ActionRefused
from accounts.provisioning.user_record import UserRecord
from common.folding import fold


class Taken(ActionRefused):
    """Another user of the account has this user name or e-mail (SCIM 409 `uniqueness`)."""


def taken(record: UserRecord, refused: IntegrityError) -> Taken:
    """The refusal of a record, naming the attribute and its value as the identity provider knows them.

    The database says which of its constraints was broken, by name (PostgreSQL) or columns (SQLite); asking it who has
    the value would take another query, in a transaction that is over.
    """
    broken = str(refused).partition("\n")[0]  # below it are values
    if "user_name_once_per_account" in broken or "user_name_key" in broken:
        what = f"userName '{record.user_name}'"
    elif "user_email_once_per_account" in broken or "email_key" in broken:
        what = _email(record)
    else:
        what = "one of the values"
    return Taken(
        "identifier-taken",
        f"{what} is in use by another user of this account."
        " Change it in the identity provider, or remove the other user in Torque.",
    )


def _email(record: UserRecord) -> str:
    """A user name that is the e-mail too, or is taken for it, is named first: most mappings begin with it."""
    if not record.emails:
        return f"userName '{record.user_name}'"
    path = 'emails[type eq "work"].value' if record.work_email == record.email else "emails[primary eq true].value"
    is_user_name = fold(record.email) == fold(record.user_name)
    return f"{'userName and ' if is_user_name else ''}{path} '{record.email}'"
