"""Fixtures of these pages, see `tests.support.page_fixtures`."""

from tests.support.page_fixtures import acme, alice, as_alice, as_alice_of, bob, entra, globex

__all__ = ["acme", "alice", "as_alice", "as_alice_of", "bob", "entra", "globex"]
