"""Database migrations of `spaces`."""
