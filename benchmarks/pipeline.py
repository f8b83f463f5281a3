"""How long the whole pipeline takes on a package that nobody here wrote, and what of that is ours.

python -m benchmarks.pipeline
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from blogtools.pipeline.holding import GATES
from tests.pipeline.gitlab import ROOT, VERSION, Ran, Repository, library

HERE = Path(__file__).parent
#: Seconds, as they were asked for: the whole pipeline, and what a gate takes beside its tools.
WHOLE, OWN = 180.0, 0.5
# The package has neither tests nor a site. Its README is not formatted as ruff would have it, and
# one of its dependencies spells its licence in a way of its own.
_PIPELINE = f"""include:
  - component: $CI_SERVER_FQDN/blogtools/blogtools/pipeline@{VERSION}
    inputs:
      package: "blogtools[gates] @ {{wheel}}"
      test: false
      site: false
      lint-path: metalog_jax
      licenses-allow: "{{allowed}}"
      audit-source: "{{source}}"
"""
_ALLOWED = (
    "0BSD,Apache-2.0,BSD-2-Clause,BSD-3-Clause,CC0-1.0,ISC,LicenseRef-3-Clause-BSD-License,"
    "LicenseRef-BSD-License,MIT,MPL-2.0,PSF-2.0,Zlib"
)
#: What the gates rightly refuse in this package.
_REFUSED = {
    "build": "its source distribution is not the same bytes twice, as setuptools makes it",
    "typing": "the pinned ty finds what the one of the day of its release did not",
}
_ABOUT = """\
Made by `make bench-pipeline`: the source distribution of metalog-jax 2.2.0 with the component
`pipeline`, run by gitlab-ci-local, two jobs at a time, once the caches of what is downloaded are
warm. Each job makes its environments anew. The package has neither tests nor a site, so those two
gates are off.
"""
_MEASURED = tuple(gate for gate in GATES if gate not in ("test", "site"))


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate took, in seconds.

    Attributes:
        name: The gate.
        job: The whole job, with everything that it installs.
        tools: Its tools.
        own: The command, from its start to its end, without the tools.
    """

    name: str
    job: float
    tools: float
    own: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run of the pipeline.

    Attributes:
        whole: From the start to the end, in seconds.
        gates: Each gate.
        failed: The jobs that failed.
    """

    whole: float
    gates: tuple[Gate, ...]
    failed: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pipeline twice, once to fill the caches, and write what the second run took.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        The exit code: 0 if what was expected came of it, within the time that was asked for.
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
        began = time.monotonic()
        ran = repository.run()
        measured = _measured(ran, time.monotonic() - began)
    surprise = set(measured.failed) != set(_REFUSED)
    if surprise:
        sys.stderr.write(ran.output)
    options.to.write_text(report(measured), encoding="utf-8")
    sys.stdout.write(report(measured))
    slow = [gate for gate in measured.gates if gate.own > OWN]
    return int(bool(surprise or slow or measured.whole > WHOLE))


def _repository(folder: Path, source: str) -> Repository:
    project = unpacked(folder)
    wheel = _wheel(folder)
    if not source:
        source = "advisories"
        _advisory(project / source)
    text = _PIPELINE.format(wheel=wheel.as_uri(), allowed=_ALLOWED, source=source)
    (project / ".gitlab-ci.yml").write_text(text, encoding="utf-8")
    return Repository(project, library(folder))


def unpacked(folder: Path) -> Path:
    """Return the package's source, as it was published.

    Args:
        folder: Where it is put.
    """
    lock = str(HERE / "pipeline.txt")
    _run("pip", "download", "-qq", "--no-deps", "--no-binary", ":all:", "--require-hashes",
         "-r", lock, "-d", str(folder))  # fmt: skip
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "unpacked", filter="data")
    (found,) = (folder / "unpacked").iterdir()
    # What building it left behind is in no repository.
    for left in [*found.glob("*.egg-info"), *found.glob("PKG-INFO")]:
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return found


def _wheel(folder: Path) -> Path:
    into = folder / "wheel"
    _run("build", "--no-isolation", "--wheel", "--outdir", str(into), str(ROOT))
    (wheel,) = into.glob("*.whl")
    return wheel


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], check=True, stdout=subprocess.DEVNULL)


def _advisory(folder: Path) -> None:
    """Write the least that counts as vulnerability data: it is about nothing that is there."""
    folder.mkdir()
    body = {
        "id": "PYSEC-2026-0",
        "modified": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "affected": [{"package": {"ecosystem": "PyPI", "name": "nothing"}, "versions": ["0"]}],
    }
    (folder / "nothing.json").write_text(json.dumps(body), encoding="utf-8")


def _measured(ran: Ran, whole: float) -> Measured:
    gates = tuple(_gate(ran, name) for name in _MEASURED if name not in _broken(ran))
    return Measured(whole, gates, tuple(sorted({*ran.failed, *_broken(ran)})))


def _broken(ran: Ran) -> set[str]:
    """Return the gates that left no verdict."""
    files = {name: ran.file(name, f"gate-reports/{name}.json") for name in _MEASURED}
    return {name for name, file in files.items() if not file.is_file()}


def _gate(ran: Ran, name: str) -> Gate:
    said = ran.verdict(name)
    own = said["seconds"] - said["tool_seconds"] + _start(ran, name)
    return Gate(name, ran.times.get(name, 0.0), said["tool_seconds"], own)


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
    yield "| gate | job | tools | the command without them |"
    yield "| --- | --- | --- | --- |"
    for gate in measured.gates:
        yield f"| {gate.name} | {gate.job:.1f} s | {gate.tools:.2f} s | {gate.own:.2f} s |"
    yield ""
    for name in measured.failed:
        yield f"- `{name}` refuses the package: {_REFUSED.get(name, 'unexpectedly')}"
    yield ""
    yield from (f"- {name}: {fact}" for name, fact in machine.facts().items())


def _target(what: str, asked: float, reached: float) -> str:
    return f"| {what} | under {asked:g} s | {reached:.2f} s | {_verdict(asked, reached)} |"


def _verdict(asked: float, reached: float) -> str:
    return "yes" if reached < asked else "**no**"


if __name__ == "__main__":
    sys.exit(main())
