"""Background work that database rows call for: due work, sweep, rotation of secrets."""
