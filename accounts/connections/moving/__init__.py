"""Moving users from one connection to another."""
