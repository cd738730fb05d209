"""Short ways to a connection's draft."""

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.models import Connection, ConnectionDraft


def draft_of(connection: Connection) -> ConnectionDraft:
    draft = drafts.draft_of(connection)
    assert draft is not None
    return draft


def publish(connection: Connection) -> None:
    version = drafts.version_of(draft_of(connection))
    drafts.publish(connection, version, acting=OPERATOR)
