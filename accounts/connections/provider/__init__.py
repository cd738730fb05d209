"""What is read from an identity provider: metadata, signing keys, issuer, Microsoft Graph."""
