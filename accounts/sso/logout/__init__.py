"""Single logout: SAML, OpenID Connect back-channel and RP-initiated."""
