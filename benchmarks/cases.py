"""What is timed. A case puts a project into a state; then the build is measured.

A new case is a function and an entry in `CASES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.corpus import Post
from benchmarks.project import IncompleteSite, Project

_EDIT = "This sentence was added by the benchmark.\n"


@dataclass(frozen=True)
class Case:
    """One thing to time.

    Attributes:
        name: For the command line.
        title: For the report.
        arrange: Brings a prepared project into the state before the measured build; it is given a
            function that builds, unmeasured.
        confirm: Checks, after the measured build, what this case is about.
    """

    name: str
    title: str
    arrange: Callable[[Project, Callable[[], object]], None]
    confirm: Callable[[Project], None]


def _nothing(project: Project, build: Callable[[], object]) -> None:
    """Leave the project as prepared: no site, no cache."""


def _accept(project: Project) -> None:
    """Ask for nothing beyond a whole site."""


def _built(project: Project, build: Callable[[], object]) -> None:
    build()


def _built_and_edited(project: Project, build: Callable[[], object]) -> None:
    build()
    with project.source(_edited(project)).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{_EDIT}")


def _edit_shows(project: Project) -> None:
    post = _edited(project)
    if _EDIT.strip() not in project.page(post).read_text(encoding="utf-8"):
        raise IncompleteSite(f"the edit of {post.filename} is not in its page")


def _edited(project: Project) -> Post:
    return project.posts[len(project.posts) // 2]


CASES = (
    Case("cold", "Cold build", _nothing, _accept),
    Case("unchanged", "Nothing changed, new process", _built, _accept),
    Case("edited", "One body edited, new process", _built_and_edited, _edit_shows),
)
