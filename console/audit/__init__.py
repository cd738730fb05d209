"""Audit log: list, search, export."""
