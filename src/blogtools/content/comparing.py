"""Whether an output is the one that was expected: text exactly, floats nearly."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from msgspec import Struct

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_ANY = "..."
_BLANK = "<BLANKLINE>"
_TRACEBACK = "Traceback (most recent call last):"


class Difference(Struct, frozen=True):
    """The first line in which two outputs differ.

    Attributes:
        line: Which line of the expected output it is, from 0.
        expected: That line; None if it should have ended.
        found: What stands there instead; None if it has ended.
    """

    line: int
    expected: str | None
    found: str | None

    def __str__(self) -> str:
        """Return the difference in words."""
        if self.expected is None:
            return f"'{_short(self.found)}' is printed besides"
        if self.found is None:
            return f"'{_short(self.expected)}' is not printed"
        return f"'{_short(self.found)}' is printed instead of '{_short(self.expected)}'"


def _short(text: str | None) -> str:
    plain = " ".join((text or "").split())
    return plain if len(plain) <= 60 else f"{plain[:57]}..."


def difference(
    expected: str, found: str, tolerance: float, *, literal: bool = False
) -> Difference | None:
    """Return the first difference between an expected output and the one found.

    Spaces at the ends of lines, and empty lines at the end, do not count. ``...`` stands for
    anything in its line, or for any lines if it stands alone. Of a traceback only its last line
    counts.

    Args:
        expected: As the author wrote it, or as it was recorded.
        found: What came of the code.
        tolerance: By how much two floats may differ, relative to their size.
        literal: Whether dots are just dots.
    """
    wanted, given = _Expected(_lines(expected), tolerance, "" if literal else _ANY), _lines(found)
    place = here = 0
    # Where to begin again, one line later each time, when what comes after a gap does not fit.
    again: tuple[int, int] | None = None
    while here < len(given):
        if wanted.is_gap(place):
            place += 1
            again = place, here
        elif wanted.fits(place, given[here]):
            place, here = place + 1, here + 1
        elif again is not None:
            place, here = again = again[0], again[1] + 1
        else:
            return Difference(place, wanted.line(place), given[here])
    while wanted.is_gap(place):
        place += 1
    missing = wanted.line(place)
    return None if missing is None else Difference(place, missing, None)


class _Expected(Struct, frozen=True):
    """The lines that are expected, and what fits them.

    Attributes:
        lines: The lines.
        tolerance: By how much two floats may differ.
        gap: What stands for anything; nothing if dots are just dots.
    """

    lines: Sequence[str]
    tolerance: float
    gap: str

    def line(self, place: int) -> str | None:
        """Return a line, or None behind the last."""
        return self.lines[place] if place < len(self.lines) else None

    def is_gap(self, place: int) -> bool:
        """Return whether any lines may stand in a place."""
        return self.gap != "" and self.line(place) == self.gap

    def fits(self, place: int, given: str) -> bool:
        """Return whether a line may stand in a place."""
        wanted = self.line(place)
        return wanted is not None and _alike(wanted, given, self.tolerance, self.gap)


def _lines(text: str) -> Sequence[str]:
    lines = [line.rstrip() for line in text.rstrip().split("\n")] if text.strip() else []
    lines = ["" if line.strip() == _BLANK else line for line in lines]
    if _TRACEBACK not in lines:
        return lines
    begin = lines.index(_TRACEBACK)
    return [*lines[: begin + 1], *(line for line in lines[begin + 1 :] if line[:1] != " ")]


def expects_exception(written: str) -> bool:
    """Return whether an output that an author wrote is the traceback of an exception."""
    return _TRACEBACK in written


def _alike(wanted: str, given: str, tolerance: float, gap: str) -> bool:
    if wanted == given:
        return True
    if gap and gap in wanted:
        return _alike_with_gaps(wanted, given, tolerance)
    return _NUMBER.split(wanted) == _NUMBER.split(given) and _near(
        _NUMBER.findall(wanted), _NUMBER.findall(given), tolerance
    )


def _near(wanted: Sequence[str], given: Sequence[str], tolerance: float) -> bool:
    pairs = zip(wanted, given, strict=False)
    return len(wanted) == len(given) and all(_same(one, other, tolerance) for one, other in pairs)


def _same(one: str, other: str, tolerance: float) -> bool:
    if one == other:
        return True
    if not (_is_float(one) or _is_float(other)):
        return False
    return math.isclose(float(one), float(other), rel_tol=tolerance, abs_tol=tolerance * 1e-6)


def _is_float(number: str) -> bool:
    return not number.lstrip("+-").isdigit()


def _alike_with_gaps(wanted: str, given: str, tolerance: float) -> bool:
    """Compare a line in which some dots stand for anything."""
    parts = [_pattern(part) for part in wanted.split(_ANY)]
    match = re.fullmatch(".*?".join(parts), given)
    if match is None:
        return False
    numbers = [number for part in wanted.split(_ANY) for number in _NUMBER.findall(part)]
    return _near(numbers, match.groups(), tolerance)


def _pattern(part: str) -> str:
    texts = _NUMBER.split(part)
    return rf"({_NUMBER.pattern})".join(map(re.escape, texts))
