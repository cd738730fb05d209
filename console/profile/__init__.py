"""Profile: the user's own sessions and API tokens."""
