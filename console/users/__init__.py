"""Users: list, one user, bulk actions, export."""
