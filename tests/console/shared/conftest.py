"""The same people as on the pages of spaces."""

from tests.console.spaces.conftest import alice, bob, charlie

__all__ = ["alice", "bob", "charlie"]
