"""This project's own pipeline, whole, on each kind of pipeline that there is.

python -m benchmarks.whole
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from tests.pipeline.gitlab import ROOT, Ran, Repository, git, own

HERE = Path(__file__).parent
KINDS = ("branch", "merge request", "tag", "schedule")
#: What names a copy of the vulnerability data, where nobody can ask for it.
DATA = "VULNERABILITY_DATA"
_LIMIT = 3 * 60 * 60.0
_ABOUT = """\
Made by `make test-pipeline`: this repository's `.gitlab-ci.yml`, run by gitlab-ci-local, two jobs
at a time, with every job of each kind of pipeline that does not wait for somebody. A merge request
has the newest commit alone. Nothing is published here: `pages` and `release` end with their files.
"""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a kind of pipeline.

    Attributes:
        kind: The kind.
        listed: Its jobs, those left out among them.
        asked: The jobs that were to run.
        ran: What came of them.
    """

    kind: str
    listed: frozenset[str]
    asked: frozenset[str]
    ran: Ran

    def cell(self, job: str) -> str:
        """Return what the table says of a job."""
        if job not in self.listed:
            return ""
        if job not in self.asked:
            return "left out"
        how = {True: "passed", False: "**failed**", None: "**did not run**"}
        return f"{how[self.ran.jobs.get(job)]} {_time(self.ran.times.get(job))}".strip()

    def said(self) -> str:
        """Return what came of all of it."""
        green = "green" if self.listed == self.asked else "green, but for what was left out"
        return green if self.green else "**red**"

    @property
    def green(self) -> bool:
        """Return whether each job that was to run has passed, and none else ran."""
        return self.ran.code == 0 and self.ran.jobs == dict.fromkeys(self.asked, True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pipelines and write what came of them.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        The exit code: 0 if all that ran is green.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=__doc__)
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these kinds")
    parser.add_argument("--without", default="", help="jobs to leave out, separated by commas")
    parser.add_argument("--once", default="", help="jobs that run in the first of the kinds alone")
    parser.add_argument("--to", type=Path, default=HERE / "whole.md", help="the report")
    parser.add_argument("--logs", type=Path, default=ROOT / "reports", help="a folder for the logs")
    options = parser.parse_args(arguments)
    kinds = tuple(options.kind or KINDS)
    with tempfile.TemporaryDirectory() as folder:
        repository = own(Path(folder))
        came: list[Came] = []
        for kind in kinds:
            left = {*options.without.split(","), *(options.once.split(",") if came else ())}
            came.append(_run(repository, kind, frozenset(left), options.logs))
        text = report(came)
    options.to.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(not all(one.green for one in came))


def _run(repository: Repository, kind: str, left: frozenset[str], logs: Path) -> Came:
    listed = frozenset(name for name, when in repository.jobs(kind).items() if when != "manual")
    ran = repository.run(
        *sorted(listed - left), event=kind, variables=_variables(repository, kind), limit=_LIMIT
    )
    logs.mkdir(parents=True, exist_ok=True)
    (logs / f"pipeline-{kind.replace(' ', '-')}.log").write_text(ran.output, encoding="utf-8")
    return Came(kind, listed, listed - left, ran)


def _variables(repository: Repository, kind: str) -> Mapping[str, str]:
    """Return what a server, or whoever owns the project, would set."""
    # On top of the newest commit is the one of everything that is not committed yet.
    base = git(repository.folder, "rev-parse", "HEAD~2")
    request = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base} if kind == "merge request" else {}
    data = os.environ.get(DATA)
    # No server shows anything here.
    return {"LIVE_SITE": "", **request, **({DATA: str(Path(data).resolve())} if data else {})}


def report(came: Sequence[Came]) -> str:
    """Return the report as Markdown.

    Args:
        came: What came of each kind.
    """
    return "\n".join(_lines(came)) + "\n"


def _lines(came: Sequence[Came]) -> Iterator[str]:
    yield "# This project's own pipeline, whole"
    yield ""
    yield from _ABOUT.splitlines()
    yield ""
    yield f"| job | {' | '.join(one.kind for one in came)} |"
    yield f"| --- |{' --- |' * len(came)}"
    for job in sorted({job for one in came for job in one.listed}):
        yield f"| {job} | {' | '.join(one.cell(job) for one in came)} |"
    yield f"| all | {' | '.join(one.said() for one in came)} |"
    yield ""
    yield from (f"- audit, {one.kind}: {_data(one.ran)}" for one in came if "audit" in one.asked)
    yield from (f"- {name}: {fact}" for name, fact in machine.facts().items())


def _data(ran: Ran) -> str:
    """Return how much the vulnerability data knew: a copy may know next to nothing."""
    if not ran.file("audit", "gate-reports/audit.json").is_file():
        return "there is no verdict"
    known = ran.verdict("audit")["figures"].get("advisories on Python packages")
    return f"a copy of the data (advisories in it: {known})" if known else "a service answered"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


if __name__ == "__main__":
    sys.exit(main())
