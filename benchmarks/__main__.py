"""The benchmark's command line: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import datetime
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import machine
from benchmarks.cases import CASES
from benchmarks.corpus import CorpusError, Post, digest, read_corpus, take
from benchmarks.report import Run, as_json, as_markdown
from benchmarks.runner import WARM_UP, Plan, Result, run
from benchmarks.subjects import NAMES, Subject, SubjectError, Venv, all_subjects

_HERE = Path(__file__).parent
_ROOT = _HERE.parent
_CORPUS = "BLOGTOOLS_CORPUS"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark.

    Args:
        arguments: The command line, by default that of the process.

    Returns:
        0, or 1 if a subject failed; wrong usage ends the process with 2.
    """
    words = sys.argv[1:] if arguments is None else [*arguments]
    parser = _parser()
    options = parser.parse_args(words)
    try:
        posts = _read(options.corpus)
        plan = _plan(options, posts)
    except CorpusError as error:
        parser.error(str(error))
    results = run(plan, posts, lambda line: print(line, file=sys.stderr, flush=True))
    _write(options.output, _describe(plan, posts, _command(words), results))
    return 1 if any(result.error for result in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    cases = [case.name for case in CASES]
    add("--corpus", type=Path, default=_default_corpus(), help=f"folder of posts; or {_CORPUS}")
    add("--subjects", type=_names(NAMES), default=[*NAMES], help=",".join(NAMES))
    add("--cases", type=_names(cases), default=cases[:1], help=",".join(cases))
    add("--sizes", type=_numbers, default=None, help="numbers of posts: 100,743; by default all")
    add("--runs", type=int, default=3, help="measured builds of each; the median is reported")
    add("--limit", type=float, default=1800.0, help="seconds after which a build is stopped")
    add("--peers", type=Path, default=_ROOT / ".venv-bench", help="environment with the peers")
    add("--own", type=Path, default=Path(sys.prefix), help="environment with blogtools")
    add("--output", type=Path, default=_HERE, help="folder for report.md and results.json")
    return parser


def _default_corpus() -> Path | None:
    named = os.environ.get(_CORPUS)
    return Path(named) if named else None


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Make a parser of lists of known names."""

    def parse(text: str) -> list[str]:
        names = text.split(",")
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"no {unknown[0]!r}; there are {', '.join(known)}")
        return names

    return parse


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _read(folder: Path | None) -> tuple[Post, ...]:
    if folder is None:
        raise CorpusError(f"no corpus. Name a folder of posts with --corpus or {_CORPUS}.")
    return read_corpus(folder)


def _plan(options: argparse.Namespace, posts: tuple[Post, ...]) -> Plan:
    sizes = options.sizes or [len(posts)]
    if min(sizes) < WARM_UP or options.runs < 1:
        raise CorpusError(f"at least one run of {WARM_UP} posts is needed: fewer show nothing.")
    take(posts, max(sizes))
    peers = Venv(options.peers, "Run `make bench`, which makes it, or name one with --peers.")
    own = Venv(options.own, "Run the benchmark with its Python, or name one with --own.")
    subjects = [s for s in all_subjects(peers, own) if s.name in options.subjects]
    cases = [case for case in CASES if case.name in options.cases]
    return Plan(subjects, cases, sizes, options.runs, options.limit)


def _describe(plan: Plan, posts: tuple[Post, ...], command: str, results: Sequence[Result]) -> Run:
    return Run(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        command=command,
        corpus={
            "posts": f"{len(posts):,}",
            "Markdown": f"{sum(len(post.text.encode()) for post in posts) / 1e6:.1f} MB",
            "digest": digest(posts),
        },
        machine=machine.facts(),
        versions={subject.label: _versions(subject) for subject in plan.subjects},
        features=_shown_features(plan, results),
        repeats=plan.runs,
        cores=machine.cores(),
        results=results,
    )


def _shown_features(plan: Plan, results: Sequence[Result]) -> Mapping[str, Sequence[str]]:
    """List what was really built: a subject that failed has shown nothing."""
    failed = {result.subject for result in results if result.error}
    whole = [subject for subject in plan.subjects if subject.name not in failed]
    return {subject.label: [feature.name for feature in subject.features] for subject in whole}


def _versions(subject: Subject) -> Mapping[str, str]:
    try:
        return subject.versions()
    except SubjectError:
        return {}


def _command(words: Sequence[str]) -> str:
    """Say how this run is repeated, from the repository's root, whatever this machine's folders."""
    named = os.environ.get(_CORPUS)
    prefix = [f"{_CORPUS}={_portable(named)}"] if named and "--corpus" not in words else []
    return shlex.join([*prefix, "python", "-m", "benchmarks", *map(_portable, words)])


def _portable(word: str) -> str:
    """Say a path as seen from the repository; where others lie is this machine's own affair."""
    path = Path(word)
    if not path.is_absolute():
        return word
    near = path.resolve().is_relative_to(_ROOT.resolve().parent)
    return os.path.relpath(path, _ROOT) if near else f".../{path.name}"


def _write(folder: Path, described: Run) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(as_markdown(described), encoding="utf-8")
    (folder / "results.json").write_text(as_json(described), encoding="utf-8")
    print(f"Wrote {folder / 'report.md'} and results.json beside it.")


if __name__ == "__main__":
    sys.exit(main())
