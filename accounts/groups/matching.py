"""PURE. IdP group ids against mapped groups: what a login says, and who joins and leaves (`protocol.md` section 9)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Generic, TypeVar

from common.folding import fold, identifier_key, nfc

G = TypeVar("G")


class Action(Enum):
    MATCH = "assign and unassign to match"
    ADD_ONLY = "assign, unassign nothing"
    NOTHING = "change nothing"
    ASK_GRAPH = "read the list from Microsoft Graph"


class Code(StrEnum):
    """Remarks about a login's groups; `sync_words` has a sentence for each."""

    AT_LIMIT = "at-limit"  # `count`: the provider's limit
    OVERAGE_READ = "overage-read"
    OVERAGE_WITHOUT_SECRET = "overage-without-secret"
    OVERAGE_UNREADABLE = "overage-unreadable"
    NEVER_ARRIVED = "never-arrived"
    MISSING_KEPT = "missing-kept"
    MISSING_EMPTY = "missing-empty"
    UNREAD = "unread"  # `text`: what came instead of a list
    RECEIVED = "received"  # `count` groups, of which `names` are mapped
    NEAR_MISS = "near-miss"  # `identifier` as received, `mapped` as on `group`
    MORE_NEAR_MISSES = "more-near-misses"
    NOT_ALLOWED = "not-allowed"  # `group` gives permissions `names`, not allowed for `connection`
    DISPLAY_NAME = "display-name"  # Microsoft Graph gives `identifier`, mapped on `group`, as a display name only
    NAMES_UNREAD = "names-unread"  # `text`: why Microsoft Graph did not say the names


@dataclass(frozen=True)
class Remark:
    code: Code
    group: str = ""
    identifier: str = ""
    mapped: str = ""
    connection: str = ""
    names: tuple[str, ...] = ()
    count: int = 0
    text: str = ""


@dataclass(frozen=True)
class Decision:
    """What to do with mapped groups after a login. `ids` is the list to use with MATCH and ADD_ONLY."""

    action: Action
    ids: tuple[str, ...] = ()
    remark: Remark | None = None


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

    `unread`: says what came instead of a list; nothing is known then, so nothing changes.
    """
    if not connection.delivers_groups:
        return Decision(Action.NOTHING)
    if overage:
        return _overage(connection)
    if unread:
        return Decision(Action.NOTHING, remark=Remark(Code.UNREAD, text=unread))
    if group_ids is None:
        return _missing(connection)
    ids = tuple(dict.fromkeys(key for value in group_ids if (key := identifier_key(value))))
    if connection.group_limit and len(group_ids) == connection.group_limit:
        return Decision(Action.ADD_ONLY, ids, Remark(Code.AT_LIMIT, count=connection.group_limit))
    return Decision(Action.MATCH, ids)


def _overage(connection: ConnectionGroups) -> Decision:
    if connection.can_ask_graph:
        return Decision(Action.ASK_GRAPH, remark=Remark(Code.OVERAGE_READ))
    code = Code.OVERAGE_WITHOUT_SECRET if connection.takes_client_secret else Code.OVERAGE_UNREADABLE
    return Decision(Action.NOTHING, remark=Remark(code))


def _missing(connection: ConnectionGroups) -> Decision:
    if not connection.seen_before:
        return Decision(Action.NOTHING, remark=Remark(Code.NEVER_ARRIVED))
    if connection.keep_when_missing:
        return Decision(Action.NOTHING, remark=Remark(Code.MISSING_KEPT))
    return Decision(Action.MATCH, remark=Remark(Code.MISSING_EMPTY))


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


def near_misses(received: Collection[str], mapped: Mapping[str, str]) -> list[Remark]:
    """Groups that are mapped almost to what came. `mapped`: name of a group -> its identifier."""
    by_form: dict[str, str] = {}
    for value in received:
        for form in near_forms(value):
            by_form.setdefault(form, value)
    found = [(by_form[key], name, own) for name, own in mapped.items() if (key := fold(own)) in by_form]
    remarks = [
        Remark(Code.NEAR_MISS, group=name, identifier=came, mapped=own) for came, name, own in found[:_NEAR_SHOWN]
    ]
    more = len(found) - _NEAR_SHOWN
    return [*remarks, *([Remark(Code.MORE_NEAR_MISSES, count=more)] if more > 0 else [])]
