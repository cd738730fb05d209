"""Spaces, space roles and memberships, and who gets which role at a login."""
