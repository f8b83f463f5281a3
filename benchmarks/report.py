"""A run as a page to read (`report.md`) and as data to compare (`results.json`)."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.cases import CASES
from benchmarks.plot import Series, as_svg
from benchmarks.runner import Result
from benchmarks.targets import Target, targets

_MEGA = 1e6
# Beyond this share of the machine, taken by something else, a time deserves doubt.
_NOISY = 0.05
# The kernel counts in hundredths of a second: of shorter times (seconds) a share says little.
_TELLING = 0.5
# What the others are divided by.
_PEERS = ("hugo", "zensical")
_SERVED = "serve"
# Letters of an error; progress tells it in full.
_SAID = 200

PLOT = "growth.svg"

_COLUMNS = (
    "wall, s",
    "least to most",
    "processor, s",
    "peak memory, MB",
    "HTML files",
    "site, MB",
)
_SERVED_COLUMNS = ("wall, ms", "least to most", "edits", "peak memory, MB")


@dataclass(frozen=True)
class Run:
    """A whole run.

    Attributes:
        date: The day.
        command: How to repeat it.
        corpus: Facts about the real posts.
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
    data = {**asdict(run), "targets": [_target_data(t) for t in targets(run.results)]}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def as_plot(run: Run) -> str:
    """Draw how times grow with the number of posts.

    Args:
        run: The run.

    Returns:
        SVG text, or nothing if no subject was given two numbers of posts.
    """
    series = [*_series(run.results)]
    return as_svg(series) if any(len(line.points) > 1 for line in series) else ""


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
        _noise(run),
        *_target_section(run.results),
        *_growth_section(run),
        *_sections(run),
        "## What was built",
        _list({**run.corpus, **_scaled(run.results)}),
        _feature_table(run.features),
        "## With what",
        _list(run.machine),
        _list({label: _versions(found) for label, found in run.versions.items()}),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _target_section(results: Sequence[Result]) -> Iterable[str]:
    found = targets(results)
    if all(target.reached is None for target in found):
        return
    titles = {"": "Peak memory, the highest of all cases", **_titles()}
    yield "## What blogtools has to reach"
    yield _grid(
        ("case", "posts", "target", "reached", "verdict"),
        [[titles[t.case], f"{t.posts:,}", t.asked, _reached(t), _marked(t.verdict)] for t in found],
    )


def _reached(target: Target) -> str:
    if target.reached is None:
        return ""
    # Small ratios need their digits: 0.03 is a target.
    digits = 0 if target.reached >= 100 else 2 if target.reached >= 0.2 else 3
    return f"{target.reached:,.{digits}f} {target.unit}"


def _marked(verdict: str) -> str:
    return f"**{verdict}**" if verdict == "missed" else verdict


def _target_data(target: Target) -> dict[str, Any]:
    return {**asdict(target), "verdict": target.verdict}


def _growth_section(run: Run) -> Iterable[str]:
    if not as_plot(run):
        return
    yield "## How time grows with the number of posts"
    yield f"![Seconds by number of posts, both axes logarithmic]({PLOT})"
    sizes = sorted({posts for line in _series(run.results) for posts, _ in line.points})
    rows = [
        [line.colour, line.dash, *(_per_post(line, posts) for posts in sizes)]
        for line in _series(run.results)
    ]
    heads = [f"{posts:,} posts" for posts in sizes]
    yield "Milliseconds for each post of the blog:"
    yield _grid(("generator", "case", *heads), rows)


def _per_post(line: Series, posts: int) -> str:
    seconds = dict(line.points).get(posts)
    return "" if seconds is None else f"{seconds / posts * 1e3:.2f}"


def _series(results: Sequence[Result]) -> Iterable[Series]:
    """Make a line of each subject and case, of builds of scaled posts alone."""
    drawn = [r for r in results if r.scaled and r.runs and r.case != _SERVED]
    for label, case in dict.fromkeys((r.label, r.case) for r in drawn):
        chosen = [r for r in drawn if (r.label, r.case) == (label, case)]
        yield Series(label, case, sorted((r.posts, _wall(r)) for r in chosen))


