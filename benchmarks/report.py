"""A run as a page to read (`report.md`) and as data to compare (`results.json`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.cases import CASES
from benchmarks.runner import Result
from benchmarks.subjects import REFERENCE

_MEGA = 1e6
# Beyond this share of the machine, taken by something else, a time deserves doubt.
_NOISY = 0.05

_COLUMNS = (
    "generator",
    "wall, s",
    "least to most",
    "wall / blogtools",
    "processor, s",
    "peak memory, MB",
    "memory / blogtools",
    "HTML files",
    "site, MB",
)


@dataclass(frozen=True)
class Run:
    """A whole run.

    Attributes:
        date: The day.
        command: How to repeat it.
        corpus: Facts about the posts.
        machine: Facts about the machine.
        versions: Versions of packages, by subject's label.
        features: What the sites have, by subject's label.
        repeats: How often each build was measured.
        cores: How many processors the machine has.
        results: What came of it.
    """

    date: str
    command: str
    corpus: Mapping[str, str]
    machine: Mapping[str, str]
    versions: Mapping[str, Mapping[str, str]]
    features: Mapping[str, Sequence[str]]
    repeats: int
    cores: int
    results: Sequence[Result]


def as_json(run: Run) -> str:
    """Write a run as data, every single measurement included.

    Args:
        run: The run.

    Returns:
        JSON text.
    """
    return json.dumps(asdict(run), indent=1, ensure_ascii=False) + "\n"


def as_markdown(run: Run) -> str:
    """Write a run as a page.

    Args:
        run: The run.

    Returns:
        Markdown text.
    """
    parts = [
        "# Build time and memory",
        f"Written by `{run.command}` on {run.date}; README.md says what is measured, and how.",
        f"Medians of {run.repeats}, the generators taking turns. Absolute figures differ from "
        "machine to machine; the ratios of one run are what counts. "
        "MB are 10⁶ bytes, memory is that of the whole process tree.",
        *_sections(run),
        _noise(run),
        "## What was built",
        _list(run.corpus),
        _feature_table(run.features),
        "## With what",
        _list(run.machine),
        _list({label: _versions(found) for label, found in run.versions.items()}),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sections(run: Run) -> Iterable[str]:
    titles = {case.name: case.title for case in CASES}
    for posts, case in dict.fromkeys((r.posts, r.case) for r in run.results):
        chosen = [r for r in run.results if (r.posts, r.case) == (posts, case)]
        yield f"## {titles[case]}, {posts:,} posts"
        yield _table(chosen)


def _table(results: Sequence[Result]) -> str:
    reference = next((r for r in results if r.subject == REFERENCE and r.runs), None)
    ordered = sorted(results, key=lambda r: _wall(r) if r.runs else float("inf"))
    return _grid(_COLUMNS, [_row(result, reference) for result in ordered])


def _row(result: Result, reference: Result | None) -> list[str]:
    if not result.runs or not result.site:
        # Nobody else's words may end the cell or the line.
        return [result.label, "**error:** " + " ".join(result.error.split()).replace("|", "\\|")]
    walls = [run.wall for run in result.runs]
    return [
        result.label,
        f"{_wall(result):.2f}",
        f"{min(walls):.2f} to {max(walls):.2f}",
        _ratio(_wall(result), _wall(reference) if reference else None),
        f"{median(run.cpu for run in result.runs):.2f}",
        f"{_peak(result) / _MEGA:,.0f}",
        _ratio(_peak(result), _peak(reference) if reference else None),
        f"{result.site.pages:,}",
        f"{result.site.size / _MEGA:,.0f}",
    ]


def _wall(result: Result) -> float:
    return median(run.wall for run in result.runs)


def _peak(result: Result) -> float:
    return median(run.peak for run in result.runs)


def _ratio(value: float, reference: float | None) -> str:
    return f"{value / reference:.2f}" if reference else ""


def _noise(run: Run) -> str:
    """Say how much else the machine did meanwhile, if that is enough to doubt the figures."""
    measured = [m for result in run.results for m in result.runs]
    worst = max((m.noise / (m.wall * run.cores) for m in measured), default=0.0)
    if worst < _NOISY:
        return ""
    return (
        f"**The machine was not quiet:** in the worst of these builds, other programs took "
        f"{worst:.0%} of its processors. Repeat the run."
    )


def _feature_table(features: Mapping[str, Sequence[str]]) -> str:
    names = dict.fromkeys(name for found in features.values() for name in found)
    rows = [
        [name, *("yes" if name in found else "" for found in features.values())] for name in names
    ]
    return _grid(("each build is checked for", *features), [_checked_posts(features), *rows])


def _checked_posts(features: Mapping[str, Sequence[str]]) -> list[str]:
    return ["a page for each post, with its title", *("yes" for _ in features)]


def _versions(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items()) or "not installed"


def _list(items: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in items.items())


def _grid(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head)]
    lines += [[*row, *[""] * (len(head) - len(row))] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
