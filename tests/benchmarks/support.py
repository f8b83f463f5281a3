"""A generator small enough to test the harness with."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from benchmarks.corpus import Post, parse_post
from benchmarks.project import Feature, Project
from benchmarks.subjects import SubjectError

_BUILD = """
import html, pathlib, re, sys
mode = sys.argv[1]
for source in sorted(pathlib.Path("posts").iterdir())[mode == "forgetful":]:
    slug = re.sub("^[0-9]{4}-[0-9]{2}-[0-9]{2}-", "", source.stem)
    page = pathlib.Path("site/posts", slug, "index.html")
    if mode == "stale" and page.exists():
        continue
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html.escape(source.read_text()))
store = pathlib.Path("store")
store.mkdir(exist_ok=True)
(store / "builds").open("a").write("x")
"""

_SERVE = """
import http.server, pathlib, sys
mode, port = sys.argv[1], int(sys.argv[2])

class Handler(http.server.BaseHTTPRequestHandler):
    seen = {}

    def do_GET(self):
        name = self.path.strip("/").split("/")[-1]
        [source] = pathlib.Path("posts").glob("*" + name + ".md")
        text = source.read_text()
        first = self.seen.setdefault(name, text)
        body = ((first if mode == "stale" else text) + "</html>").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

if mode == "dies":
    sys.exit("no such port")
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def make_posts(count: int) -> tuple[Post, ...]:
    return tuple(
        parse_post(
            f"post-{number:03}.md",
            f"---\ntitle: Post & {number}\ndate: {date(2020, 1, 1)}\nauthors: [Ada]\n---\nText.\n",
        )
        for number in range(count)
    )


@dataclass(frozen=True)
class TinySubject:
    """Copies posts to pages. `forgetful` leaves one out, `stale` never changes a page, `dies` does.

    Its store counts the builds since it was last empty.
    """

    name: str = "tiny"
    mode: str = ""
    features: tuple[Feature, ...] = ()
    installed: bool = True
    calls: list[str] = field(default_factory=list)
    posts_folder = "posts"
    store = ("store",)

    @property
    def label(self) -> str:
        return self.name.title()

    def versions(self) -> Mapping[str, str]:
        return {self.name: "1.0"}

    def prepare(self, project: Project) -> None:
        project.write((post, post.text) for post in project.posts)

    def command(self, project: Project) -> list[str]:
        if not self.installed:
            raise SubjectError("not here. Install it.")
        self.calls.append(self.name)
        return [sys.executable, "-c", _BUILD, self.mode]

    def server(self, project: Project, port: int) -> list[str]:
        return [sys.executable, "-c", _SERVE, self.mode, str(port)]
