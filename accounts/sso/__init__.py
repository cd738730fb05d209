"""Signing in through an identity provider: SAML and OpenID Connect."""
