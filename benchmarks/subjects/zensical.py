"""Zensical, which reads the configuration of MkDocs and has a blog of its own behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.project import LOOPBACK, Feature, Project
from benchmarks.subjects.material import BLOG_FEATURES, prepare_blog
from benchmarks.subjects.venv import Venv


@dataclass(frozen=True)
class Zensical:
    """Zensical.

    Attributes:
        venv: Where it is installed.
    """

    venv: Venv
    name = "zensical"
    label = "Zensical"
    posts_folder = "docs/posts"
    store = (".cache",)
    features = (*BLOG_FEATURES, Feature("search index", "search.json", '"items"'))

    def versions(self) -> Mapping[str, str]:
        """Ask what is installed; see `Subject`.

        Returns:
            Versions by package.
        """
        return self.venv.versions("zensical")

    def prepare(self, project: Project) -> None:
        """Write the project; see `Subject`.

        Args:
            project: The project.
        """
        prepare_blog(project)

    def command(self, project: Project) -> list[str]:
        """Say how to build; see `Subject`."""
        config = str(project.root / "mkdocs.yml")
        return [self.venv.program("zensical"), "build", "--config-file", config]

    def server(self, project: Project, port: int) -> list[str]:
        """Say how to serve; see `Subject`."""
        config = str(project.root / "mkdocs.yml")
        program = self.venv.program("zensical")
        return [program, "serve", "--config-file", config, "--dev-addr", f"{LOOPBACK}:{port}"]
