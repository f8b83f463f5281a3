"""Evidence of a release: made from the reports of the very pipeline that publishes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from blogtools.evidence.history import continued, decoded, encoded
from blogtools.evidence.page import Page, rendered
from blogtools.evidence.reports import read
from blogtools.model.diagnostic import UsageError
from blogtools.model.evidence import HISTORY, PAGE, REPORTS, History
from blogtools.model.interface import voice
from blogtools.model.release import Manifest
from blogtools.pipeline.holding import GATES

#: What is published of the reports: what programs read. The rest stays in the pipeline.
_ENDS = (".json", ".xml", ".csv", ".txt")
_PLACE = re.compile(r"(?s)<!-- evidence -->.*?<!-- /evidence -->")
_LANGUAGE = re.compile(r'<html\b[^>]*\slang="([^"]*)"')


def evidence_reports(folder: Path | None) -> Mapping[str, bytes]:
    """Return the reports that are published beside the page, by their paths in the site.

    Args:
        folder: Where the reports of the pipeline are; None where nobody has any.

    Raises:
        UsageError: There is no such folder.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise UsageError(
            f"there are no reports: {folder} is no folder. "
            "Name the folder that the gates wrote to (--report-dir), or leave out --evidence"
        )
    return {
        f"{REPORTS}{file.relative_to(folder).as_posix()}": file.read_bytes()
        for file in sorted(_reports(folder))
    }


def _reports(folder: Path) -> Iterator[Path]:
    """Yield the reports; a link could lead to any file of the machine, so none is followed."""
    for file in folder.rglob("*"):
        inside = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        linked = any((folder / one).is_symlink() for one in (inside, *inside.parents))
        if file.suffix in _ENDS and file.is_file() and not hidden and not linked:
            yield file


def evidence_pages(
    reports: Mapping[str, bytes],
    release: Manifest,
    history: bytes,
    page: bytes,
    surroundings: Mapping[str, str],
    *,
    preview: bool = False,
) -> Mapping[str, bytes]:
    """Return the page that says what a release passed, and the history of its figures.

    Args:
        reports: The reports, as `evidence_reports` returns them.
        release: What is published; its files do not matter.
        history: The history that the live site has; empty where there is none.
        page: The page as it was built, with a place for the evidence.
        surroundings: The environment variables, among them those of the pipeline.
        preview: Whether nothing of it will be published.

    Raises:
        UsageError: The page has no place.
    """
    text = page.decode()
    language = _LANGUAGE.search(text)
    named = {path.removeprefix(REPORTS): data for path, data in reports.items()}
    evidence = read(named, GATES, release.commit, surroundings.get("CI_PIPELINE_ID", ""))
    earlier = decoded(history)
    after = continued(earlier or History(), release, evidence)
    home = surroundings.get("CI_PROJECT_URL", "")
    made = Page(
        evidence,
        release,
        after,
        voice(language[1] if language else "en"),
        unread=earlier is None,
        preview=preview,
        pipeline=surroundings.get("CI_PIPELINE_URL", ""),
        commit_url=f"{home}/-/commit/{release.commit}" if home and release.commit else "",
    )
    filled, places = _PLACE.subn(lambda _: rendered(made), text, count=1)
    if not places:
        raise UsageError(
            f"{PAGE} has no place for the evidence. Leave out the 'template' of your page of that "
            "address, or have its template extend blogtools/evidence.html"
        )
    return {PAGE: filled.encode(), HISTORY: encoded(after)}
