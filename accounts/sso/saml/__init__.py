"""SAML 2.0: request, response, signatures, encryption, checks, claims."""
