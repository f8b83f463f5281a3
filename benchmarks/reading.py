"""What an essay costs a reader on a phone, beside stock Material: `make bench-reading`.

python -m benchmarks.reading --help
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

from benchmarks import machine
from tests.browser import FLAGS, executable
from tests.reader.weighed import CONFIG, essays
from tests.site.support import succeed, write

HERE = Path(__file__).parent
ROOT = HERE.parent
_LIGHTHOUSE = ROOT / ".venv-bench/node/node_modules/lighthouse/cli/index.js"
_KATEX = ROOT / "src/blogtools/media/vendor/katex"
_SCORES = ("performance", "accessibility", "best_practices", "seo")
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_COLUMNS = (
    *("site", "performance", "accessibility", "best practices", "SEO"),
    *("first paint, s", "largest, s", "blocked, s", "shift"),
    *("requests", "first visit, kB", "next page, kB"),
)
_TEXTS = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md")
_PATIENCE = 60
_ABOUT = """\
Made by `make bench-reading`: an essay of 1,500 words with code and formulas, in a blog of two,
opened by Lighthouse as a phone on a slow network would open it (its own emulation and simulated
throttling). Both sites come from the same server, `blogtools serve --release`, which sends what is
compressed beside a file as GitLab Pages does. The next page is what it takes besides what the first
one has. Medians of {runs} runs, taking turns.

