"""What coverage reports, and where the most of the code is that no test runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from blogtools.model.gate import Finding

# How many files are named where too little runs, and how many stretches of lines in each.
_FILES = 5
_STRETCHES = 6


class Summary(msgspec.Struct):
    """What coverage says of a file, or of all."""

    num_statements: int
    covered_lines: int
    percent_covered: float
    num_branches: int = 0
    covered_branches: int = 0


class Measured(msgspec.Struct):
    """What coverage says of a file."""

    executed_lines: list[int]
    missing_lines: list[int]
    summary: Summary
    missing_branches: list[tuple[int, int]] = []

    @property
    def left(self) -> frozenset[int]:
        """Return the lines that no test runs, or that none leaves by one of their ways."""
        missing = frozenset(self.missing_lines)
        # Where a way leads to lines that do not run, those say it already.
        return missing.union(start for start, end in self.missing_branches if end not in missing)

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """Return those lines as stretches, from the longest; what is no code divides none."""
        left, found, within = self.left, list[tuple[int, int]](), False
        for line in sorted(left.union(self.executed_lines)):
            if line in left:
                found[-1:] = [(found[-1][0], line)] if within else [*found[-1:], (line, line)]
            within = line in left
        return sorted(found, key=lambda one: (one[0] - one[1], one))


class Coverage(msgspec.Struct):
    """What coverage reports."""

    files: dict[str, Measured]
    totals: Summary


def too_little(
    totals: Summary | None, measured: Mapping[str, Measured], floor: float
) -> Iterator[Finding]:
    """Yield that too little runs, if it does, at the files and lines that most is missing in.

    Args:
        totals: What coverage says of everything; None where nothing was measured.
        measured: What it says of each file.
        floor: How many percent have to run.
    """
    if totals is None or totals.percent_covered >= floor:
        return
    what = f"The tests run {totals.percent_covered:.1f} % of lines and branches"
    hint = f"{what}, and {floor:g} % are asked for"
    # Also where no line is missing as far as it says: that too little runs is never left unsaid.
    worst = sorted(measured.items(), key=lambda item: (-len(item[1].left), item[0]))
    lacking = [item for item in worst if item[1].left] or worst[:1]
    for path, one in lacking[:_FILES]:
        stretches = one.stretches or [(1, 1)]
        message = f"No test runs these lines, or not in every way: {_named(stretches)}"
        yield Finding(path, stretches[0][0], 1, "test/coverage", message, hint)
    for path, one in lacking[_FILES : _FILES + 1]:
        message = (
            f"There is more that does not run in {len(lacking) - _FILES} files, as in this one"
        )
        yield Finding(path, one.stretches[0][0], 1, "test/coverage", message, hint)


def runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield lines as runs, each with its first and its last.

    Args:
        lines: The lines, in any order.
    """
    first = last = 0
    for line in sorted(lines):
        if first and line > last + 1:
            yield first, last
            first = 0
        first, last = first or line, line
    if first:
        yield first, last


def _named(stretches: Sequence[tuple[int, int]]) -> str:
    worst = sorted(stretches[:_STRETCHES])
    named = [f"{first}-{last}" if first < last else f"{first}" for first, last in worst]
    return ", ".join([*named, "..."] if len(stretches) > len(worst) else named)
