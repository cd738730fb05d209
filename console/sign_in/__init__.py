"""Sign-in page, passwords and recovery."""
