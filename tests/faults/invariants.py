"""What holds whenever no request is under way, asked in SQL of whatever database; each query finds what is wrong."""

from collections.abc import Callable, Iterable
from typing import Any

Ask = Callable[[str], Iterable[tuple[Any, ...]]]

QUERIES = {
    "users without the entry of their creation": """
        SELECT email FROM accounts_user WHERE id NOT IN (
        SELECT object_id FROM accounts_auditentry WHERE action = 'user.created')""",
    "entries of a creation without a user": """
        SELECT object_label FROM accounts_auditentry WHERE action = 'user.created'
        AND object_id NOT IN (SELECT id FROM accounts_user)""",
    "creations recorded twice": """
        SELECT object_id FROM accounts_auditentry WHERE action = 'user.created'
        GROUP BY object_id HAVING COUNT(*) > 1""",
    "accounts that count their people wrongly": """
        SELECT slug, user_count FROM accounts_account WHERE user_count <> (
        SELECT COUNT(*) FROM accounts_user WHERE account_id = accounts_account.id AND erased_at IS NULL)""",
    "accounts whose numbering is behind": """
        SELECT slug, last_user_number FROM accounts_account WHERE last_user_number <> (
        SELECT COALESCE(MAX(number), 0) FROM accounts_user WHERE account_id = accounts_account.id)""",
    "versions that are not the number of recorded changes": """
        SELECT email, version FROM accounts_user WHERE origin = 'scim' AND state <> 'active' AND version <> 1 + (
        SELECT COUNT(*) FROM accounts_auditentry WHERE object_id = accounts_user.id
        AND action IN ('user.updated', 'user.deprovisioned', 'user.restored', 'user.erased'))""",
    "deprovisioned users without an audit entry": """
        SELECT email FROM accounts_user WHERE state = 'deprovisioned' AND session_epoch <> (
        SELECT COUNT(*) FROM accounts_auditentry
        WHERE object_id = accounts_user.id AND action = 'user.deprovisioned')""",
    "deprovisioned users that are neither cleaned up nor due": """
        SELECT email FROM accounts_user WHERE state = 'deprovisioned' AND clean_up_due_since IS NULL AND id NOT IN (
        SELECT object_id FROM accounts_auditentry WHERE action = 'user.clean-up-finished')""",
    "active people from the identity provider without an identity": """
        SELECT email FROM accounts_user WHERE origin = 'sso' AND state = 'active' AND id NOT IN (
        SELECT user_id FROM accounts_externalidentity)""",
}


def broken(ask: Ask) -> dict[str, list[tuple[Any, ...]]]:
    """The rules that do not hold, with the rows that break them."""
    found = {name: list(ask(query)) for name, query in QUERIES.items()}
    return {name: rows for name, rows in found.items() if rows}
