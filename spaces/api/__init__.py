"""REST API of spaces."""
