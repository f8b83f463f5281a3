"""How long it takes to assemble a release, beside `cp -r` of the same files.

python -m benchmarks.publish
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

from benchmarks import machine
from benchmarks.measure import busy_seconds
from blogtools.app.publish import Order, Origin, Published, publish
from blogtools.model.project import BlogOptions, MarkdownSettings, Project, SiteFacts
from blogtools.model.publish_options import PublishOptions

HERE = Path(__file__).parent
#: How many times as long as `cp -r` it may take, as it was asked for.
AT_MOST = 1.5
_SEED = 2026
_NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
# Words of a page, and what there is of them: pages compress as real ones do, not as noise does.
_WORDS = 900
_LEXICON = 4000
#: Pages of a version of a reference, and links on each page.
_MODULES, _LINKS = 60, 40
_ABOUT = """\
Made by `make bench-publish`: a site of pages with forty links each, an essay's in a folder of its
own, and versions of a reference. It is published once; then one essay is written anew, and the
site is published again, while everything else is built, hashed, compressed and checked already.
Then the same files, siblings and all, are copied by `cp -r`. Both are done in turn, several times,
and the medians are compared. A release is made of the one that is no longer kept, so little is
put anywhere; into an empty place, siblings are linked and all else is copied. Either checks every
link and every address, and writes the manifest; the search index is left out, which is made from
the site as a step of its own.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Attributes:
        posts: How many essays there were.
        versions: How many versions of a reference.
        files: How many files a release has.
        size: How many bytes they have.
        first: Seconds of the first publish, which hashes and compresses everything.
        again: Seconds of each publish after that.
        anew: Seconds of each publish into another place, where no release is to be linked from.
        copy: Seconds of each copy.
        compressed: How many files each publish compressed after the first.
        noise: What other programs took of the processors meanwhile, as a share.
    """

    posts: int
    versions: int
    files: int
    size: int
    first: float
    again: tuple[float, ...]
    anew: tuple[float, ...]
    copy: tuple[float, ...]
    compressed: tuple[int, ...]
    noise: float

    @property
    def ratio(self) -> float:
        """Return how many times as long as a copy a publish takes."""
        return median(self.again) / median(self.copy)


class Site:
    """A site whose pages are made up."""

    def __init__(self, root: Path, posts: int, versions: int) -> None:
        """Write it.

        Args:
            root: The folder of the project.
            posts: How many essays.
            versions: How many versions of a reference.
        """
        self.folder = root / "site"
        self._random = Random(_SEED)  # noqa: S311 - the words of a page are no secret
        self._lexicon = [self._word() for _ in range(_LEXICON)]
        self._urls = [f"posts/essay-{number}/" for number in range(posts)]
        modules = [f"module_{number}" for number in range(_MODULES)]
        self._urls += [
            f"reference/package/{v}.0/{one}/" for v in range(versions) for one in modules
        ]
        self.write("index.html", "")
        self.write("404.html", "")
        for url in self._urls:
            self.write(f"{url}index.html", "../" * url.count("/"))
        (self.folder / "assets").mkdir()
        (self.folder / "assets/look.css").write_text("p { color: black }\n" * 500)

    def _word(self) -> str:
        letters = "etaoinshrdlucmfwypvbgk"
        return "".join(self._random.choices(letters, k=self._random.randint(2, 11)))

    def write(self, path: str, up: str) -> None:
        """Write a page, with other words each time."""
        links = "".join(
            f'<a href="{up}{url}">{url}</a>\n'
            for url in self._random.sample(self._urls, min(_LINKS, len(self._urls)))
        )
        words = self._random.choices(self._lexicon, k=_WORDS)
        text = "".join(f"<p>{' '.join(words[at : at + 60])}</p>\n" for at in range(0, _WORDS, 60))
        head = f'<title>T</title><link rel="stylesheet" href="{up}assets/look.css">'
        page = (
            f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{links}{text}</body></html>'
        )
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # As a build writes it: another file in the place of the one before.
        file.unlink(missing_ok=True)
        file.write_text(page)

    def edit(self) -> None:
        """Write one essay anew."""
        self.write(f"{self._urls[0]}index.html", "../../")


def measure(root: Path, posts: int, versions: int, rounds: int) -> Measured:
    """Publish and copy in turn.

    Args:
        root: An empty folder.
        posts: How many essays.
        versions: How many versions of a reference.
        rounds: How often.
    """
    site = Site(root, posts, versions)
    project = _project(root)
    first = _publish(project, site, root / "public")
    busy, began = busy_seconds(), time.monotonic()
    own = time.process_time()
    again, anew, copies = [], [], []
    for _ in range(rounds):
        site.edit()
        again.append(_publish(project, site, root / "public"))
        anew.append(_publish(project, site, root / "elsewhere").seconds)
        copies.append(_timed(lambda: _copy(root / "public", root / "copy")))
        for name in ("copy", "elsewhere", ".elsewhere.releases"):
            shutil.rmtree(root / name, ignore_errors=True)
    whole = time.monotonic() - began
    others = busy_seconds() - busy - (time.process_time() - own) - sum(copies)
    return Measured(
        posts=posts,
        versions=versions,
        files=len(again[-1].manifest.files),
        size=again[-1].size,
        first=first.seconds,
        again=tuple(one.seconds for one in again),
        anew=tuple(anew),
        copy=tuple(copies),
        compressed=tuple(one.compressed for one in again),
        noise=max(0.0, others) / (whole * machine.cores()),
    )


def _project(root: Path) -> Project:
    (root / "posts").mkdir()
    config = root / "mkdocs.yml"
    config.write_text("site_name: T\n")
    options = BlogOptions(publish=PublishOptions(total_megabytes=100_000, entries=10_000_000))
    facts = SiteFacts("T", "https://example.org/")
    return Project(root, config, root / "docs", facts, options, MarkdownSettings(), _NOW)


def _publish(project: Project, site: Site, to: Path) -> Published:
    order = Order(site.folder, to, search=False, keep=2)
    return publish(project, order, Origin(created=_NOW))


def _copy(source: Path, to: Path) -> None:
    subprocess.run(["cp", "-r", str(source), str(to)], check=True)


def _timed(what: Callable[[], None]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the report.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        The exit code: 0 if it takes no longer than was asked for.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000, help="how many essays")
    parser.add_argument("--versions", type=int, default=20, help="how many versions")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is done")
    parser.add_argument("--to", type=Path, default=HERE / "publish.md", help="the report")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), options.posts, options.versions, options.rounds)
    options.to.write_text(report(measured), encoding="utf-8")
    sys.stdout.write(report(measured))
    return int(measured.ratio >= AT_MOST)


def report(measured: Measured) -> str:
    """Return the report as Markdown.

    Args:
        measured: What was measured.
    """
    return "\n".join(_lines(measured)) + "\n"


def _lines(measured: Measured) -> Iterator[str]:
    reached = "yes" if measured.ratio < AT_MOST else "**no**"
    yield "# A release beside a copy of the same files"
    yield ""
    yield from _ABOUT.splitlines()
    yield ""
    yield "| what | median | of them |"
    yield "| --- | --- | --- |"
    for what, times in (
        ("publish again, one essay edited", measured.again),
        ("publish into an empty place", measured.anew),
        ("`cp -r` of the release", measured.copy),
    ):
        yield f"| {what} | {median(times):.2f} s | {', '.join(f'{one:.2f}' for one in times)} |"
    yield ""
    yield "| target | asked for | reached | |"
    yield "| --- | --- | --- | --- |"
    yield f"| a publish, in copies | under {AT_MOST:g} | {measured.ratio:.2f} | {reached} |"
    yield ""
    yield f"- {measured.posts:,} essays, {measured.versions} versions of a reference"
    yield f"- {measured.files:,} files, {measured.size / 1e6:,.0f} MB"
    yield f"- the first publish, with everything to compress: {measured.first:.0f} s"
    yield f"- files compressed by each one after that: {', '.join(map(str, measured.compressed))}"
    yield from (f"- {name}: {fact}" for name, fact in machine.facts().items())
    yield f"- taken by other programs meanwhile: {measured.noise:.0%} of the processors"


if __name__ == "__main__":
    sys.exit(main())
