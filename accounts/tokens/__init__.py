"""API tokens: create, check, revoke."""
