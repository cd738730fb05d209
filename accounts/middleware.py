"""Ends a session when its time is up (`protocol.md` 8.4 check 14)."""
