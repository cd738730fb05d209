"""Structured logs, as text or JSON lines (`LOG_FORMAT`). No secret is ever passed in (R60)."""

import logging
import re
from typing import Any

import structlog

from common.http.client_address import client_address

# With the link of a log line, its reader could set the password or log in before the user does.
_ONE_TIME_TOKEN = re.compile(r"(/set-password/|/login/recovery/)\S+")


def without_tokens(text: str) -> str:
    """Mask the one-time tokens of links, which are a part of their path."""
    return _ONE_TIME_TOKEN.sub(r"\1***", text)


class OneTimeTokensMasked(logging.Filter):
    """Filter for Django's own loggers, which write the path of a refused request (CSRF, method, not found)."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_tokens(one) if isinstance(one, str) else one for one in record.args)
        return True


def of_other_loggers(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Add the address to lines of libraries: Django logs some responses after all middleware, with nothing bound."""
    request: Any = getattr(event.get("_record"), "request", None)
    if hasattr(request, "META"):
        event.setdefault("ip", client_address(request))
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.PositionalArgumentsFormatter(),
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "filters": {"one-time-tokens": {"()": OneTimeTokensMasked}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen"}},
    "root": {"handlers": ["console"]},
    "loggers": {
        "django.server": {"level": "WARNING", "filters": ["one-time-tokens"]},
        "django.request": {"filters": ["one-time-tokens"]},
        "django.security.csrf": {"filters": ["one-time-tokens"]},
        "saml2": {"level": "WARNING"},
    },
}


def configure_structlog(logging_settings: dict[str, Any], log_format: str, level: str) -> None:
    """Fill in formatter and level, and send structlog's lines to standard logging."""
    rendering: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if log_format == "text":
        # The other formatters of tracebacks print local variables, secrets among them.
        plain = structlog.dev.plain_traceback
        rendering = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    logging_settings["formatters"]["chosen"] = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        "foreign_pre_chain": [*_SHARED, of_other_loggers],
    }
    logging_settings["root"]["level"] = level
    if log_format == "text":  # two lines for each request are not for reading
        logging_settings["loggers"]["django_structlog"] = {"level": "WARNING"}
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
