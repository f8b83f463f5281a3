"""A preview: the site as a change would make it, for reviewers; it is never published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from blogtools.build.outputs import staged, write
from blogtools.content.addresses import output_path
from blogtools.content.releasing import previewed
from blogtools.evidence.reports import read as read_evidence
from blogtools.model.diagnostic import Diagnostic, UsageError
from blogtools.model.evidence import REPORTS
from blogtools.model.output import Output
from blogtools.model.preview import Budgeted, Preview, Shown, Unpublished
from blogtools.model.project import Project
from blogtools.model.release import MANIFEST
from blogtools.model.site import Entry, Status
from blogtools.pipeline.holding import GATES
from blogtools.publishing import permanence
from blogtools.publishing.budgets import entries
from blogtools.publishing.hashes import Part
from blogtools.publishing.rules import MOST_RULES

from .evidence import evidence_reports
from .ports import Progress, silent
from .publish import Live, Order, Origin, looking
from .release_checks import Candidate, Checked, manuscripts

_PAGES = ("/", ".html")


def preview(
    project: Project,
    order: Order,
    origin: Origin,
    live: Live | None = None,
    progress: Progress = silent,
    *,
    new: frozenset[str] = frozenset(),
    drifted: tuple[Diagnostic, ...] = (),
) -> Preview:
    """Make a preview, even of a site that could not be published: whoever reviews it sees why.

    Args:
        project: The project.
        order: What is shown, and where; `preview` is set.
        origin: Where it comes from.
        live: What is live.
        progress: Is told how far it is.
        new: The files that the change brings, relative to the project.
        drifted: What essays say of versions that are not the newest any more.

    Raises:
        UsageError: It cannot be made, or put there.
    """
    if (order.to / MANIFEST).exists():
        raise UsageError(f"{order.to} is what is live; put the preview elsewhere with --to")
    with looking(project, order, origin, live, progress) as (candidate, checked):
        progress("Writing the preview", 0, 0)
        with staged(order.to, (candidate.site, project.posts_dir, project.docs_dir)) as folder:
            for path, part in candidate.parts.items():
                write(Output(path, _shown(path, part)), folder)
        pipeline = origin.surroundings.get("CI_PIPELINE_ID", "")
        return _told(candidate, checked, order, new, drifted, pipeline)


def _shown(path: str, part: Part) -> bytes:
    data = Path(part.source).read_bytes()
    return previewed(data.decode(), path).encode() if path.endswith(".html") else data


def _told(
    candidate: Candidate,
    checked: Checked,
    order: Order,
    new: frozenset[str],
    drifted: tuple[Diagnostic, ...],
    pipeline: str,
) -> Preview:
    live, manifest = candidate.live, candidate.manifest
    change = permanence.changes(live, manifest) if live else None
    added = change.added if change else sorted(manifest.urls)
    reports = evidence_reports(order.evidence)
    named = {path.removeprefix(REPORTS): data for path, data in reports.items()}
    return Preview(
        live=live.release if live else "",
        pages=checked.pages,
        added=tuple(_pages(candidate, added)),
        changed=tuple(_pages(candidate, change.changed if change else ())),
        removed=(*change.removed, *change.dropped) if change else (),
        unpublished=tuple(_unpublished(candidate, new)),
        budget=tuple(_budget(candidate, checked)),
        evidence=read_evidence(named, GATES, manifest.commit, pipeline),
        drifted=drifted,
        wrong=checked.diagnostics,
    )


def _pages(candidate: Candidate, urls: Iterable[str]) -> Iterator[Shown]:
    """Yield those addresses that are pages with a text of their own."""
    for url in urls:
        if url and not url.endswith(_PAGES):
            continue
        part = candidate.parts.get(output_path(url) if not url.endswith(".html") else url)
        shown = _read(url, part) if part else None
        if shown is not None:
            yield shown


def _read(url: str, part: Part) -> Shown | None:
    tree = LexborHTMLParser(Path(part.source).read_bytes())
    text, title = tree.css_first("main") or tree.css_first("[role=main]"), tree.css_first("h1")
    if text is None:
        return None
    named = " ".join(title.text().split()).rstrip("¶") if title else ""
    return Shown(url, named, len(text.text(separator=" ").split()))


def _unpublished(candidate: Candidate, new: frozenset[str]) -> Iterator[Unpublished]:
    for entry in manuscripts(candidate).hidden:
        words = len(entry.document.body.split())
        yield Unpublished(entry.path, _title(entry), words, _when(entry), entry.path in new)


def _title(entry: Entry) -> str:
    heading = (line.lstrip("# ") for line in entry.document.body.splitlines() if line[:2] == "# ")
    return entry.document.front.title or next(heading, entry.slug)


def _when(entry: Entry) -> str:
    return entry.date.date().isoformat() if entry.status is Status.SCHEDULED else ""


def _budget(candidate: Candidate, checked: Checked) -> Iterator[Budgeted]:
    options = candidate.project.options.publish
    sizes = {path: part.stamp.size for path, part in candidate.parts.items()}
    heaviest, weight = checked.heaviest
    yield Budgeted(f"/{heaviest}, the heaviest page, kB", weight / 1000, options.page_kilobytes)
    yield Budgeted("all files, MB", round(sum(sizes.values()) / 1e6, 2), options.total_megabytes)
    yield Budgeted("files and folders", entries(sizes), options.entries)
    yield Budgeted("redirects", len(candidate.rules), MOST_RULES)
