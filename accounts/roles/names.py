"""Names of things that identity providers can name too."""

from accounts.errors import ActionRefused
from common.folding import nfc


def checked_name(name: str, what: str) -> str:
    """The name, NFC. Raises ActionRefused when an IdP attribute could not carry it (K7)."""
    if not name or name != name.strip() or "," in name or not name.isprintable():
        raise ActionRefused(
            "name-invalid",
            f"Expected a {what} name without comma and without blanks at its ends, because IdP attributes are"
            f" comma-separated; received '{name}'.",
        )
    return nfc(name)
