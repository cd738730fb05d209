"""What programs send: JSON, read strictly, in the shapes that the endpoints expect."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from common import strict_json


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, as `strict_json` reads it, of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        # Not from the stream: only Django's `body` looks at the size.
        content = parser_context["request"].body
        try:
            return strict_json.loads(content)
        except ValueError as problem:
            # Some of Python's messages quote what they read, which may be a password.
            why = "it is not UTF-8" if isinstance(problem, UnicodeError) else str(problem)
            raise ParseError(
                f"Expected a JSON text in UTF-8; received one that is none: {why}."
                " The program that sent it has to change it."
            ) from None


class Shape(serializers.Serializer):  # type: ignore[type-arg]  # not subscriptable at run time
    """A JSON object with certain members; others are ignored."""


class Text(serializers.CharField):
    """A text and nothing that could be turned into one, kept as it came."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": "expected a text; received nothing",
        "null": "expected a text; received null",
        "invalid": "expected a text; received another kind of value",
        "blank": "expected a text; received an empty one",
        "max_length": "expected at most {max_length} characters; received more",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Texts(serializers.ListField):
    """A list of texts."""

    child = Text(max_length=100)
    default_error_messages: ClassVar[dict[str, Any]] = {
        "null": "expected a list of texts; received null",
        "not_a_list": "expected a list of texts; received another kind of value",
        "max_length": "expected at most {max_length} of them; received more",
    }


class WholeNumber(serializers.IntegerField):
    """A whole number and nothing that could be turned into one."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "null": "expected a whole number; received null",
        "invalid": "expected a whole number; received another kind of value",
        "max_value": "expected at most {max_value}; received more",
        "min_value": "expected at least {min_value}; received less",
    }

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(data)


def read(shape: type[Shape], request: Request, **more: Any) -> dict[str, Any]:
    """The members of what was sent, checked; `more` stands for members that come otherwise. Raises ValidationError."""
    sent = request.data
    if not isinstance(sent, dict):
        raise ValidationError(["expected a JSON object; received another kind of value"])
    asked = shape(data={**sent, **more})
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found