def _sections(run: Run) -> Iterable[str]:
    titles = _titles()
    for posts, scaled, case in dict.fromkeys((r.posts, r.scaled, r.case) for r in run.results):
        wanted = (posts, scaled, case)
        chosen = [r for r in run.results if (r.posts, r.scaled, r.case) == wanted]
        yield f"## {titles[case]}, {posts:,} {'scaled' if scaled else 'real'} posts"
        yield _table(chosen)


def _titles() -> dict[str, str]:
    return {case.name: case.title for case in CASES}


def _table(results: Sequence[Result]) -> str:
    timed = {r.subject: r for r in results if r.runs}
    peers = [timed[name] for name in _PEERS if name in timed]
    ordered = sorted(results, key=lambda r: _wall(r) if r.runs else float("inf"))
    served = results[0].case == _SERVED
    ratios = [f"wall / {peer.label}" for peer in peers] + [f"memory / {p.label}" for p in peers]
    own = _SERVED_COLUMNS if served else _COLUMNS
    cells = _served_cells if served else _built_cells
    rows = [_row(r, [*cells(r), *_ratios(r, peers)] if r.runs else []) for r in ordered]
    return _grid(("generator", *own, *ratios), rows)


def _row(result: Result, cells: Sequence[str]) -> list[str]:
    if result.runs:
        return [result.label, *cells]
    if result.left_out:
        return [result.label, result.left_out]
    # Nobody else's words may end the cell or the line.
    words = " ".join(result.error.split()).replace("|", "\\|")
    return [result.label, "**error:** " + textwrap.shorten(words, _SAID)]


def _built_cells(result: Result) -> list[str]:
    walls = [run.wall for run in result.runs]
    site = result.site
    return [
        _seconds(_wall(result)),
        f"{_seconds(min(walls))} to {_seconds(max(walls))}",
        f"{median(run.cpu for run in result.runs):.2f}",
        f"{_peak(result) / _MEGA:,.0f}",
        f"{site.pages:,}" if site else "",
        f"{site.size / _MEGA:,.0f}" if site else "",
    ]


def _served_cells(result: Result) -> list[str]:
    laps = [lap * 1e3 for run in result.runs for lap in run.laps]
    return [
        f"{_wall(result) * 1e3:,.0f}",
        f"{min(laps):,.0f} to {max(laps):,.0f}",
        str(len(laps)),
        f"{_peak(result) / _MEGA:,.0f}",
    ]


def _ratios(result: Result, peers: Sequence[Result]) -> list[str]:
    walls = [_ratio(_wall(result), _wall(peer)) for peer in peers]
    return walls + [_ratio(_peak(result), _peak(peer)) for peer in peers]


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def _wall(result: Result) -> float:
    return median(run.wall for run in result.runs)


def _peak(result: Result) -> float:
    return median(run.peak for run in result.runs)


def _ratio(value: float, reference: float) -> str:
    return f"{value / reference:.3f}" if value < reference / 5 else f"{value / reference:.2f}"


def _scaled(results: Sequence[Result]) -> dict[str, str]:
    return {f"{r.posts:,} made of them": r.corpus for r in results if r.scaled}


def _noise(run: Run) -> str:
    """Say how much else the machine did meanwhile."""
    measured = [m for result in run.results for m in result.runs]
    long = [m for m in measured if m.wall >= _TELLING or m.laps] or measured
    if not long:
        return ""
    shares = [m.noise / (m.wall * run.cores) for m in long]
    found = (
        f"other programs took {max(shares):.0%} of the processors during the worst of these "
        f"measurements, and {median(shares):.0%} in the median."
    )
    if max(shares) < _NOISY:
        return f"Noise: {found}"
    return f"**The machine was not quiet:** {found} Doubt the short times, or repeat the run."


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
