"""Versions of a resource as weak entity tags (RFC 7644 section 3.14): nobody overwrites what they have not seen."""

from django.http import HttpRequest

from scim import errors


def etag(version: int) -> str:
    return f'W/"{version}"'


def check_if_match(request: HttpRequest, version: int) -> None:
    """Raises ScimError 412 when the client asked to change another version than the stored one."""
    asked = request.headers.get("If-Match")
    if asked is not None and not _names(asked, version):
        raise errors.changed_meanwhile(
            f"Expected the stored version {etag(version)} in If-Match; received {errors.quoted(asked)}."
            " Read the user again before changing it."
        )


def is_known_to_client(request: HttpRequest, version: int) -> bool:
    """Whether the client has this version already (304)."""
    asked = request.headers.get("If-None-Match")
    return asked is not None and _names(asked, version)


def _names(header: str, version: int) -> bool:
    """Compared weakly: whether a tag is marked as weak makes no difference (RFC 9110 section 8.8.3.2)."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
    return "*" in tags or str(version) in tags
