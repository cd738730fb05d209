"""Drafts of a connection: what they change, in words; publish and discard."""
