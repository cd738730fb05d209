"""User records: create, activate, lock for a change, protect the last admin."""
