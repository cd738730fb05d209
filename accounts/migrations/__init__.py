"""Database migrations of `accounts`."""
