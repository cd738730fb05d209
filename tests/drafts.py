"""Short ways to a connection's draft."""

from accounts.models import Connection, ConnectionDraft
from accounts.services import connection_drafts
from accounts.services.audit import OPERATOR


def draft_of(connection: Connection) -> ConnectionDraft:
    draft = connection_drafts.draft_of(connection)
    assert draft is not None
    return draft


def publish(connection: Connection) -> None:
    version = connection_drafts.version_of(draft_of(connection))
    connection_drafts.publish(connection, version, acting=OPERATOR)
