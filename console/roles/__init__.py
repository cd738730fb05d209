"""Roles: account roles and space roles, compared and edited."""
