"""What a connection's sign-in requests may ask for, and how it authenticates at the token endpoint."""

from django.db import models


class NameIdFormat(models.TextChoices):
    """Which kind of NameID a sign-in request asks for (SAML core 8.3)."""

    PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "persistent"
    EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "emailAddress"
    UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "unspecified"
    TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "transient"


class AuthnComparison(models.TextChoices):
    """How the person's authentication compares with the requested contexts (SAML core 3.3.2.2.1)."""

    EXACT = "exact", "exactly one of them"
    MINIMUM = "minimum", "at least as strong as one of them"
    MAXIMUM = "maximum", "no stronger than one of them"
    BETTER = "better", "stronger than all of them"


class ClientAuth(models.TextChoices):
    """How the application authenticates at the token endpoint (OpenID Connect Core 9)."""

    SECRET = "secret", "client secret"
    PRIVATE_KEY = "private_key", "private key of this connection (private_key_jwt)"


class Prompt(models.TextChoices):
    """What the provider is to ask the person for, whatever session they have there (OpenID Connect Core 3.1.2.1)."""

    LOGIN = "login", "sign in again"
    CONSENT = "consent", "consent to the application"
    SELECT_ACCOUNT = "select_account", "choose an account"
