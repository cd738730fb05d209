"""Passwords: policy, links to set one, failed tries, recovery codes."""
