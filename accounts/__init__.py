"""Accounts, their users, and how users are signed in and provisioned."""
