"""PURE. Time zones as identity providers send them: an IANA name, or the name of the zone on Windows.

An IANA name is read in its listed letter case only (`protocol.md` 10.3). A Windows name is read by CLDR's table
windowsZones, territory 001. Offsets are not read: they do not say when summer time begins, or whether there is any.
"""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from tzlocal.windows_tz import win_tz

_OFFSET = re.compile(r"\(?\s*(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?(?!\d)", re.IGNORECASE)
_MOST_HOURS = {"+": 14, "-": 12}  # of Etc/GMT-14 and Etc/GMT+12


def is_iana(name: str) -> bool:
    """Whether this is an IANA time zone name, in its letter case."""
    return name in _listed()


def iana_of(sent: str) -> str:
    """Return the IANA name for an IANA or Windows name; empty when it is neither."""
    if is_iana(sent):
        return sent
    return "" if _OFFSET.match(sent) else _windows().get(_key(sent), "")


def advice(sent: str) -> str:
    """Say what to send instead of a zone that is not accepted; empty when nothing is similar."""
    if offset := _OFFSET.match(sent):
        return _instead_of_offset(offset)
    meant = _by_key().get(_key(sent), "")
    return f"Send '{meant}', in this spelling." if meant else ""


def _instead_of_offset(found: re.Match[str]) -> str:
    sign, hours, minutes = found[1], int(found[2]), int(found[3] or 0)
    fixed = ""
    if hours == 0 and minutes == 0:
        fixed = ", or 'UTC'"
    elif minutes == 0 and hours <= _MOST_HOURS[sign]:
        # POSIX's sign in these names: west of Greenwich is positive.
        fixed = f", or 'Etc/GMT{'-' if sign == '+' else '+'}{hours}' for a clock without summer time"
    return f"It is an offset, which says nothing about summer time: send a name such as 'Europe/Paris'{fixed}."


def _key(text: str) -> str:
    """Key of a zone's spellings: letter case, blanks and underscores do not count."""
    return re.sub(r"[\s_]+", "", text).casefold()


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    """Read from disk once: a page needs it for each user it shows."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _windows() -> dict[str, str]:
    return {_key(windows): iana for windows, iana in win_tz.items() if iana in _listed()}


@lru_cache(maxsize=1)
def _by_key() -> dict[str, str]:
    """Every IANA name by its key, and by its last part where only one name ends so."""
    names = sorted(_listed())
    ends = [_key(name.rpartition("/")[2]) for name in names]
    cities = {end: name for end, name in zip(ends, names, strict=True) if ends.count(end) == 1}
    return {**cities, "z": "UTC", **{_key(name): name for name in names}}
