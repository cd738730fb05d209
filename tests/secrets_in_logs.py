"""T-log (R60): whatever a test marks as secret must not stand in any log record, of any logger, at INFO or above."""

import logging
from collections import deque

_SHORTEST = 12
_marked: deque[str] = deque(maxlen=60)


def secret(text: str) -> str:
    """Marks the text (a message by its middle, so that a quoted beginning counts too), and gives it back."""
    if len(text) >= _SHORTEST:
        _marked.append(text if len(text) < 80 else text[40:80])
    return text


class Watch(logging.Handler):
    """Keeps the records that give a secret away."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.getMessage()} {record.args} {record.exc_text or ''}"
        if any(mark in text for mark in _marked):
            self.found.append(f"{record.name}: {text[:300]}")
