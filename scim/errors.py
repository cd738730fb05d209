"""PURE. Why a SCIM request was not carried out, as RFC 7644 section 3.12 says it to the client.

`detail` is read by the administrator of the identity provider (Okta's task page, Entra's provisioning log): it says
what was expected, what came and what to change, and holds no SQL and nothing of another account.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"

# Longest piece of what came that an error repeats.
_QUOTED = 80


class ScimError(Exception):
    """A request that gets an error answer. `scim_type` is "" where RFC 7644 has no word for the case."""

    def __init__(self, status: int, scim_type: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.scim_type = scim_type
        self.detail = detail

    def body(self) -> dict[str, Any]:
        """The answer's body; `status` is text (RFC 7644 section 3.12)."""
        kind = {"scimType": self.scim_type} if self.scim_type else {}
        return {"schemas": [ERROR_SCHEMA], "status": str(self.status), **kind, "detail": self.detail}


def quoted(value: object) -> str:
    """`value` as an error may repeat it: short, in one line, and never a character that cannot be encoded."""
    text = value if isinstance(value, str) else type_name(value)
    shown = text[:_QUOTED] + ("…" if len(text) > _QUOTED else "")
    return "'" + "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown) + "'"


def type_name(value: object) -> str:
    """What JSON calls the type of `value`."""
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "a string", int: "a number", float: "a number", dict: "an object", list: "an array"}
    return names.get(type(value), "null")


# One for each kind of refusal: called with the sentence. Without a scimType where RFC 7644 has none.
_Kind = Callable[[str], ScimError]
invalid_filter: _Kind = partial(ScimError, 400, "invalidFilter")
invalid_syntax: _Kind = partial(ScimError, 400, "invalidSyntax")
invalid_path: _Kind = partial(ScimError, 400, "invalidPath")
invalid_value: _Kind = partial(ScimError, 400, "invalidValue")
no_target: _Kind = partial(ScimError, 400, "noTarget")
mutability: _Kind = partial(ScimError, 400, "mutability")
too_many: _Kind = partial(ScimError, 400, "tooMany")  # more results than the server looks through
invalid_cursor: _Kind = partial(ScimError, 400, "invalidCursor")  # these three: RFC 9865 section 2.1
expired_cursor: _Kind = partial(ScimError, 400, "expiredCursor")
invalid_count: _Kind = partial(ScimError, 400, "invalidCount")
unauthorized: _Kind = partial(ScimError, 401, "")
forbidden: _Kind = partial(ScimError, 403, "")
not_found: _Kind = partial(ScimError, 404, "")
method_not_allowed: _Kind = partial(ScimError, 405, "")
uniqueness: _Kind = partial(ScimError, 409, "uniqueness")
version_conflict: _Kind = partial(ScimError, 412, "")  # `If-Match` names another version than the stored one
too_large: _Kind = partial(ScimError, 413, "")
address_too_long: _Kind = partial(ScimError, 414, "")
unsupported_media_type: _Kind = partial(ScimError, 415, "")
not_implemented: _Kind = partial(ScimError, 501, "")
