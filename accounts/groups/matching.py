"""PURE. IdP group ids against mapped groups: what a login says, and who joins and leaves (`protocol.md` section 9)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from common.folding import fold, identifier_key, nfc

G = TypeVar("G")


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
    takes_client_secret: bool = True  # with which Graph can be asked; SAML has none


def decide(
    group_ids: Collection[str] | None, overage: bool, connection: ConnectionGroups, unread: str = ""
) -> Decision:
    """The row of the table in `protocol.md` section 9 that this login falls under.

    `unread`: a sentence where something came that is no list; nothing is known then, so nothing changes.
    """
    if not connection.delivers_groups:
        return Decision(Action.NOTHING)
    if overage:
        return _overage(connection)
    if unread:
        return Decision(Action.NOTHING, sentence=unread)
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
    why, step = "", "Choose"
    if connection.takes_client_secret:
        why = ", and the connection has no client secret to read them from Microsoft Graph"
        step = "Enter a client secret in the connection, or choose"
    return Decision(
        Action.NOTHING,
        sentence=f"Too many groups for the login message{why}: groups were left as they are. {step} “Groups assigned "
        "to the application” in the group claim of the identity provider, so that fewer are sent.",
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


_NEAR_SHOWN = 5
_BRACES = re.compile(r"(?:urn:uuid:)?\{?([0-9a-f-]{36})\}?", re.IGNORECASE)
_COMMON_NAME = re.compile(r"\s*CN\s*=\s*((?:\\.|[^,\\])+)", re.IGNORECASE)


def near_forms(identifier: str) -> frozenset[str]:
    """Other spellings, folded, in which the same group may be mapped: without letter case, path, domain, braces; as
    the common name of a distinguished name (RFC 4514)."""
    plain = " ".join(nfc(identifier).split())
    forms = {plain, plain.strip("/"), plain.rpartition("/")[2], plain.rpartition("\\")[2], "/" + plain}
    forms |= {plain.partition("@")[0]} if plain.count("@") == 1 else set()
    forms |= {match[1] for match in [_BRACES.fullmatch(plain)] if match}
    forms |= {re.sub(r"\\(.)", r"\1", match[1]).strip() for match in [_COMMON_NAME.match(plain)] if match}
    return frozenset(fold(form) for form in forms if form.strip())


def near_misses(received: Collection[str], mapped: Mapping[str, str]) -> list[str]:
    """A sentence for each group that is mapped almost to what came. `mapped`: name of a group -> its identifier."""
    by_form: dict[str, str] = {}
    for value in received:
        for form in near_forms(value):
            by_form.setdefault(form, value)
    found = [(by_form[key], name, own) for name, own in mapped.items() if (key := fold(own)) in by_form]
    sentences = [
        f"'{came[:200]}' came; the group '{name}' is mapped to '{own[:200]}'. Identifiers are compared exactly."
        for came, name, own in found[:_NEAR_SHOWN]
    ]
    more = len(found) - _NEAR_SHOWN
    return [*sentences, *([f"{more} more groups are mapped to almost what came."] if more > 0 else [])]