Stock Material is its blog plugin and the extensions that the essay needs, without fonts of third
parties (they would cost it two more hosts), with formulas drawn in the browser by the very KaTeX
that draws ours.
"""
_STOCK = """\
site_name: Weighed
site_url: {address}
site_description: What an essay weighs.
theme: {{name: material, font: false}}
plugins: [search, blog]
markdown_extensions:
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.arithmatex: {{generic: true}}
extra_css: [katex/katex.min.css]
extra_javascript: [katex/katex.min.js, katex/draw.js]
"""
_DRAW = """\
document$.subscribe(({body}) => {
  for (const one of body.querySelectorAll(".arithmatex"))
    katex.render(one.textContent.slice(2, -2), one, {displayMode: one.tagName === "DIV"});
});
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What Lighthouse says of one visit: scores of a hundred, seconds, bytes."""

    performance: float
    accessibility: float
    best_practices: float
    seo: float
    first_paint: float
    largest_paint: float
    blocked: float
    shift: float
    requests: float
    weight: float

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> Visit:
        """Read a report."""
        found = [report["categories"][name]["score"] or 0 for name in _CATEGORIES]
        scores = dict(zip(_SCORES, (round(100 * score) for score in found), strict=True))
        audits = report["audits"]
        asked = audits["network-requests"]["details"]["items"]
        # What stands in a style sheet is no request, and has been counted with it.
        sent = [one for one in asked if not one["url"].startswith("data:")]
        return cls(
            **scores,
            first_paint=audits["first-contentful-paint"]["numericValue"] / 1000,
            largest_paint=audits["largest-contentful-paint"]["numericValue"] / 1000,
            blocked=audits["total-blocking-time"]["numericValue"] / 1000,
            shift=audits["cumulative-layout-shift"]["numericValue"],
            requests=len(sent),
            weight=sum(one.get("transferSize", 0) for one in sent),
        )


def median(visits: Sequence[Visit]) -> Visit:
    """Return the median of each figure."""
    names = [field.name for field in fields(Visit)]
    return Visit(*(statistics.median(getattr(one, name) for one in visits) for name in names))


@dataclass(frozen=True, slots=True)
class Row:
    """What one site came to: the visit in the middle, and the bytes of the next page."""

    name: str
    visit: Visit
    following: int


def reached(row: Row) -> bool:
    """Return whether a site is what was asked for."""
    v = row.visit
    whole = min(v.accessibility, v.best_practices, v.seo)
    light = v.weight <= 150_000 and v.requests <= 12 and row.following <= 30_000
    return whole == 100 and v.performance >= 98 and v.shift == 0 and light


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{' --- |' * len(_COLUMNS)}"
    for row in rows:
        v = row.visit
        scores = (v.performance, v.accessibility, v.best_practices, v.seo)
        cells = [
            row.name,
            *(f"{score:.0f}" for score in scores),
            *(f"{v.first_paint:.2f}", f"{v.largest_paint:.2f}", f"{v.blocked:.2f}"),
            *(f"{v.shift:.3f}", f"{v.requests:.0f}", f"{v.weight / 1000:.1f}"),
            f"{row.following / 1000:.1f}",
        ]
        yield f"| {' | '.join(cells)} |"


# -- the sites -------------------------------------------------------------------------------


def ours(folder: Path, address: str) -> Path:
    """Publish the blog as a release; return its folder."""
    config = CONFIG.replace("https://weighed.example/", address)
    write(folder, {"mkdocs.yml": config, **essays("posts")})
    succeed(folder, "blogtools", "publish")
    return folder / "public"


def stock(folder: Path, address: str) -> Path:
    """Build the same essays with stock Material, and compress what is text; return its folder."""
    files = {
        "docs/blog/index.md": "# Blog\n",
        "docs/index.md": "# Home\n",
        **essays("docs/blog/posts"),
    }
    write(
        folder, {"mkdocs.yml": _STOCK.format(address=address), "docs/katex/draw.js": _DRAW, **files}
    )
    for name in ("katex.min.css", "katex.min.js"):
        shutil.copy(_KATEX / name, folder / "docs/katex" / name)
    shutil.copytree(_KATEX / "fonts", folder / "docs/katex/fonts")
    succeed(folder, "mkdocs", "build")
    for file in (folder / "site").rglob("*"):
        if file.suffix in _TEXTS:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9))
    return folder / "site"


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """Serve a site as GitLab Pages would; yield its address."""
    command = [sys.executable, "-m", "blogtools", "serve", "--release", str(folder)]
    server = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(_PATIENCE)


def _wait_for(address: str) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            urlopen(address, timeout=_PATIENCE).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers at {address}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def addresses(folder: Path) -> list[str]:
    """Return the addresses of the two essays, relative to the site."""
    pages = sorted(folder.glob("**/on-adding-*/index.html"), reverse=True)
    return [f"{page.parent.relative_to(folder).as_posix()}/" for page in pages]


# -- visits ----------------------------------------------------------------------------------


def visited(url: str, report: Path) -> Visit:
    """Have Lighthouse visit a page."""
    flags = " ".join(FLAGS)
    command = ["node", str(_LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--only-categories={','.join(_CATEGORIES)}", f"--chrome-flags={flags}"]
    environment = {**os.environ, "CHROME_PATH": executable()}
    subprocess.run(command, check=True, env=environment, timeout=5 * _PATIENCE)
    return Visit.of(json.loads(report.read_text()))


def following(urls: Sequence[str]) -> int:
    """Return how many bytes are sent for a second page, besides what the first one has.

    GitLab Pages lets browsers keep files for ten minutes; our server lets them keep nothing.
    """
    names: dict[str, str] = {}
    sent: list[dict[str, float]] = []

    def finished(one: Mapping[str, Any]) -> None:
        if (name := names.get(one["requestId"], "data:"))[:5] != "data:":
            sent[-1][name] = one["encodedDataLength"]

    def received(one: Mapping[str, Any]) -> None:
        names[one["requestId"]] = one["response"]["url"]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=list(FLAGS), ignore_default_args=["--headless"]
        )
        page = browser.new_page()
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.on("Network.responseReceived", received)
        client.on("Network.loadingFinished", finished)
        for url in urls:
            sent.append({})
            page.goto(url, wait_until="networkidle")
        browser.close()
    first, second = sent
    return int(sum(size for name, size in second.items() if name not in first))


def measured(root: Path, runs: int) -> list[Row]:
    """Measure both sites, taking turns."""
    visits: dict[str, list[Visit]] = {}
    after: dict[str, int] = {}
    sites = {}
    for name, make in (("blogtools", ours), ("Material", stock)):
        port = free_port()
        sites[name] = make(root / name, f"http://127.0.0.1:{port}/"), port
    for run in range(runs):
        for name, (folder, port) in sites.items():
            with served(folder, port) as address:
                urls = [address + url for url in addresses(folder)]
                visits.setdefault(name, []).append(visited(urls[0], root / f"{name}{run}.json"))
                if name not in after:
                    after[name] = following(urls)
    return [Row(name, median(found), after[name]) for name, found in visits.items()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the report.

    Args:
        arguments: The command line, by default that of the process.

    Returns:
        0, or 1 if what was asked for is not reached.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how many visits of each (5)")
    parser.add_argument("--to", type=Path, default=HERE / "reading.md", help="the report")
    parser.add_argument("--keep", type=Path, help="where Lighthouse's reports are kept")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        rows = measured(options.keep or Path(folder), options.runs)
    facts = [f"- {name}: {value}" for name, value in machine.facts().items()]
    head = ("# Reading", "", _ABOUT.format(runs=options.runs))
    options.to.write_text("\n".join((*head, *table(rows), "", *facts, "")))
    sys.stdout.write("\n".join((*table(rows), "")))
    return 0 if reached(rows[0]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
