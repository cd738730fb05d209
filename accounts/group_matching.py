"""PURE. IdP group ids against mapped groups: what a login says, and who joins and leaves (`protocol.md` section 9)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from accounts.folding import nfc

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

G = TypeVar("G")


def identifier_key(identifier: str) -> str:
    """The spelling under which identifiers compare: trimmed; GUIDs without regard to letter case, the rest exact."""
    trimmed = nfc(identifier.strip())
    return trimmed.lower() if is_guid(trimmed) else trimmed


def is_guid(identifier: str) -> bool:
    return bool(_GUID.fullmatch(identifier))


class Action(Enum):
    MATCH = "assign and unassign to match"
    ADD_ONLY = "assign, unassign nothing"
    NOTHING = "change nothing"
    ASK_GRAPH = "read the list from Microsoft Graph"


@dataclass(frozen=True)
class Decision:
    """What to do with mapped groups after a login. `ids` is the list to use with MATCH and ADD_ONLY."""

    action: Action
    ids: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class ConnectionGroups:
    """What is known of the connection before this login."""

    delivers_groups: bool  # Okta, Entra, or another vendor whose groups attribute is named
    seen_before: bool  # a login of it has carried groups
    keep_when_missing: bool
    can_ask_graph: bool
    group_limit: int | None = None


def decide(group_ids: Collection[str] | None, overage: bool, connection: ConnectionGroups) -> Decision:
    """The row of the table in `protocol.md` section 9 that this login falls under."""
    if not connection.delivers_groups:
        return Decision(Action.NOTHING)
    if overage:
        return _overage(connection)
    if group_ids is None:
        return _missing(connection)
    ids = tuple(dict.fromkeys(key for value in group_ids if (key := identifier_key(value))))
    if connection.group_limit and len(group_ids) == connection.group_limit:
        sentence = (
            f"Exactly {connection.group_limit} groups came, the most this provider sends: the list may be cut off, so "
            "nobody was taken out of a group."
        )
        return Decision(Action.ADD_ONLY, ids, sentence)
    return Decision(Action.MATCH, ids)


def _overage(connection: ConnectionGroups) -> Decision:
    if connection.can_ask_graph:
        return Decision(
            Action.ASK_GRAPH, sentence="Too many groups for the login message: the list is read from Microsoft Graph."
        )
    return Decision(
        Action.NOTHING,
        sentence="Too many groups for the login message, and the connection has no client secret to read them from "
        "Microsoft Graph: groups were left as they are.",
    )


def _missing(connection: ConnectionGroups) -> Decision:
    if not connection.seen_before:
        return Decision(
            Action.NOTHING,
            sentence="No groups arrived and none ever have on this connection: groups were left as they are.",
        )
    if connection.keep_when_missing:
        return Decision(
            Action.NOTHING, sentence="No groups arrived this time; the connection keeps groups when they are missing."
        )
    return Decision(
        Action.MATCH, (), "No groups arrived this time though earlier logins carried them: read as being in no group."
    )


@dataclass(frozen=True)
class Change(Generic[G]):
    joins: tuple[G, ...]
    leaves: tuple[G, ...]


def match(ids: Collection[str], mapped: Mapping[str, G], present: Collection[G]) -> Change[G]:
    """Who joins and leaves. `mapped`: identifier key -> group; `present`: mapped groups that an earlier login gave."""
    wanted = dict.fromkeys(mapped[key] for value in ids if (key := identifier_key(value)) in mapped)
    there = set(present)
    return Change(
        joins=tuple(group for group in wanted if group not in there),
        leaves=tuple(group for group in dict.fromkeys(present) if group not in wanted),
    )
