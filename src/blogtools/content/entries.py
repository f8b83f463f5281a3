"""An essay's identity: its date, its URL, and whether it is out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.document import Document
from blogtools.model.project import BlogOptions
from blogtools.model.site import Entry, Status

from . import dates
from .slugs import slugify


def make_entry(
    document: Document, options: BlogOptions, now: datetime
) -> tuple[Entry, tuple[Diagnostic, ...]]:
    """Give a document its place in time and in the site.

    Args:
        document: The essay.
        options: The blog's options: the form of its URLs, its time zone.
        now: The moment from which the build speaks, with a time zone.

    Returns:
        The entry, and a diagnostic if the essay has no date or an impossible one.
    """
    day, name = dates.split_name(_stem(document.source.path))
    moment, found = _moment(document, day)
    date = dates.in_zone(moment or now, options.timezone)
    changed = document.front.updated
    updated = dates.in_zone(changed, options.timezone) if changed else date
    slug = document.front.slug or slugify(name)
    url = _url(options.post_url, date, slug)
    status = dates.status(date, draft=document.front.draft, now=now)
    return Entry(document, date, updated, slug, url, status), found


def _url(form: str, date: datetime, slug: str) -> str:
    if not _is_dated(form):
        return form.format(slug=slug)
    year, month, day = f"{date.year:04}", f"{date.month:02}", f"{date.day:02}"
    return form.format(year=year, month=month, day=day, slug=slug)


@cache
def _is_dated(form: str) -> bool:
    return any(f"{{{part}" in form for part in ("year", "month", "day"))


def _stem(path: str) -> str:
    """Return the name that an author gave: the file's, or its folder's for ``index.md``."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return folder.rpartition("/")[2] if stem == "index" else stem


def _moment(document: Document, day: str) -> tuple[datetime | None, tuple[Diagnostic, ...]]:
    if document.front.date or "date" in document.positions:
        return document.front.date, ()
    path = document.source.path
    if day:
        try:
            return dates.at_midnight(day), ()
        except ValueError as wrong:
            message = f"the file's name begins with an impossible date, {day} ({wrong})"
            return None, (Diagnostic(path, 1, 1, "date/impossible", message, "Rename the file"),)
    if document.front.draft:
        return None, ()
    hint = f"Add a line 'date: 2026-11-22', or name the file 2026-11-22-{_stem(path)}.md"
    return None, (Diagnostic(path, 1, 1, "date/missing", "the essay has no date", hint),)


def waiting(entries: Sequence[Entry]) -> str:
    """Return in words what is not published yet, and when the next essay is; nothing for none."""
    drafts = sum(entry.status is Status.DRAFT for entry in entries)
    dates = sorted(entry.date for entry in entries if entry.status is Status.SCHEDULED)
    parts = [f"{drafts} draft{'' if drafts == 1 else 's'}"] if drafts else []
    if dates:
        parts.append(f"{len(dates)} scheduled (the next for {dates[0]:%Y-%m-%d %H:%M %Z})")
    return f"Left out: {', '.join(parts)}." if parts else ""


def window(entries: Sequence[Entry], now: datetime, *, drafts: bool) -> tuple[float, float]:
    """Return between which moments the same is shown of essays (seconds since 1970).

    The first moment belongs to that time, the last one not.

    Args:
        entries: All essays.
        now: The moment from which the build speaks; a draft without a date has it for one.
        drafts: Whether drafts are shown.
    """
    if drafts and any(e.date == now and e.status is Status.DRAFT for e in entries):
        return now.timestamp(), math.nextafter(now.timestamp(), math.inf)
    out = [e.date for e in entries if e.status is Status.PUBLISHED]
    waiting = (e.date.timestamp() for e in entries if e.status is Status.SCHEDULED)
    return _newest(out), min(waiting, default=math.inf)


def _newest(dates: Sequence[datetime]) -> float:
    """Return the last of the moments at which clocks of one time zone show some dates.

    Clocks are set back for less than a day, and comparing what they show takes a tenth of the time:
    so only the newest are asked for their moments.
    """
    if not dates:
        return -math.inf
    nearly = max(dates) - timedelta(days=1)
    return max(date.timestamp() for date in dates if date >= nearly)


def is_visible(entry: Entry, *, drafts: bool) -> bool:
    """Return whether an essay takes part in a build that does, or does not, show drafts."""
    return drafts or entry.status is Status.PUBLISHED
