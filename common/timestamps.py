"""PURE. Dates and times from outside: every ISO 8601 text and every number of seconds is read here.

The result is in UTC and between EARLIEST and LATEST, so that it can be shown in every time zone, stored in every
database and compared with any other. Anything else is a ValueError; each interface has its own sentence for it.
"""

from datetime import UTC, datetime

# A day inside what a datetime can hold: no zone is further from UTC, and no clock skew is longer.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


def read(text: str) -> datetime:
    """Return the time of an ISO 8601 text, in UTC where it names no zone. Raises ValueError.

    A time that not every zone has becomes the nearest that all have: many programs write "never" as
    "9999-12-31T23:59:59Z".
    """
    if not text.isascii():
        raise ValueError("expected digits of ASCII")
    try:
        time = datetime.fromisoformat(text)
        return within(time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC))
    except OverflowError:
        raise ValueError("expected a time of the years 1 to 9999 in UTC") from None


def of_seconds(seconds: object) -> datetime:
    """Return the time so many seconds after the start of 1970 (NumericDate, RFC 7519 section 2). Raises ValueError."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds <= LATEST.timestamp():
        raise ValueError("expected seconds since 1970, until the year 9999")
    return datetime.fromtimestamp(int(seconds), UTC)


def within(time: datetime) -> datetime:
    """Return the nearest time between EARLIEST and LATEST."""
    return min(max(time, EARLIEST), LATEST)
