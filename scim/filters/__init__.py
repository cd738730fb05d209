"""SCIM filters as SQL."""
