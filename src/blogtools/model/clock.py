"""The moment from which a build speaks: an input, so that a build can be repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time
from zoneinfo import ZoneInfo

from .diagnostic import UsageError


def clock(environ: Mapping[str, str], today: date, timezone: str = "UTC") -> datetime:
    """Return the moment from which a build speaks.

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


def clock_now(environ: Mapping[str, str], timezone: str) -> datetime:
    """Return the moment from which a build that begins now speaks; see `clock`."""
    return clock(environ, datetime.now(ZoneInfo(timezone)).date(), timezone)


def within_reach(moment: datetime) -> datetime:
    """Return the moment unchanged if every time zone can express it.

    Raises:
        ValueError: It lies in the first or the last year that there is.
    """
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError(f"year {moment.year} is out of reach")
    return moment
