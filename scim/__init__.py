"""SCIM 2.0 (RFC 7642 to 7644) for provisioning by identity providers."""
