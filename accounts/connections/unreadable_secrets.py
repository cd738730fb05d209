"""A connection's secret that no present key opens: in words, who has to do what, and where."""

from collections.abc import Iterator

from accounts.models import Connection
from common.encryption import UnreadableSecret, unreadable_fields

_PUT_BACK = "or have the operator of this installation put the lost key back into ENCRYPTION_KEYS"
# Field -> what it is, and what to do.
_WORDS = {
    "client_secret": ("client secret", f"Enter it again on the tab “Identity provider”, {_PUT_BACK}."),
    "next_private_key": ("next private key", f"Make another one on the tab “Identity provider”, {_PUT_BACK}."),
    "sp_private_key": (
        "private key",
        "Make a new one on the tab “Certificates” (OpenID Connect: “Identity provider”) and give the identity provider"
        f" our metadata again, {_PUT_BACK}. Until then we sign no request and no logout, and read no encrypted"
        " assertion.",
    ),
}


def what(lost: UnreadableSecret) -> str:
    return _WORDS[lost.name][0]


def to_do(lost: UnreadableSecret) -> str:
    return _WORDS[lost.name][1]


def sentence(connection: Connection, lost: UnreadableSecret) -> str:
    return (
        f"The {what(lost)} of '{connection.name}' cannot be read with the encryption keys of this installation"
        f" ({lost}). {to_do(lost)}"
    )


def sentences(connection: Connection) -> Iterator[str]:
    """One for each secret of the connection that cannot be read."""
    return (sentence(connection, lost) for lost in unreadable_fields(connection))
