"""What a build did, and why, in words."""

from __future__ import annotations

from collections.abc import Iterator

from .build import Report


def explained(report: Report, path: str) -> Iterator[str]:
    """Yield a line for each file that was made, was copied anew, or is gone.

    Args:
        report: What the build came to.
        path: The one file to speak of: its place in the site, or its address; empty for all.
    """
    wanted = _file(path) if path else ""
    whys = dict(report.others) | {step.target.path: step.why for step in report.steps or ()}
    told = sorted(whys) if not wanted else [wanted] if wanted in whys else []
    for file in told:
        yield f"{file}: {whys[file]}"
    if not told:
        yield f"{wanted or 'Every file'}: {_why_untold(report, wanted)}"


def _why_untold(report: Report, wanted: str) -> str:
    """Return why a file of the site was not made, or why nobody knows; empty speaks of all."""
    if wanted and not (report.site_dir / wanted).is_file():
        return "there is no such file in the site"
    if report.steps is None:
        return "the site was built whole"
    return "not made; nothing that it is made from changed"


def _file(path: str) -> str:
    """Return the file of the site that a path, or an address, means."""
    plain = path.lstrip("/")
    return f"{plain}index.html" if not plain or plain.endswith("/") else plain


def done(report: Report) -> str:
    """Return what a build came to, such as "Built 3 of 90 pages"."""
    pages = _counted(report.pages, "page")
    if report.steps is None:
        return f"Built {pages}"
    steps = report.steps
    made = sum(step.target.is_page for step in steps)
    if made == report.pages:
        return f"Built {pages}"
    rest = len({*report.others, *(step.target.path for step in steps)}) - made
    if made or not rest:
        return f"Built {made} of {pages}" if made else f"Nothing changed: {pages}"
    return f"Built 0 of {pages}; {_counted(rest, 'other file')} changed"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"
