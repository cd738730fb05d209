"""Filters (RFC 7644 section 3.4.2.2) compiled to conditions of the ORM.

Which attributes there are says `scim.attributes`; what a comparison with each of them means, `comparisons`. What
cannot be searched is refused, never answered with an empty list: the client would create a duplicate.
"""

import re

from django.db.models import Q
from scim2_models.exceptions import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ScimFilter,
    ValuePath,
)

from scim.attributes import Attribute, find
from scim.errors import invalid_filter, quoted
from scim.filters.comparisons import compare, present
from scim.filters.value_paths import select

MAX_LENGTH = 4_096
MAX_TERMS = 50
MAX_DEPTH = 20

# The most common shape. Both ways give the same node; this one needs no parser.
_ONE_COMPARISON = re.compile(r'([A-Za-z][A-Za-z0-9]*) eq "([^"\\\x00-\x1f]*)"')
_NO_ATTRIBUTES = {"and", "or", "not"}

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CONNECTOR = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_BRACKET = re.compile(r"[][()]")


def compile_filter(text: str) -> Q:
    """The condition that a filter states. Raises ScimError (`invalidFilter`); never gives a condition too wide."""
    return _Compiler().visit(_parse(text))


def _parse(text: str) -> FilterNode:
    if len(text) > MAX_LENGTH:
        raise invalid_filter(f"Expected a filter of at most {MAX_LENGTH:,} characters; received {len(text):,}.")
    if (simple := _ONE_COMPARISON.fullmatch(text)) and simple[1].lower() not in _NO_ATTRIBUTES:
        return Comparison(AttrPath(simple[1]), CompareOperator.eq, simple[2])
    _check_shape(_STRING.sub('""', text))
    try:
        return ScimFilter(text).ast
    except InvalidFilterException as problem:
        sentence = f'Expected a filter such as userName eq "ann@acme.example"; received {quoted(text)}'
        raise invalid_filter(f"{sentence}: {problem.detail}.") from None


def _check_shape(without_strings: str) -> None:
    """Before the parser sees it, so that size and nesting cost nothing."""
    terms = len(_CONNECTOR.findall(without_strings)) + 1
    if terms > MAX_TERMS:
        raise invalid_filter(f"Expected at most {MAX_TERMS} comparisons in a filter; received {terms}.")
    depth = 0
    for bracket in _BRACKET.findall(without_strings):
        depth += 1 if bracket in "([" else -1
        if depth > MAX_DEPTH:
            raise invalid_filter(f"Expected at most {MAX_DEPTH} brackets inside each other; received more.")


class _Compiler(FilterVisitor[Q]):
    def visit_comparison(self, node: Comparison) -> Q:
        return compare(_searchable(node.attr_path), node.op.value, node.value)

    def visit_present(self, node: Present) -> Q:
        return present(_searchable(node.attr_path))

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        connector = Q.AND if node.op == LogicalOperator.and_ else Q.OR
        return Q(*map(self.visit, node.terms), _connector=connector)

    def visit_value_path(self, node: ValuePath) -> Q:
        return select(_searchable(node.attr_path), node.val_filter)


def _searchable(path: AttrPath) -> Attribute:
    attribute = find(str(path))
    if attribute is None or not attribute.filterable:
        raise invalid_filter(f"Expected an attribute that people can be searched by; received {quoted(str(path))}.")
    return attribute
