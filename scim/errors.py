"""PURE. Why a SCIM request was not carried out, as RFC 7644 section 3.12 says it to the client.

`detail` is read by the administrator of the identity provider (Okta's task page, Entra's provisioning log): it says
what was expected, what came and what to change, and holds no SQL and nothing of another account.
"""

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


def invalid_filter(detail: str) -> ScimError:
    return ScimError(400, "invalidFilter", detail)


def invalid_syntax(detail: str) -> ScimError:
    return ScimError(400, "invalidSyntax", detail)


def invalid_path(detail: str) -> ScimError:
    return ScimError(400, "invalidPath", detail)


def invalid_value(detail: str) -> ScimError:
    return ScimError(400, "invalidValue", detail)


def no_target(detail: str) -> ScimError:
    return ScimError(400, "noTarget", detail)


def mutability(detail: str) -> ScimError:
    return ScimError(400, "mutability", detail)


def too_many(detail: str) -> ScimError:
    """More results than the server looks through (`tooMany`)."""
    return ScimError(400, "tooMany", detail)


def invalid_cursor(detail: str) -> ScimError:
    """RFC 9865 section 2.1."""
    return ScimError(400, "invalidCursor", detail)


def expired_cursor(detail: str) -> ScimError:
    """RFC 9865 section 2.1."""
    return ScimError(400, "expiredCursor", detail)


def invalid_count(detail: str) -> ScimError:
    """RFC 9865 section 2.1."""
    return ScimError(400, "invalidCount", detail)


def uniqueness(detail: str) -> ScimError:
    return ScimError(409, "uniqueness", detail)


def unauthorized(detail: str) -> ScimError:
    return ScimError(401, "", detail)


def forbidden(detail: str) -> ScimError:
    return ScimError(403, "", detail)


def not_found(detail: str) -> ScimError:
    return ScimError(404, "", detail)


def method_not_allowed(detail: str) -> ScimError:
    return ScimError(405, "", detail)


def version_conflict(detail: str) -> ScimError:
    """`If-Match` names another version than the stored one."""
    return ScimError(412, "", detail)


def too_large(detail: str) -> ScimError:
    return ScimError(413, "", detail)


def address_too_long(detail: str) -> ScimError:
    return ScimError(414, "", detail)


def unsupported_media_type(detail: str) -> ScimError:
    return ScimError(415, "", detail)


def not_implemented(detail: str) -> ScimError:
    return ScimError(501, "", detail)
