"""Names, e-mail and groups in the attributes of a SAML response or an ID token."""
