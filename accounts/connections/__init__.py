"""Connections to identity providers: settings, checks, drafts, publishing, enforcement."""
