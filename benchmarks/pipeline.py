"""How long the whole pipeline takes on a package that nobody here wrote, and what of that is ours.

python -m benchmarks.pipeline
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.measure import busy_seconds
from blogtools.pipeline.holding import GATES
from tests.pipeline import nobodys
from tests.pipeline.gitlab import ROOT, Ran, Repository, library

HERE = Path(__file__).parent
#: Seconds, as they were asked for: the whole pipeline, and what a gate takes beside its tools.
WHOLE, OWN = 180.0, 0.5
# Of the processors; with more of it taken by other programs, times say little.
_NOISY = 0.05
_ABOUT = """\
Made by `make bench-pipeline`: the source distribution of metalog-jax 2.2.0 with the component
`pipeline` and all its gates, run by gitlab-ci-local, two jobs at a time, once the caches of what is
downloaded are warm. Each job makes its environments anew, from a wheel of this checkout. The
package has no tests with it, so the gate `test` runs examples in docstrings; the site is a page of
its README. Then each job runs once more, by itself, for what its gate takes when nothing else
runs: from the start of the command to its end, less the time of its tools.
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate took, in seconds.

    Attributes:
        name: The gate.
        job: The whole job, with everything that it installs, beside another one.
        tools: Its tools, in that job.
        beside: The command without the tools, in that job.
        own: The command without the tools, in a run of that job alone.
    """

    name: str
    job: float
    tools: float
    beside: float
    own: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run of the pipeline.

    Attributes:
        whole: From the start to the end, in seconds.
        gates: Each gate.
        failed: The jobs that failed.
        load: The machine's load when it began.
        noise: What other programs took of the processors meanwhile, as a share.
    """

    whole: float
    gates: tuple[Gate, ...]
    failed: tuple[str, ...]
    load: float
    noise: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pipeline twice, once to fill the caches, and write what the second run took.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        The exit code: 0 if all gates let the package through, within the time that was asked for.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument(
        "--source", default="", help="vulnerability data; an empty set, if left out"
    )
    parser.add_argument("--to", type=Path, default=HERE / "pipeline.md", help="the report")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        repository = _repository(Path(folder), options.source)
        repository.run()
        measured, ran = _measure(repository)
    if measured.failed:
        sys.stderr.write(ran.output)
    options.to.write_text(report(measured), encoding="utf-8")
    sys.stdout.write(report(measured))
    slow = [gate for gate in measured.gates if gate.own > OWN]
    return int(bool(measured.failed or slow or measured.whole > WHOLE))


def _repository(folder: Path, source: str) -> Repository:
    project = nobodys.unpacked(folder)
    wheel = _wheel(folder)
    data = source or str(nobodys.advisory(folder / "advisories"))
    given = {**nobodys.INPUTS, "audit": {"source": data}}
    text = nobodys.whole(given, package=f"blogtools[gates,publish] @ {wheel.as_uri()}")
    (project / ".gitlab-ci.yml").write_text(text, encoding="utf-8")
    return Repository(project, library(folder))


def _wheel(folder: Path) -> Path:
    into = folder / "wheel"
    command = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(into), str(ROOT)]
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    (wheel,) = into.glob("*.whl")
    return wheel


def _measure(repository: Repository) -> tuple[Measured, Ran]:
    load, busy, used, began = os.getloadavg()[0], busy_seconds(), _used(), time.monotonic()
    ran = repository.run()
    whole = time.monotonic() - began
    others = max(0.0, busy_seconds() - busy - (_used() - used))
    failed = {*ran.failed, *(name for name in GATES if name not in ran.jobs)}
    gates = tuple(_gate(ran, repository, name) for name in GATES if name not in failed)
    noise = others / (whole * machine.cores())
    return Measured(whole, gates, tuple(sorted(failed)), load, noise), ran


def _used() -> float:
    """Return how many processor seconds this program and all that it waited for have used."""
    each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in each)


def _gate(ran: Ran, repository: Repository, name: str) -> Gate:
    said = ran.verdict(name)
    start = _start(ran, name)
    beside = said["seconds"] - said["tool_seconds"] + start
    alone = repository.run(name).verdict(name)
    own = alone["seconds"] - alone["tool_seconds"] + start
    return Gate(name, ran.times[name], said["tool_seconds"], beside, own)


def _start(ran: Ran, name: str) -> float:
    """Return how long the gate's command takes to begin: what its verdict does not count."""
    program = ran.folder / ".gitlab-ci-local" / "builds" / name / ".gates/tools/bin/blogtools"
    times = []
    for _ in range(3):
        began = time.monotonic()
        subprocess.run([program, "gate", name, "--help"], check=True, stdout=subprocess.DEVNULL)
        times.append(time.monotonic() - began)
    return min(times)


def report(measured: Measured) -> str:
    """Return the report as Markdown.

    Args:
        measured: What was measured.
    """
    return "\n".join(_lines(measured)) + "\n"


def _lines(measured: Measured) -> Iterator[str]:
    slowest = max((gate.own for gate in measured.gates), default=0.0)
    yield "# The pipeline on a package that nobody here wrote"
    yield ""
    yield from _ABOUT.splitlines()
    yield ""
    yield "| target | asked for | reached | |"
    yield "| --- | --- | --- | --- |"
    yield _target("the whole pipeline", WHOLE, measured.whole)
    yield _target("a gate without its tools, the slowest", OWN, slowest)
    yield ""
    yield "| gate | job | its tools | the command without them | the same alone |"
    yield "| --- | --- | --- | --- | --- |"
    for gate in measured.gates:
        times = f"{gate.job:.1f} s | {gate.tools:.2f} s | {gate.beside:.2f} s | {gate.own:.2f} s"
        yield f"| {gate.name} | {times} |"
    yield ""
    yield from (f"- `{name}` **failed**, and is not in the table" for name in measured.failed)
    yield from (f"- {name}: {fact}" for name, fact in machine.facts().items())
    yield f"- load when it began: {measured.load:.1f}"
    doubtful = " (**so the times are doubtful**)" if measured.noise > _NOISY else ""
    yield f"- taken by other programs meanwhile: {measured.noise:.0%} of the processors{doubtful}"


def _target(what: str, asked: float, reached: float) -> str:
    return f"| {what} | under {asked:g} s | {reached:.2f} s | {_verdict(asked, reached)} |"


def _verdict(asked: float, reached: float) -> str:
    return "yes" if reached < asked else "**no**"


if __name__ == "__main__":
    sys.exit(main())
