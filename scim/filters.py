"""Filters (RFC 7644 section 3.4.2.2) compiled to the ORM; which attributes there are says `scim.attributes`."""

from django.db.models import Q
from scim2_models.exceptions import InvalidFilterException
from scim2_models.path import Comparison, FilterNode, LogicalExpr, LogicalOperator, Not, ScimFilter

from accounts.folding import fold
from scim.attributes import find
from scim.errors import invalid_filter


def compile_filter(text: str) -> Q:
    """The condition that a filter states. Raises ScimError (`invalidFilter`), never gives a condition that is too wide."""
    try:
        return _compile(ScimFilter(text).ast)
    except InvalidFilterException as problem:
        raise invalid_filter(f'Expected a filter such as userName eq "ann@acme.example"; {problem.detail}.') from None


def _compile(node: FilterNode) -> Q:
    if isinstance(node, LogicalExpr):
        return Q(*map(_compile, node.terms), _connector=Q.AND if node.op == LogicalOperator.and_ else Q.OR)
    if isinstance(node, Not):
        return ~_compile(node.expr)
    attribute = find(str(node.attr_path)) if isinstance(node, Comparison) and node.op == "eq" else None
    if attribute is None or not isinstance(node, Comparison):
        raise invalid_filter("Expected an attribute that can be searched.")
    if attribute.name == "userName":
        return Q(user_name_key=fold(node.value)) | Q(user_name_key="", email_key=fold(node.value))
    return Q(**{attribute.column: node.value})
