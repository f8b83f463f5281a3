"""When an essay is published, and whether that moment has come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time
from zoneinfo import ZoneInfo

from blogtools.model.diagnostic import UsageError
from blogtools.model.site import Status

_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[-_ ](.+))?", re.ASCII | re.DOTALL)


def split_name(stem: str) -> tuple[str, str]:
    """Split a file's stem into its date (as text, may be empty) and its name.

    Args:
        stem: Such as ``2026-11-22-hello`` or ``hello``.

    Returns:
        ``("2026-11-22", "hello")`` or ``("", "hello")``; a mere date is its own name.
    """
    match = _DATED.fullmatch(stem)
    if not match:
        return "", stem
    text = "-".join(match.groups()[:3])
    return text, match[4] or stem


def in_zone(moment: datetime, timezone: str) -> datetime:
    """Return the moment in the blog's time zone, which also is that of a moment without one."""
    zone = ZoneInfo(timezone)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def at_midnight(text: str) -> datetime:
    """Return the beginning of a day written as YYYY-MM-DD, without a time zone.

    Raises:
        ValueError: There is no such day.
    """
    return within_reach(datetime.combine(date.fromisoformat(text), time()))


def within_reach(moment: datetime) -> datetime:
    """Return the moment unchanged if every time zone can express it.

    Raises:
        ValueError: It lies in the first or the last year that there is.
    """
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError(f"year {moment.year} is out of reach")
    return moment


def status(moment: datetime, *, draft: bool, now: datetime) -> Status:
    """Return whether an essay of this moment is out at the time ``now``."""
    if draft:
        return Status.DRAFT
    return Status.PUBLISHED if moment <= now else Status.SCHEDULED


def clock(environ: Mapping[str, str], today: date, timezone: str = "UTC") -> datetime:
    """Return the moment from which a build speaks: an input, so that a build can be repeated.

    Args:
        environ: The environment; ``SOURCE_DATE_EPOCH`` goes first.
        today: The build's day, otherwise: the whole of it, so that an essay of today is out.
        timezone: The blog's, in which that day ends.

    Raises:
        UsageError: ``SOURCE_DATE_EPOCH`` is no number of seconds.
    """
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.combine(today, time.max, ZoneInfo(timezone))
    try:
        if not re.fullmatch("[0-9]+", epoch):
            raise ValueError(epoch)
        return within_reach(datetime.fromtimestamp(int(epoch), UTC))
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}; set it to seconds since 1970") from None
