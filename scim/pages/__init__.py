"""Provisioning as an account's admin sees it: how to set it up, what was asked, who is held."""
