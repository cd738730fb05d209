"""PURE. Strict reader of JSON from outside: anything ambiguous or unstorable is one ValueError."""

import json
from typing import Any, NoReturn


def loads(content: bytes | str) -> Any:
    """Return the value of a JSON text (RFC 8259, UTF-8). Raises ValueError, also for what Python accepts.

    Refused: a member named twice (readers disagree on which one counts), NaN and Infinity, numbers of thousands of
    digits, nesting that exhausts the stack, and characters no database holds (NUL, half a surrogate pair).
    """
    text = content.decode("utf-8") if isinstance(content, bytes) else content
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        if "\\u" in text:
            _check_characters(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _check_characters(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    text.encode("utf-8")  # UnicodeEncodeError is a ValueError
    if "\\u0000" in text.replace("\\\\", ""):
        raise ValueError("a text holds a NUL character")
