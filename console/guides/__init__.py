"""Set-up guides for each identity provider."""
