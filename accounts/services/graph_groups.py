"""What Microsoft Graph says of somebody's groups, compared with identifiers of the same kind (`docs/decisions/0024`).

Graph answers object IDs. A group that is mapped to a name is compared with names, which are asked for only where one is
mapped; where they cannot be read, such groups stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.group_matching import identifier_key, is_guid
from accounts.models import Connection, Group
from accounts.services import graph

_SHOWN = 5


@dataclass(frozen=True)
class FromGraph:
    """Identifier keys. `displayed`: key of a display name -> object ID, None where names were not read; `problem`: why
    they could not be, a sentence."""

    ids: tuple[str, ...]
    directory: frozenset[str] = frozenset()
    displayed: Mapping[str, str] | None = None
    problem: str = ""

    def keeps(self, key: str) -> bool:
        """Whether somebody in a group mapped to this stays in it, though neither IDs nor directory names say so."""
        return not is_guid(key) and (self.displayed is None or key in self.displayed)

    @property
    def names(self) -> frozenset[str]:
        """Keys that are no object IDs."""
        return self.directory.union(self.displayed or ())

    def remarks(self, left_out: Mapping[str, str]) -> tuple[str, ...]:
        """Sentences for the login record. `left_out`: key of a display name -> the group that is mapped to it."""
        found = [self._left_out(key, group) for key, group in left_out.items()][:_SHOWN]
        return (
            *found,
            *([f"Groups that are mapped to a name were left as they are. {self.problem}"] * bool(self.problem)),
        )

    def _left_out(self, key: str, group: str) -> str:
        object_id = (self.displayed or {}).get(key, "")
        return (
            f"Microsoft Graph gives '{key[:200]}' as the display name of a group of the person. The group '{group}' is "
            "mapped to it, and nobody is put into a group by a display name, which other groups can have too: map "
            f"'{group}' to the object ID {object_id}."
        )


def ask(connection: Connection, subject: str) -> FromGraph:
    """Asks for object IDs, and for names where a group of the account is mapped to one. Raises GraphUnavailable.

    Not to be called inside a database transaction.
    """
    ids = tuple(identifier_key(value) for value in graph.member_group_ids(connection, subject))
    if not _maps_names(connection):
        return FromGraph(ids)
    try:
        names = graph.member_group_names(connection, subject)
    except graph.GraphUnavailable as problem:
        return FromGraph(ids, problem=str(problem))
    displayed = {identifier_key(name): object_id for name, object_id in names.displayed.items()}
    return FromGraph(ids, frozenset(map(identifier_key, names.directory)), displayed)


def _maps_names(connection: Connection) -> bool:
    mapped = Group.objects.in_account(connection.account_id).exclude(idp_identifier_key="")
    return any(not is_guid(key) for key in mapped.values_list("idp_identifier_key", flat=True))
