"""How quick a blog converted by Python-Markdown can be at all: `python -m benchmarks.floor`.

Its posts are converted and nothing else is done. Beside that: Hugo and blogtools, which make whole
sites of them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from benchmarks import machine
from benchmarks.cases import CASES
from benchmarks.corpus import Post, digest, read_corpus
from benchmarks.measure import Measurement, measure
from benchmarks.scale import scale
from benchmarks.stage import scratch, stage
from benchmarks.subjects import Venv
from benchmarks.subjects.blogtools import Blogtools
from benchmarks.subjects.hugo import Hugo

HERE = Path(__file__).parent
_CONFIG = HERE / "subjects" / "blogtools_blog" / "mkdocs.yml"
_LIMIT = 1800.0
_ABOUT = """\
Python-Markdown converts on every core by the
extensions of blogtools, and writes each result to a file. It does nothing else: no front matter,
lists, links, templates, feeds. Hurried: as blogtools does it (`content/quick.py`), without trying
patterns that cannot match. No blog that is converted by either of the two is built in less."""
# Texts that a process is given at once: few enough that both end at about the same time.
_CHUNK = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the report.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    corpus = os.environ.get("BLOGTOOLS_CORPUS")
    parser.add_argument("--corpus", type=Path, default=corpus, required=corpus is None)
    parser.add_argument("--size", type=int, default=1000, help="how many posts")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=HERE.parent / ".venv-bench")
    parser.add_argument("--to", type=Path, default=HERE / "floor.md", help="the report")
    parser.add_argument("--convert", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.convert:
        convert_all(*options.convert, quick=options.quick)
        return 0
    posts = scale(read_corpus(options.corpus), options.size)
    text = report(posts, _measured(posts, options.runs, options.peers))
    options.to.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def convert_all(source: Path, to: Path, *, quick: bool) -> None:
    """Convert every file of a folder, on every core.

    Args:
        source: The folder, with Markdown alone in its files.
        to: Where a file of HTML is written for each.
        quick: Whether by Python-Markdown as blogtools hurries it.
    """
    to.mkdir()
    pairs = [(file, to / f"{file.stem}.html") for file in sorted(source.iterdir())]
    with multiprocessing.Pool(machine.cores()) as pool:
        for _ in pool.imap_unordered(partial(_convert, quick), pairs, _CHUNK):
            pass


@cache
def _converter(quick: bool) -> Any:  # noqa: ANN401 - it is imported by those who convert alone
    """Return a process's converter, with the extensions of the blog that is measured."""
    from markdown import Markdown as Usual

    from blogtools.content.quick import Markdown as Quick

    configs = extensions()
    if quick:
        return Quick(list(configs), configs)
    return Usual(extensions=list(configs), extension_configs=configs)


def extensions() -> dict[str, dict[str, Any]]:
    """Return the extensions of the blog that is measured, each with its options."""
    given = yaml.safe_load(_CONFIG.read_text(encoding="utf-8"))["markdown_extensions"]
    named = [one if isinstance(one, dict) else {one: {}} for one in given]
    return {name: config for one in named for name, config in one.items()}


def _convert(quick: bool, pair: tuple[Path, Path]) -> None:
    source, to = pair
    html = _converter(quick).reset().convert(source.read_text(encoding="utf-8"))
    to.write_text(html, encoding="utf-8")


def _measured(posts: Sequence[Post], runs: int, peers: Path) -> Mapping[str, Sequence[Measurement]]:
    """Return what each took, by its label."""
    own = Venv(Path(sys.prefix), "Run make .venv/.dev.")
    hugo, blogtools = (
        stage(subject, tuple(posts), _LIMIT)
        for subject in (Hugo(Venv(peers, "Run make bench.")), Blogtools(own))
    )
    cold: dict[str, Callable[[], Measurement]] = {
        "Hugo, a whole site": partial(CASES[0].play, hugo),
        "Python-Markdown alone": partial(_alone, posts),
        "the same, hurried": partial(_alone, posts, "--quick"),
        "blogtools, a whole site": partial(CASES[0].play, blogtools),
    }
    rounds = [{label: play() for label, play in cold.items()} for _ in range(runs)]
    return {label: [one[label] for one in rounds] for label in cold}


def _alone(posts: Sequence[Post], *how: str) -> Measurement:
    """Convert the posts, and do nothing else."""
    folder = scratch()
    source = folder / "source"
    source.mkdir()
    for post in posts:
        (source / post.filename).write_text(post.body, encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.floor", "--corpus", str(folder)]
    command += ["--convert", str(source), str(folder / "html"), *how]
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
    return measure(command, folder=HERE.parent, env=env, log=folder / "log", limit=_LIMIT)


def report(posts: Sequence[Post], taken: Mapping[str, Sequence[Measurement]]) -> str:
    """Return the report as Markdown.

    Args:
        posts: What was converted.
        taken: What each took, by its label; the first is what the others are divided by.
    """
    return "\n".join(_lines(posts, taken)) + "\n"


def _lines(posts: Sequence[Post], taken: Mapping[str, Sequence[Measurement]]) -> Iterator[str]:
    medians = {label: statistics.median(one.wall for one in all_) for label, all_ in taken.items()}
    reference = next(iter(medians.values()))
    runs = len(next(iter(taken.values())))
    yield "# What Python-Markdown takes by itself"
    yield ""
    yield f"Made by `python -m benchmarks.floor`: {len(posts):,} scaled posts ({digest(posts)}),"
    yield f"medians of {runs} runs, the four taking turns. {_ABOUT}"
    yield ""
    yield "| cold | wall, s | processor, s | wall / Hugo |"
    yield "| --- | --- | --- | --- |"
    for label, all_ in taken.items():
        cpu = statistics.median(one.cpu for one in all_)
        ratio = medians[label] / reference
        yield f"| {label} | {medians[label]:.2f} | {cpu:.2f} | {ratio:.2f} |"
    yield ""
    noise = max(one.noise / one.wall / machine.cores() for all_ in taken.values() for one in all_)
    yield f"- taken by other programs, at worst: {noise:.0%} of the processors"
    yield from (f"- {name}: {fact}" for name, fact in machine.facts().items())


if __name__ == "__main__":
    sys.exit(main())
