"""Spaces: list, members, groups."""
