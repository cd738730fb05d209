"""Certificates and client keys of connections, and alerts before anything expires."""
