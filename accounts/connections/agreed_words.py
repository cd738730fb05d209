"""PURE. The sentence for a gift of a login that no account admin allowed."""

from collections.abc import Iterable


def not_allowed(what: str, permissions: Iterable[str], connection: str) -> str:
    """`what`: "Group 'Admins'"; `connection`: its name."""
    return (
        f"{what} gives {', '.join(permissions)}, which no account admin has allowed for connection '{connection}'."
        " Allow it on the connection's User access page."
    )
