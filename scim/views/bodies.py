"""The whole body of a request: by its Content-Length or, where it has none, in chunks (RFC 9112 sections 6 and 7)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from scim import errors
from scim.errors import ScimError


def check_size(request: HttpRequest) -> None:
    """Before anything is read (R43). Raises ScimError 413."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.SCIM_BODY_LIMIT:
        raise too_large()


def read(request: HttpRequest) -> bytes:
    """The bytes that were sent. Raises ScimError: 400 for a body that ended early, 411, 413."""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
        return _read_chunks(request.META)
    try:
        content = request.body
    except UnreadablePostError:
        raise _cut_off() from None
    announced = request.META.get("CONTENT_LENGTH") or "0"
    # Half a body may be valid JSON too, of a user without half of their attributes.
    if announced.isdecimal() and len(content) < int(announced):
        raise _cut_off()
    return content


def too_large() -> ScimError:
    return errors.too_large(f"Expected a body of at most {settings.SCIM_BODY_LIMIT} bytes; received a larger one.")


def _read_chunks(environ: dict[str, Any]) -> bytes:
    """Django reads nothing where no length is announced."""
    if not environ.get("wsgi.input_terminated"):
        raise ScimError(411, "", "Expected the header Content-Length; received a body in chunks. Send its length.")
    try:
        content: bytes = environ["wsgi.input"].read(settings.SCIM_BODY_LIMIT + 1)
    except Exception:  # each server has errors of its own for chunks that end early or are none
        raise _cut_off() from None
    if len(content) > settings.SCIM_BODY_LIMIT:
        raise too_large()
    return content


def _cut_off() -> ScimError:
    return errors.invalid_syntax("Expected the whole body; the connection ended before it. Nothing was changed.")
