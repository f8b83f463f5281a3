"""When an essay is published, and whether that moment has come."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from blogtools.model.clock import within_reach
from blogtools.model.site import Status

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:[-_ ](.+))?", re.ASCII | re.DOTALL)
_DAY = len("2026-11-22")


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
    return stem[:_DAY], match[1] or stem


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


def status(moment: datetime, *, draft: bool, now: datetime) -> Status:
    """Return whether an essay of this moment is out at the time ``now``."""
    if draft:
        return Status.DRAFT
    return Status.PUBLISHED if moment <= now else Status.SCHEDULED
