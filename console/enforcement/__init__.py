"""Enforce SSO: readiness, affected users, recovery codes."""
