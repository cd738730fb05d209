"""What Microsoft Graph says of somebody's groups, compared with identifiers of the same kind (`docs/decisions/0024`).

Graph answers object IDs. A group that is mapped to a name is compared with names, which are asked for only where one is
mapped; where they cannot be read, such groups stay as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.connections.provider import graph
from accounts.groups.matching import Code, Remark
from accounts.models import Connection, Group
from common.folding import identifier_key, is_guid

_SHOWN = 5


@dataclass(frozen=True)
class FromGraph:
    """Identifier keys, of object IDs and of names apart. `displayed`: display names, None where no names were read;
    `problem`: why they could not be, a sentence."""

    ids: tuple[str, ...]
    directory: frozenset[str] = frozenset()
    displayed: frozenset[str] | None = None
    problem: str = ""

    def keeps(self, key: str) -> bool:
        """Whether somebody in a group mapped to this stays in it, though neither IDs nor directory names say so."""
        return not is_guid(key) and (self.displayed is None or key in self.displayed)

    @property
    def names(self) -> frozenset[str]:
        return self.directory | (self.displayed or frozenset())

    def remarks(self, by_display_name: Mapping[str, str]) -> tuple[Remark, ...]:
        """`by_display_name`: identifier key -> the group that is mapped to it."""
        found = [Remark(Code.DISPLAY_NAME, group, key) for key, group in list(by_display_name.items())[:_SHOWN]]
        return (*found, *([Remark(Code.NAMES_UNREAD, text=self.problem)] if self.problem else []))


def ask(connection: Connection, subject: str) -> FromGraph:
    """Asks for object IDs, and for names where a group of the account is mapped to one. Raises GraphUnavailable.

    Not to be called inside a database transaction.
    """
    ids = tuple(identifier_key(value) for value in graph.member_group_ids(connection, subject))
    mapped = Group.objects.in_account(connection.account_id).exclude(idp_identifier_key="")
    if all(map(is_guid, mapped.values_list("idp_identifier_key", flat=True))):
        return FromGraph(ids)
    try:
        names = graph.member_group_names(connection, subject)
    except graph.GraphUnavailable as problem:
        return FromGraph(ids, problem=str(problem))
    return FromGraph(ids, _keys(names.directory), _keys(names.displayed))


def _keys(names: Iterable[str]) -> frozenset[str]:
    """A name that looks like an object ID is none."""
    return frozenset(key for name in names if not is_guid(key := identifier_key(name)))
