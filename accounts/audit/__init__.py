"""The audit log: entries, their words, the hash chain over them, export."""
