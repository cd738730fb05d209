"""Groups: list, general settings, roles, members."""
