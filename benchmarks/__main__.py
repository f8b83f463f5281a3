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
from benchmarks.corpus import CorpusError, Post, read_corpus
from benchmarks.report import PLOT, Run, as_json, as_markdown, as_plot
from benchmarks.runner import WARM_UP, Load, Plan, Result, describe, run
from benchmarks.subjects import NAMES, Subject, SubjectError, Venv, all_subjects

_HERE = Path(__file__).parent
_ROOT = _HERE.parent
_CORPUS = "BLOGTOOLS_CORPUS"
_REAL = "corpus"
# What a plot of growth needs; the other generators are too slow for it.
_GROWTH_CASES = ("cold", "edited")
_GROWTH_SUBJECTS = ("blogtools", "hugo")


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
    add("--sizes", type=_sizes, default=[0], help=f"{_REAL},1000,10000: the real posts, or scaled")
    add("--growth", type=_sizes, default=[], help="more sizes: cold and edited, blogtools and Hugo")
    add("--at-most", type=_limits, default={}, help="material=1000: leave out beyond, by subject")
    add("--runs", type=int, default=3, help="measured builds of each; the median is reported")
    add("--limit", type=float, default=1800.0, help="seconds that a build, or an edit, may take")
    add("--peers", type=Path, default=_ROOT / ".venv-bench", help="environment with the peers")
    add("--own", type=Path, default=Path(sys.prefix), help="environment with blogtools")
    add("--output", type=Path, default=_HERE, help="folder for the report")
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


def _sizes(text: str) -> list[int]:
    """Parse numbers of posts; the real ones are 0."""
    return [0 if word == _REAL else int(word) for word in text.split(",")]


def _limits(text: str) -> dict[str, int]:
    """Parse the most posts of subjects."""
    pairs = (item.partition("=") for item in text.split(","))
    limits = {name: int(number) for name, _, number in pairs}
    _names(NAMES)(",".join(limits))
    return limits


def _read(folder: Path | None) -> tuple[Post, ...]:
    if folder is None:
        raise CorpusError(f"no corpus. Name a folder of posts with --corpus or {_CORPUS}.")
    return read_corpus(folder)


def _plan(options: argparse.Namespace, posts: tuple[Post, ...]) -> Plan:
    counts = [size or len(posts) for size in (*options.sizes, *options.growth)]
    if min(counts) < WARM_UP or options.runs < 1 or len(posts) < WARM_UP:
        raise CorpusError(f"at least one run of {WARM_UP} posts is needed: fewer show nothing.")
    peers = Venv(options.peers, "Run `make bench`, which makes it, or name one with --peers.")
    own = Venv(options.own, "Run the benchmark with its Python, or name one with --own.")
    subjects = [s for s in all_subjects(peers, own) if s.name in options.subjects]
    return Plan(subjects, _loads(options), options.runs, options.limit, options.at_most)


def _loads(options: argparse.Namespace) -> list[Load]:
    cases = [case for case in CASES if case.name in options.cases]
    growth = [case for case in CASES if case.name in _GROWTH_CASES]
    return [
        *(Load(size, cases) for size in options.sizes),
        *(Load(size, growth, _GROWTH_SUBJECTS) for size in options.growth),
    ]


def _describe(plan: Plan, posts: tuple[Post, ...], command: str, results: Sequence[Result]) -> Run:
    return Run(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        command=command,
        corpus={f"{len(posts):,} real posts": describe(posts)},
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
    (folder / PLOT).unlink(missing_ok=True)
    if plot := as_plot(described):
        (folder / PLOT).write_text(plot, encoding="utf-8")
    print(f"Wrote {folder / 'report.md'} and results.json beside it.")


if __name__ == "__main__":
    sys.exit(main())
