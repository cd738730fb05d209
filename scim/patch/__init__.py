"""SCIM PATCH: paths, operations, multi-valued attributes."""
