"""This project."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.project import Feature, Project
from benchmarks.subjects.venv import Venv

_CONFIG = Path(__file__).parent / "blogtools_blog" / "mkdocs.yml"


@dataclass(frozen=True)
class Blogtools:
    """This project.

    Attributes:
        venv: Where it is installed.
    """

    venv: Venv
    name = "blogtools"
    label = "blogtools"
    posts_folder = "posts"
    store = (".blogtools",)
    features = (
        Feature("archive by year", "archive/*/index.html"),
        Feature("pages of authors", "authors/*/index.html"),
        Feature("tags", "tags/index.html", of_tags=True),
        Feature("pagination", "page/2/index.html"),
        Feature("feed", "feed.xml", "<entry>"),
        Feature("feed of each term", "authors/*/feed.xml", "<entry>"),
        Feature("highlighting", "posts/*/index.html", '<span class="k">'),
    )

    def versions(self) -> Mapping[str, str]:
        """Ask what is installed; see `Subject`.

        Returns:
            Versions by package.
        """
        return {**self.venv.versions("blogtools"), "commit": _commit()}

    def prepare(self, project: Project) -> None:
        """Write the project; see `Subject`. The posts are the corpus, byte for byte.

        Args:
            project: The project.
        """
        project.write((post, post.text) for post in project.posts)
        shutil.copy(_CONFIG, project.root)

    def command(self, project: Project) -> list[str]:
        """Say how to build; see `Subject`."""
        config = ["--config-file", str(project.root / "mkdocs.yml")]
        site = ["--site-dir", str(project.site)]
        return [self.venv.program("blogtools"), "build", *config, *site]

    def server(self, project: Project, port: int) -> list[str]:
        """Say how to serve; see `Subject`."""
        config = ["--config-file", str(project.root / "mkdocs.yml")]
        return [self.venv.program("blogtools"), "serve", *config, "--port", str(port)]


def _commit() -> str:
    """Name the commit of the sources, with a mark if they were changed since."""
    here = Path(__file__).parents[2]
    head = _git(here, "rev-parse", "--short", "HEAD") or "none"
    return f"{head} with changes" if _git(here, "status", "--porcelain", "src") else head


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
