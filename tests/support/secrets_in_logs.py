"""T-log (R60): whatever a test marks as secret must not stand in any log record, of any logger, at INFO or above; nor
in any page or answer that the product gives afterwards."""

import logging
import re
from collections import deque

_SHORTEST = 12
_marked: deque[str] = deque(maxlen=60)


def secret(text: str) -> str:
    """Marks the text (a message by its middle, so that a quoted beginning counts too), and gives it back."""
    if len(text) >= _SHORTEST:
        _marked.append(text if len(text) < 80 else text[40:80])
    return text


def gives_away(text: str) -> bool:
    return any(mark in text for mark in _marked)


def hands_on(address: str) -> bool:
    """Pages that carry a secret of their own user: on to the identity provider (RelayState of a sign-in by POST;
    an ID token or a message of a logout), or from a link or form that they brought to the button that uses it."""
    starts = re.fullmatch(r"/login/sso/[0-9a-f-]{36}", address)
    return bool(starts) or address.startswith(("/logout", "/login/recovery")) or address.endswith("/slo")


class Watch(logging.Handler):
    """Keeps the records that give a secret away."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.getMessage()} {record.args} {record.exc_text or ''}"
        if gives_away(text):
            self.found.append(f"{record.name}: {text[:300]}")
