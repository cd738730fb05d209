"""Structured logs: text for people, JSON lines for machines (`LOG_FORMAT`). Nothing secret is ever passed in (R60)."""

from typing import Any

import structlog

from torque_sso.client_address import client_address


def address_of_request(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Django logs some answers after all middleware, when nothing of the request is bound any more."""
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
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen"}},
    "root": {"handlers": ["console"]},
    "loggers": {"django.server": {"level": "WARNING"}, "saml2": {"level": "WARNING"}},
}


def configure_structlog(logging_settings: dict[str, Any], log_format: str, level: str) -> None:
    """Fills the formatter and the level in, and points structlog at standard logging."""
    rendering: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if log_format == "text":
        # The other formatters of tracebacks print local variables, secrets among them.
        plain = structlog.dev.plain_traceback
        rendering = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    logging_settings["formatters"]["chosen"] = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        "foreign_pre_chain": [*_SHARED, address_of_request],
    }
    logging_settings["root"]["level"] = level
    if log_format == "text":  # two lines for each request are for machines to count, not for people to read
        logging_settings["loggers"]["django_structlog"] = {"level": "WARNING"}
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
