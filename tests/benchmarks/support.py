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
import html, pathlib, sys
mode = sys.argv[1]
for source in sorted(pathlib.Path("posts").iterdir())[mode == "forgetful":]:
    page = pathlib.Path("site/posts", source.stem, "index.html")
    if mode == "stale" and page.exists():
        continue
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html.escape(source.read_text()))
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
    """Copies posts to pages. `forgetful` leaves one out, `stale` never writes a page again."""

    name: str = "tiny"
    mode: str = ""
    features: tuple[Feature, ...] = ()
    installed: bool = True
    calls: list[str] = field(default_factory=list)
    posts_folder = "posts"

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
