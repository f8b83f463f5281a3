"""What a generator has to offer to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from benchmarks.project import Feature, Project


class SubjectError(Exception):
    """A subject that cannot be used here, with the way out."""


class Subject(Protocol):
    """A generator: it prepares a project of its own and says how to build it."""

    @property
    def name(self) -> str:
        """Short name, for the command line."""

    @property
    def label(self) -> str:
        """Name in the report."""

    @property
    def posts_folder(self) -> str:
        """Where the posts lie in a project."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """What its site has; every build is checked for it."""

    @property
    def store(self) -> tuple[str, ...]:
        """What a project keeps between builds, as folders in it: what CI would cache."""

    def versions(self) -> Mapping[str, str]:
        """Ask what is installed.

        Returns:
            Versions by package.

        Raises:
            SubjectError: It is not installed.
        """

    def prepare(self, project: Project) -> None:
        """Write sources and configuration into the empty folder of a project.

        Args:
            project: The project.
        """

    def command(self, project: Project) -> list[str]:
        """Say how the project is built; the site goes to `project.site`.

        Args:
            project: The project.

        Returns:
            Program and arguments.
        """

    def server(self, project: Project, port: int) -> list[str]:
        """Say how the project is shown while one writes.

        Args:
            project: The project.
            port: Where on 127.0.0.1 it is to answer; pages have the addresses of `Project.page`.

        Returns:
            Program and arguments.
        """
