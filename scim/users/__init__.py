"""The User resource: read, render, version."""
