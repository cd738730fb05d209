"""Requests: client address behind proxies, canonical host, safe redirects, uploads, error pages."""
