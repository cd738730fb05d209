"""OpenID Connect: authorization request, ID token, userinfo, claims."""
