"""What issue 3 asks of blogtools, and whether a run reached it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.runner import Result
from benchmarks.subjects import REFERENCE

_SMALL, _BIG = 1_000, 10_000
_BOTH = (_SMALL, _BIG)
# The others are compared in the same case: a peer that remembers nothing builds everything there.
_RATIOS = {
    ("cold", "hugo"): {_SMALL: 2.0, _BIG: 2.0},
    ("cold", "zensical"): {_SMALL: 0.3},
    ("unchanged", "hugo"): {_SMALL: 0.10, _BIG: 0.03},
    ("edited", "hugo"): {_SMALL: 0.25, _BIG: 0.06},
    ("restored", "hugo"): {_SMALL: 0.35, _BIG: 0.10},
}
_GROWTH = 1.2
_SERVED = {_SMALL: 0.050, _BIG: 0.100}
_MEMORY = {_SMALL: 400e6, _BIG: 1e9}


@dataclass(frozen=True)
class Target:
    """One figure to reach.

    Attributes:
        case: Name of the case, or nothing where all count.
        posts: How many posts, made of the real ones.
        asked: The target, in words.
        most: The greatest value that reaches it.
        reached: The value, or nothing if it was not measured.
        unit: What the values count.
    """

    case: str
    posts: int
    asked: str
    most: float
    reached: float | None
    unit: str

    @property
    def verdict(self) -> str:
        """Whether it was met."""
        if self.reached is None:
            return "not measured"
        return "met" if self.reached <= self.most else "missed"


def targets(results: Sequence[Result]) -> list[Target]:
    """Compare a run with all targets.

    Args:
        results: The results of the run.

    Returns:
        The targets, by number of posts, each with what was reached.
    """
    found = [*_ratios(results), *_growth(results), *_served(results), *_memory(results)]
    return sorted(found, key=lambda target: target.posts)


def wall(results: Sequence[Result], subject: str, case: str, posts: int) -> float | None:
    """Look up a time.

    Args:
        results: The results of a run.
        subject: Name of the subject.
        case: Name of the case.
        posts: How many posts, made of the real ones.

    Returns:
        The median in seconds, or nothing if there is none.
    """
    wanted = (subject, case, posts, True)
    for r in results:
        if r.runs and (r.subject, r.case, r.posts, r.scaled) == wanted:
            return median(run.wall for run in r.runs)
    return None


def _ratios(results: Sequence[Result]) -> Iterator[Target]:
    labels = {result.subject: result.label for result in results}
    for (case, peer), limits in _RATIOS.items():
        name = labels.get(peer, peer.title())
        for posts, most in limits.items():
            own, other = (wall(results, s, case, posts) for s in (REFERENCE, peer))
            reached = _divided(own, other)
            yield Target(case, posts, f"at most {most:.2f} × {name}", most, reached, f"× {name}")


def _growth(results: Sequence[Result]) -> Iterator[Target]:
    small, big = (_divided(wall(results, REFERENCE, "cold", n), float(n)) for n in _BOTH)
    asked = f"a post takes at most {_GROWTH} × its time at {_SMALL:,}"
    yield Target("cold", _BIG, asked, _GROWTH, _divided(big, small), f"× at {_SMALL:,}")


def _served(results: Sequence[Result]) -> Iterator[Target]:
    for posts, most in _SERVED.items():
        taken = wall(results, REFERENCE, "serve", posts)
        reached = None if taken is None else taken * 1e3
        yield Target("serve", posts, f"at most {most * 1e3:.0f} ms", most * 1e3, reached, "ms")


def _memory(results: Sequence[Result]) -> Iterator[Target]:
    for posts, most in _MEMORY.items():
        wanted = (REFERENCE, posts, True)
        own = [r for r in results if (r.subject, r.posts, r.scaled) == wanted]
        peaks = [run.peak / 1e6 for result in own for run in result.runs]
        reached = max(peaks, default=None)
        yield Target("", posts, f"at most {most / 1e6:,.0f} MB", most / 1e6, reached, "MB")


def _divided(value: float | None, by: float | None) -> float | None:
    return value / by if value is not None and by else None
