"""Runs subjects x cases x loads, interleaved, and keeps what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.cases import CASES, Case
from benchmarks.corpus import Post, digest
from benchmarks.measure import CommandError, Measurement
from benchmarks.project import IncompleteSite, SiteFacts
from benchmarks.scale import scale
from benchmarks.stage import Stage, stage
from benchmarks.subjects import Subject, SubjectError

# Enough posts for every feature to show: two pages of ten, and some code.
WARM_UP = 30

_FAILURES = (CommandError, IncompleteSite, SubjectError)


@dataclass(frozen=True)
class Load:
    """How many posts are built, and what is asked with them.

    Attributes:
        size: How many posts are made of the real ones; 0 for the real ones themselves.
        cases: What is timed.
        subjects: Names of those that take part; nothing for all.
    """

    size: int
    cases: Sequence[Case]
    subjects: Sequence[str] = ()


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        subjects: The generators, in the order of a round.
        loads: Numbers of posts, with the cases of each.
        runs: How often each is repeated.
        limit: Seconds after which a build is stopped.
        largest: The most posts that a subject is given, by its name.
    """

    subjects: Sequence[Subject]
    loads: Sequence[Load]
    runs: int
    limit: float
    largest: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Result:
    """What came of one subject in one case with one load.

    Attributes:
        subject: Name of the subject.
        label: Its name in the report.
        case: Name of the case.
        posts: How many posts.
        scaled: Whether they were made of the real ones, or are these.
        corpus: What is to be known of the posts.
        runs: The measurements so far.
        site: What the builds wrote.
        error: Why there is no time to report, or nothing.
        left_out: Why it was not tried, or nothing.
    """

    subject: str
    label: str
    case: str
    posts: int
    scaled: bool = False
    corpus: str = ""
    runs: list[Measurement] = field(default_factory=list)
    site: SiteFacts | None = None
    error: str = ""
    left_out: str = ""


def run(plan: Plan, posts: tuple[Post, ...], say: Callable[[str], None]) -> list[Result]:
    """Run a plan.

    Every subject first builds a few posts, which shows that it works before the slow part, and
    leaves its files in the system's cache. Then rounds follow, in which each subject has its turn,
    so that a machine that changes its speed does so for all.

    Args:
        plan: What to run.
        posts: The corpus.
        say: Told of progress.

    Returns:
        The results, by load, case and subject.
    """
    broken = {s.name: _warm_up(s, posts, plan.limit, say) for s in plan.subjects}
    results = []
    for load in plan.loads:
        chosen = scale(posts, load.size) if load.size else posts
        results += _rounds(plan, load, chosen, broken, say)
    return results


def _warm_up(
    subject: Subject, posts: tuple[Post, ...], limit: float, say: Callable[[str], None]
) -> str:
    """Build a few posts with a subject; return what is wrong with it, or nothing."""
    few = posts[:WARM_UP]
    result = Result(subject.name, subject.label, "warm-up", len(few))
    _play(result, CASES[0], stage(subject, few, limit))
    say(_progress("warm-up", result))
    return result.error


def _rounds(
    plan: Plan,
    load: Load,
    posts: tuple[Post, ...],
    broken: Mapping[str, str],
    say: Callable[[str], None],
) -> list[Result]:
    """Measure all subjects in all cases of a load."""
    subjects = [s for s in plan.subjects if not load.subjects or s.name in load.subjects]
    corpus = describe(posts)
    table = {
        (case.name, s.name): Result(
            subject=s.name,
            label=s.label,
            case=case.name,
            posts=len(posts),
            scaled=bool(load.size),
            corpus=corpus,
            error=broken[s.name],
            left_out=_left_out(plan, s, len(posts)),
        )
        for case in load.cases
        for s in subjects
    }
    for number in range(1, plan.runs + 1):
        cases = [case for case in load.cases if number == 1 or not case.once]
        for subject in subjects:
            due = [(case, table[case.name, subject.name]) for case in cases]
            for result in _round(subject, posts, due, plan.limit):
                say(_progress(f"{number}/{plan.runs}", result))
    return [*table.values()]


def _round(
    subject: Subject, posts: tuple[Post, ...], due: Sequence[tuple[Case, Result]], limit: float
) -> Iterator[Result]:
    """Let one subject play its cases once, and yield each result that grew."""
    possible = [(case, result) for case, result in due if not (result.error or result.left_out)]
    if not possible:
        return
    raised = stage(subject, posts, limit)
    for case, result in possible:
        _play(result, case, raised)
        yield result


def _play(result: Result, case: Case, raised: Stage) -> None:
    """Play a case once and add to the result what came of it."""
    try:
        measurement = case.play(raised)
    except _FAILURES as failure:
        # A subject that fails once has no time: the good runs before it prove nothing.
        result.error = str(failure)
        result.runs.clear()
    else:
        result.runs.append(measurement)
        result.site = raised.site


def _left_out(plan: Plan, subject: Subject, count: int) -> str:
    most = plan.largest.get(subject.name, count)
    return f"left out beyond {most:,} posts" if count > most else ""


def describe(posts: Sequence[Post]) -> str:
    """Say what is to be known of a corpus.

    Args:
        posts: The posts.

    Returns:
        Their size, and a name by their content.
    """
    size = sum(len(post.text.encode()) for post in posts)
    each = size / len(posts)
    return f"{size / 1e6:.1f} MB of Markdown, {each / 1e3:.1f} kB a post, digest {digest(posts)}"


def _progress(step: str, result: Result) -> str:
    what = f"{step:>8}  {result.case}, {result.posts} posts, {result.label}: "
    if result.error:
        return f"{what}ERROR {result.error}"
    last = result.runs[-1]
    return f"{what}{last.wall:.3f} s, {last.peak / 1e6:.0f} MB"
