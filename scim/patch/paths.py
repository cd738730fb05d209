"""PURE. What a PATCH path names: an attribute of the table, perhaps one part of it, perhaps some entries of its list.

The grammar is that of scim2-models; which attributes there are says `scim.attributes`.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scim2_models import Path, SCIMException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from common.folding import fold
from scim.attributes import CORE, ENTERPRISE, Attribute, find
from scim.errors import invalid_path, quoted

# Checked before parsing. Real paths have fewer than 150 characters.
_LONGEST = 500

# Each is tried on each entry. Real paths compare once or twice.
_MOST_COMPARISONS = 5

Entry = dict[str, Any]

_SCHEMAS = {schema.lower(): schema for schema in (CORE, ENTERPRISE)}


@dataclass(frozen=True)
class Target:
    """`attribute` stands in the resource or, if of the extension, in its object; `part` is the sub-attribute, if one
    is named; `where` chooses among the entries of a list.
    """

    attribute: Attribute
    part: Attribute | None = None
    where: FilterNode | None = None


def named_schema(name: str) -> str:
    """The schema that a key or a path names as a whole; "" if it names none."""
    return _SCHEMAS.get(name.lower(), "")


@lru_cache(maxsize=1024)
def target(path: str) -> Target | None:
    """None for a path of good form that names nothing that is kept (P22). Raises ScimError (`invalidPath`)."""
    if len(path) > _LONGEST:
        raise invalid_path(f"Expected a path of at most {_LONGEST} characters; received {len(path)}.")
    try:
        node = Path(path).ast
    except (SCIMException, ValueError):
        raise invalid_path(f'Expected a path such as emails[type eq "work"].value; received {quoted(path)}.') from None
    if isinstance(node, ValuePath):
        return _of_entries(node)
    if isinstance(node, AttrPath):
        return _of_attribute(node)
    raise invalid_path(f"Expected a path that names an attribute; received {quoted(path)}.")


def _of_attribute(node: AttrPath) -> Target | None:
    found = find(str(node))
    if found is None or not found.parent:
        return Target(found) if found else None
    around = find(str(node).rpartition(".")[0])
    return Target(around, found) if around else None


def _of_entries(node: ValuePath) -> Target | None:
    found = find(str(node.attr_path))
    if found is None:
        return None
    if not found.multi_valued:
        raise invalid_path(f"Expected a list before the brackets; {found.name} is none.")
    if _comparisons(node.val_filter) > _MOST_COMPARISONS:
        raise invalid_path(f"Expected at most {_MOST_COMPARISONS} comparisons in the brackets; received more.")
    if node.sub_attr is None:
        return Target(found, where=node.val_filter)
    part = find(f"{node.attr_path}.{node.sub_attr}")
    return Target(found, part, node.val_filter) if part else None


def _comparisons(condition: FilterNode) -> int:
    if isinstance(condition, LogicalExpr):
        return sum(map(_comparisons, condition.terms))
    return _comparisons(condition.expr) if isinstance(condition, Not) else 1


def matches(entry: Entry, condition: FilterNode) -> bool:
    """Does the entry of a list meet the filter in the brackets? Letter case does not count."""
    if isinstance(condition, LogicalExpr):
        every = all if condition.op == LogicalOperator.and_ else any
        return every(matches(entry, term) for term in condition.terms)
    if isinstance(condition, Not):
        return not matches(entry, condition.expr)
    if isinstance(condition, Present):
        return _member(entry, condition.attr_path) not in (None, "")
    return isinstance(condition, Comparison) and _compares(entry, condition)


def described(condition: FilterNode) -> Entry | None:
    """The members that an entry must have to meet the filter, under lower-case names; None if the filter says more than
    that (`a eq x and b eq y`), or what no entry meets.
    """
    terms = condition.terms if isinstance(condition, LogicalExpr) else (condition,)
    if isinstance(condition, LogicalExpr) and condition.op != LogicalOperator.and_:
        return None
    members: Entry = {}
    for term in terms:
        name = term.attr_path.attr.lower() if isinstance(term, Comparison) else ""
        if not isinstance(term, Comparison) or term.op != CompareOperator.eq or name in members:
            return None
        members[name] = term.value
    return members


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    **{"eq": operator.eq, "ne": operator.ne, "co": operator.contains, "sw": str.startswith, "ew": str.endswith},
    **{"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le},
}


def _compares(entry: Entry, comparison: Comparison) -> bool:
    held = _member(entry, comparison.attr_path)
    if held is None or comparison.value is None:
        same = held is None and comparison.value is None
        return same if comparison.op == CompareOperator.eq else comparison.op == CompareOperator.ne and not same
    return _COMPARISONS[comparison.op](_text(held), _text(comparison.value))


def _member(entry: Entry, path: AttrPath) -> Any:
    """An absent `primary` is false (RFC 7643 section 2.4)."""
    name = path.attr.lower()
    absent = False if name == "primary" else None
    return next((value for key, value in entry.items() if key.lower() == name), absent)


def _text(value: Any) -> str:
    """Entra writes booleans as strings: `primary eq "True"` (P22)."""
    return str(value).lower() if isinstance(value, bool) else fold(str(value))
