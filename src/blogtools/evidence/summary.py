"""A preview in words: Markdown, for a comment on a merge request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from blogtools.model.evidence import Held
from blogtools.model.preview import Budgeted, Preview, Shown, Unpublished

# So many of a kind are told one by one: a new template changes every page.
_TOLD = 30
_MARKS = {"passed": "✅", "failed": "❌", "broken": "❌", "missing": "⚠️"}


def summary(preview: Preview) -> str:
    """Return what a change would do to the site, as Markdown."""
    parts = (
        _heading(preview),
        _wrong(preview),
        _pages("Added", preview.added),
        _pages("Changed", preview.changed),
        _removed(preview.removed),
        _unpublished(preview.unpublished),
        _checks(preview),
        _budget(preview.budget),
        _drift(preview),
    )
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _heading(preview: Preview) -> Iterator[str]:
    against = f"compared with {plain(preview.live)}" if preview.live else "nothing is live yet"
    yield "## Preview"
    yield ""
    yield (
        f"{_count(preview.pages, 'page')}, {against}: {len(preview.added)} added, "
        f"{len(preview.changed)} changed, {len(preview.removed)} removed. Nothing is published."
    )


def _wrong(preview: Preview) -> Iterator[str]:
    if preview.wrong:
        yield f"### ❌ It could not be published: {_count(len(preview.wrong), 'problem')}"
        yield ""
        yield from _listed(str(found) for found in preview.wrong)


def _pages(title: str, pages: Sequence[Shown]) -> Iterator[str]:
    if pages:
        yield f"### {title}"
        yield ""
        yield from _table(
            ("page", "title", "words"),
            ((f"`/{_code(one.url)}`", plain(one.title), f"{one.words}") for one in pages),
        )


def _removed(urls: Sequence[str]) -> Iterator[str]:
    if urls:
        yield "### Removed"
        yield ""
        yield from _listed(f"/{url}" for url in urls)


def _unpublished(essays: Sequence[Unpublished]) -> Iterator[str]:
    if essays:
        new = sum(one.new for one in essays)
        yield f"### Not out yet: {len(essays)}, {new} of them new"
        yield ""
        rows = (
            (
                f"`{_code(one.path)}`",
                plain(one.title),
                one.when or "draft",
                f"{one.words}",
                "new" if one.new else "",
            )
            for one in sorted(essays, key=lambda one: (not one.new, one.path))
        )
        yield from _table(("file", "title", "comes out", "words", ""), rows)


def _checks(preview: Preview) -> Iterator[str]:
    gates = preview.evidence.gates
    passed = sum(held.said == "passed" for held in gates)
    yield f"### Checks: {passed} of {len(gates)} gates passed"
    yield ""
    yield from _table(("gate", "verdict", ""), map(_check, gates))


def _check(held: Held) -> tuple[str, str, str]:
    why = held.verdict.summary if held.verdict else f"no report: {held.lack}"
    return held.gate, f"{_MARKS[held.said]} {held.said}", plain(why)


def _budget(sizes: Sequence[Budgeted]) -> Iterator[str]:
    yield "### Sizes"
    yield ""
    rows = (
        (plain(one.what), f"{one.size:,g}", f"{one.limit:,g}", f"{one.size / one.limit:.0%}")
        for one in sizes
    )
    yield from _table(("what", "is", "may be", ""), rows)


def _drift(preview: Preview) -> Iterator[str]:
    if preview.drifted:
        yield f"### Drift: {_count(len(preview.drifted), 'finding')}"
        yield ""
        yield from _listed(str(found) for found in preview.drifted)
    else:
        yield "### Drift: none"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    rows = list(rows)
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows[:_TOLD])
    if len(rows) > _TOLD:
        yield ""
        yield f"… and {len(rows) - _TOLD} more."


def _listed(items: Iterable[str]) -> Iterator[str]:
    items = list(items)
    yield from (f"- {plain(item)}" for item in items[:_TOLD])
    if len(items) > _TOLD:
        yield f"- … and {len(items) - _TOLD} more"


def plain(text: str) -> str:
    """Return a text that is no markup, calls nobody, and keeps to its cell and line."""
    text = " ".join(text.split())
    for character in "\\`*_[]|~#!":
        text = text.replace(character, f"\\{character}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;")


def _code(text: str) -> str:
    """Return a text for between backticks."""
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")
