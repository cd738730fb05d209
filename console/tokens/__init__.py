"""API tokens: of the account and of each user."""
