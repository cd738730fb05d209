"""Database migrations of `scim`."""
