"""PURE. Moments as others write them, read once for all: every ISO 8601 text and every number of seconds.

What comes out is in UTC and inside EARLIEST to LATEST, so that it can be shown in every time zone, stored in every
database and compared with any other. What cannot be is a ValueError; each interface has a sentence of its own for it.
"""

from datetime import UTC, datetime

# A day inside what a datetime can hold: no zone is further from UTC, and no clock skew is longer.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


def read(text: str) -> datetime:
    """The moment of an ISO 8601 date or time; UTC where it names no zone. Raises ValueError.

    One that UTC has and not every zone is the nearest that all have: many programs write "never" as
    "9999-12-31T23:59:59Z".
    """
    if not text.isascii():
        raise ValueError("expected digits of ASCII")
    try:
        at = datetime.fromisoformat(text)
        return within(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
    except OverflowError:
        raise ValueError("expected a time of the years 1 to 9999 in UTC") from None


def of_seconds(seconds: object) -> datetime:
    """The moment so many seconds after 1970 began (NumericDate, RFC 7519 section 2). Raises ValueError."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds <= LATEST.timestamp():
        raise ValueError("expected seconds since 1970, until the year 9999")
    return datetime.fromtimestamp(int(seconds), UTC)


def within(at: datetime) -> datetime:
    """The nearest moment inside EARLIEST to LATEST."""
    return min(max(at, EARLIEST), LATEST)
