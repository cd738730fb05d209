"""Log lines: no one-time token, the client's address, text or JSON."""

import json
import logging
from copy import deepcopy

import pytest
import structlog
from django.test import RequestFactory

from torque_sso.logging import LOGGING, OneTimeTokensMasked, configure_structlog, of_other_loggers, without_tokens


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        ("/set-password/1503aa98/divft2-464d", "/set-password/***"),
        ("/login/recovery/abc?next=/", "/login/recovery/***"),
        ("/login/sso/1503aa98", "/login/sso/1503aa98"),
    ],
)
def test_one_time_tokens_of_links_are_masked(path: str, masked: str) -> None:
    assert without_tokens(path) == masked


def test_djangos_own_lines_are_masked_too() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %d", ("/set-password/x/y", 404), None)
    assert OneTimeTokensMasked().filter(record)
    assert record.getMessage() == "/set-password/***: 404"


def test_lines_of_libraries_get_the_address_of_their_request() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not found", (), None)
    assert "ip" not in of_other_loggers(None, "", {"_record": record})
    record.request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    assert of_other_loggers(None, "", {"_record": record})["ip"] == "203.0.113.7"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_line_is_text_or_json(log_format: str) -> None:
    settings = deepcopy(LOGGING)
    before = structlog.get_config()
    configure_structlog(settings, log_format, "INFO")
    structlog.configure(**before)
    chosen = settings["formatters"]["chosen"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=chosen["processors"], foreign_pre_chain=chosen["foreign_pre_chain"]
    )
    line = formatter.format(logging.LogRecord("x", logging.INFO, "", 0, "Sweep done", (), None))
    assert ("Sweep done" in line, line.startswith("{")) == (True, log_format == "json")
    assert log_format == "text" or json.loads(line)["event"] == "Sweep done"
