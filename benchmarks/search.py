"""What search costs a reader, and making its index: `python -m benchmarks.search --help`."""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from benchmarks import machine
from benchmarks.corpus import clock, read_corpus
from benchmarks.project import Project
from benchmarks.scale import scale
from benchmarks.subjects import Venv
from benchmarks.subjects.blogtools import Blogtools
from blogtools.app.searching import FOLDER, Indexed, index_site
from tests.browser import FLAGS, executable, serving

T = TypeVar("T")
HERE = Path(__file__).parent
#: Words that many essays have, some, few; as a reader types them.
WORDS = ("compiler", "compiler release", "borrowing", "stabilization of traits", "zulip")
_ABOUT = """\
Made by `python -m benchmarks.search`. A reader opens the dialog for the first time, with an empty
cache, and words are in the field at once. What is counted comes over loopback, compressed where it
is text, as servers send it. First results: until one is on the screen. All: until every shard was
asked. Medians of {runs} runs.
"""
_BEGIN = """
words => new Promise(done => {
  const began = performance.now();
  const list = document.querySelector(".bt-search-found");
  new MutationObserver(() => list.children.length && done((performance.now() - began) / 1000))
    .observe(list, {childList: true});
  document.getElementById("search-words").value = words;
  document.querySelector("[data-search]").click();
  list.ariaBusy = "true";
})
"""
_WHOLE = '.bt-search-found[aria-busy="false"]'


@dataclass(frozen=True)
class Visit:
    """What one search came to.

    Attributes:
        first: Seconds to the first results.
        weight: Bytes until then.
        all: Seconds until all shards were asked.
        whole: Bytes until then.
        pages: How many pages were found.
    """

    first: float
    weight: int
    all: float
    whole: int
    pages: int


def _weight(site: Path, addresses: Sequence[str]) -> int:
    """Return how many bytes files have as servers send them: Pagefind's own are packed already."""
    files = [site / urlsplit(address).path.lstrip("/") for address in addresses]
    texts = (".js", ".json")
    return sum(
        len(gzip.compress(file.read_bytes(), 9)) if file.suffix in texts else file.stat().st_size
        for file in files
    )


def _visit(browser: Browser, home: str, site: Path, words: str) -> Visit:
    context = browser.new_context()
    page = context.new_page()
    page.goto(home, wait_until="networkidle")
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    began = time.perf_counter()
    first = float(page.evaluate(_BEGIN, words))
    weight = _weight(site, asked)
    page.locator(_WHOLE).wait_for(state="attached")
    took = time.perf_counter() - began
    said = page.locator(".bt-search [role=status]").inner_text()
    context.close()
    return Visit(first, weight, took, _weight(site, asked), int(said.split()[0]))


def _median(visits: Sequence[Visit]) -> Visit:
    def of(name: str) -> float:
        return float(statistics.median(getattr(visit, name) for visit in visits))

    return Visit(of("first"), int(of("weight")), of("all"), int(of("whole")), visits[0].pages)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _indexing(root: Path) -> Iterator[tuple[str, Indexed, float]]:
    """Make the index of a site: the first time, again, and after an edit."""
    site = root / "site"
    kept = Path(tempfile.mkdtemp(dir=root, prefix="kept-"))
    make = partial(index_site, site, site / FOLDER, kept)
    for name in ("the first time", "nothing changed"):
        done, seconds = _timed(make)
        yield name, done, seconds
    page = max((site / "posts").glob("*/index.html"))
    text = page.read_text("utf-8")
    page.write_text(text.replace("<p>", "<p>Plumbeous ", 1), "utf-8")
    done, seconds = _timed(make)
    yield "an essay changed", done, seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the report.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000, help="essays, scaled from the corpus")
    parser.add_argument("--corpus", type=Path, default=os.environ.get("BLOGTOOLS_CORPUS"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--blog", type=Path, help="where the blog is, if it is built already")
    parser.add_argument("--to", type=Path, default=HERE / "search.md", help="the report")
    options = parser.parse_args(arguments)
    root = options.blog or _blog(options.corpus, options.size)
    indexed = list(_indexing(root))
    visits = {words: _median(runs) for words, runs in _visits(root / "site", options.runs)}
    text = "\n".join(report(options.size, options.runs, indexed, visits.items()))
    options.to.write_text(text, "utf-8")
    sys.stdout.write(text)
    return 0


def _blog(corpus: Path, size: int) -> Path:
    root = Path(tempfile.mkdtemp(prefix="blogtools-search-"))
    project = Project(root, Blogtools.posts_folder, scale(read_corpus(corpus), size))
    own = Blogtools(Venv(Path(sys.prefix), ""))
    own.prepare(project)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(clock(project.posts))}
    command = own.command(project)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return root


def _visits(site: Path, runs: int) -> Iterator[tuple[str, list[Visit]]]:
    with serving(site) as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=list(FLAGS), ignore_default_args=["--headless"]
        )
        for words in WORDS:
            yield words, [_visit(browser, home, site, words) for _ in range(runs)]
        browser.close()


def report(
    size: int,
    runs: int,
    indexed: Sequence[tuple[str, Indexed, float]],
    visits: Iterable[tuple[str, Visit]],
) -> Iterator[str]:
    """Yield the report's lines.

    Args:
        size: How many essays there are.
        runs: How often each search was made.
        indexed: What came of making the index, by what had changed before.
        visits: What each search came to.
    """
    yield f"# Search among {size:,} essays\n"
    yield _ABOUT.format(runs=runs)
    facts = {**machine.facts(), "processes that wanted to run": f"{os.getloadavg()[1]:.0f}"}
    yield ", ".join(f"{name}: {value}" for name, value in facts.items()) + ".\n"
    yield "| words | pages found | first results | until then | all shards | until then |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for words, one in visits:
        yield (
            f"| {words} | {one.pages:,} | {one.first:.2f} s | {one.weight / 1000:.0f} kB "
            f"| {one.all:.2f} s | {one.whole / 1000:.0f} kB |"
        )
    yield "\n| the index is made | pages | shards | of them made | takes |"
    yield "| --- | --: | --: | --: | --: |"
    for name, done, seconds in indexed:
        yield f"| {name} | {done.pages:,} | {done.shards} | {done.made} | {seconds:.1f} s |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
