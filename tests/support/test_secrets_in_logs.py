"""The watch over the whole suite's logs sees what it is there for."""

import logging

from tests.support.secrets_in_logs import Watch, secret


def seen(message: str, *arguments: object) -> int:
    watch = Watch()
    watch.emit(logging.LogRecord("x", logging.INFO, "", 0, message, arguments, None))
    return len(watch.found)


def test_a_secret_in_a_message_or_its_arguments_is_seen() -> None:
    mark = secret("a-very-secret-text")
    assert seen(f"came: {mark}") == seen("came: %s", mark) == 1


def test_the_middle_of_a_long_message_counts() -> None:
    message = secret("".join(chr(97 + number % 26) for number in range(200)))
    assert seen(message[10:120]) == 1


def test_other_text_is_not_taken_for_a_secret() -> None:
    assert seen("Login refused") == 0
