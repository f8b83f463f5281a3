"""Runs subjects x cases x sizes, interleaved, and keeps what came of each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.cases import CASES, Case
from benchmarks.corpus import Post, clock, take
from benchmarks.measure import CommandError, Measurement, measure
from benchmarks.project import IncompleteSite, Project, SiteFacts, demand_whole, survey
from benchmarks.subjects import Subject, SubjectError

# Enough posts for every feature to show: two pages of ten, and some code.
WARM_UP = 30

_FAILURES = (CommandError, IncompleteSite, SubjectError)


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        subjects: The generators, in the order of a round.
        cases: What is timed.
        sizes: Numbers of posts.
        runs: How often each is repeated.
        limit: Seconds after which a build is stopped.
    """

    subjects: Sequence[Subject]
    cases: Sequence[Case]
    sizes: Sequence[int]
    runs: int
    limit: float


@dataclass
class Result:
    """What came of one subject in one case at one size.

    Attributes:
        subject: Name of the subject.
        label: Its name in the report.
        case: Name of the case.
        posts: How many posts.
        runs: The measurements so far.
        site: What the builds wrote.
        error: Why there is no time to report, or nothing.
    """

    subject: str
    label: str
    case: str
    posts: int
    runs: list[Measurement] = field(default_factory=list)
    site: SiteFacts | None = None
    error: str = ""


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
        The results, by size, case and subject.
    """
    broken = {s.name: _warm_up(s, posts, plan.limit, say) for s in plan.subjects}
    results = []
    for size in plan.sizes:
        for case in plan.cases:
            results += _rounds(plan, case, take(posts, size), broken, say)
    return results


def _warm_up(
    subject: Subject, posts: tuple[Post, ...], limit: float, say: Callable[[str], None]
) -> str:
    """Build a few posts with a subject; return what is wrong with it, or nothing."""
    few = posts[:WARM_UP]
    result = Result(subject.name, subject.label, "warm-up", len(few))
    _turn(result, subject, CASES[0], few, limit)
    say(_progress("warm-up", result))
    return result.error


def _rounds(
    plan: Plan,
    case: Case,
    posts: tuple[Post, ...],
    broken: Mapping[str, str],
    say: Callable[[str], None],
) -> list[Result]:
    """Measure all subjects in one case at one size."""
    results = {
        s.name: Result(s.name, s.label, case.name, len(posts), error=broken[s.name])
        for s in plan.subjects
    }
    for number in range(1, plan.runs + 1):
        for subject in plan.subjects:
            result = results[subject.name]
            if not result.error:
                _turn(result, subject, case, posts, plan.limit)
                say(_progress(f"{number}/{plan.runs}", result))
    return [*results.values()]


def _turn(
    result: Result, subject: Subject, case: Case, posts: tuple[Post, ...], limit: float
) -> None:
    """Build once and add to the result what came of it."""
    try:
        with _project(subject, posts) as project:
            measurement = _build(subject, case, project, limit)
            demand_whole(project, subject.features)
            case.confirm(project)
            result.site = survey(project.site)
    except _FAILURES as failure:
        # A subject that fails once has no time: the good runs before it prove nothing.
        result.error = str(failure)
        result.runs.clear()
    else:
        result.runs.append(measurement)


@contextmanager
def _project(subject: Subject, posts: tuple[Post, ...]) -> Iterator[Project]:
    """Prepare a project in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder) / "project"
        root.mkdir()
        project = Project(root, subject.posts_folder, posts)
        subject.prepare(project)
        yield project


def _build(subject: Subject, case: Case, project: Project, limit: float) -> Measurement:
    """Arrange a case, and measure the build."""

    def build() -> Measurement:
        return measure(
            subject.command(project),
            folder=project.root,
            env=_environment(project),
            log=project.root.parent / "build.log",
            limit=limit,
        )

    case.arrange(project, build)
    return build()


def _environment(project: Project) -> dict[str, str]:
    """Make the environment of a build: nothing of the user's, and no cache outside the project."""
    home = project.root.parent / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SOURCE_DATE_EPOCH": str(clock(project.posts)),
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
    }


def _progress(step: str, result: Result) -> str:
    what = f"{step:>8}  {result.case}, {result.posts} posts, {result.label}: "
    if result.error:
        return f"{what}ERROR {result.error}"
    last = result.runs[-1]
    return f"{what}{last.wall:.2f} s, {last.peak / 1e6:.0f} MB"
