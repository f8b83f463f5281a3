"""A subject's project while its cases are played, one after the other."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import Post, clock
from benchmarks.measure import Measurement, measure
from benchmarks.project import IncompleteSite, Project, SiteFacts, demand_whole, survey
from benchmarks.serve import Edit, measure_server
from benchmarks.subjects import Subject

# Each edit says something else, of letters and digits alone: no generator makes typography of it.
_EDIT = "This sentence was added by edit {} of the benchmark"


class Stage:
    """A project of one subject, and the states that it can be brought into."""

    def __init__(self, subject: Subject, project: Project, limit: float) -> None:
        """Put up a stage; the project is prepared by `clear`.

        Args:
            subject: The generator.
            project: Its project.
            limit: Seconds after which a build is stopped.
        """
        self.site: SiteFacts | None = None
        self._subject, self._project, self._limit = subject, project, limit
        self._edits = 0
        self._built = False
        self._gone = 0
        self._home = project.root.parent / "home"
        self._log = project.root.parent / "build.log"

    def clear(self, *, keep: Sequence[str] = ()) -> None:
        """Make the project anew, as a fresh checkout: new times, no site, an empty home.

        Args:
            keep: Folders of the project that are put back, with the times that they had.
        """
        kept = self._project.root.parent / "kept"
        for name in keep:
            if (folder := self._project.root / name).exists():
                (kept / name).parent.mkdir(parents=True, exist_ok=True)
                folder.rename(kept / name)
        for folder in (self._project.root, self._home):
            # Not deleted: that would be paid for by what is measured next, see `scratch`.
            if folder.exists():
                self._gone += 1
                folder.rename(folder.with_name(f"gone-{self._gone}"))
            folder.mkdir()
        self._subject.prepare(self._project)
        for name in keep:
            if (kept / name).exists():
                (kept / name).rename(self._project.root / name)
        self._built = False

    def restore(self) -> None:
        """Make the project anew, and put back what the subject keeps between builds."""
        self.clear(keep=self._subject.store)

    def demand_built(self) -> None:
        """Build, unless the site is there and the newest build made it."""
        if not self._built:
            self.clear()
            self.build()

    def build(self) -> Measurement:
        """Build, and check what came of it.

        Returns:
            The measurement.

        Raises:
            CommandError: The build failed.
            IncompleteSite: The site lacks something.
            SubjectError: The subject is not installed.
        """
        self._built = False
        command = self._subject.command(self._project)
        folder, env = self._project.root, self._environment()
        taken = measure(command, folder=folder, env=env, log=self._log, limit=self._limit)
        demand_whole(self._project, self._subject.features)
        self.site = survey(self._project.site)
        self._built = True
        return taken

    def edit(self) -> Edit:
        """Add a sentence to the body of the post in the middle.

        Returns:
            The edit, done.
        """
        edit = self._edit_of(self._project.posts[len(self._project.posts) // 2])
        edit.save()
        return edit

    def demand_shown(self, edit: Edit) -> None:
        """Check that the site shows an edit.

        Args:
            edit: The edit.

        Raises:
            IncompleteSite: It does not.
        """
        page = self._project.site / edit.path.strip("/") / "index.html"
        if edit.awaited not in page.read_text(encoding="utf-8"):
            raise IncompleteSite(f"the edit of {edit.path} is not in its page")

    def serve(self, count: int) -> Measurement:
        """Serve, and edit posts all over the years.

        Args:
            count: How many edits.

        Returns:
            The measurement.

        Raises:
            CommandError: The server ended, or did not show an edit in time.
            SubjectError: The subject is not installed.
        """
        self._built = False
        posts = self._project.posts
        edits = [
            self._edit_of(posts[(2 * i + 1) * len(posts) // (2 * count)]) for i in range(count)
        ]
        return measure_server(
            lambda port: self._subject.server(self._project, port),
            edits,
            folder=self._project.root,
            env=self._environment(),
            log=self._log,
            limit=self._limit,
        )

    def _edit_of(self, post: Post) -> Edit:
        self._edits += 1
        sentence = _EDIT.format(self._edits)
        source = self._project.source(post)

        def save() -> None:
            with source.open("a", encoding="utf-8") as file:
                file.write(f"\n\n{sentence}.\n")

        return Edit(f"/posts/{post.slug}/", save, sentence)

    def _environment(self) -> dict[str, str]:
        """Make the environment of a build: nothing of the user's, and no cache of another's."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._home),
            "LANG": "C.UTF-8",
            "SOURCE_DATE_EPOCH": str(clock(self._project.posts)),
            "NO_MKDOCS_2_WARNING": "1",
            "DISABLE_MKDOCS_2_WARNING": "true",
        }


def stage(subject: Subject, posts: tuple[Post, ...], limit: float) -> Stage:
    """Put up a stage in a temporary folder.

    Args:
        subject: The generator.
        posts: What it builds.
        limit: Seconds after which a build is stopped.

    Returns:
        The stage, with nothing built.
    """
    folder = scratch()
    raised = Stage(subject, Project(folder / "project", subject.posts_folder, posts), limit)
    raised.clear()
    return raised


def scratch() -> Path:
    """Make a temporary folder, which goes when this process ends.

    Not sooner: a file system that has just lost many files may be slow to make new ones, and what
    is measured next would pay. ext4 without a journal passes over the places of files that went
    within the last minute (``recently_deleted`` in Linux' fs/ext4/ialloc.c).

    Returns:
        The folder, empty.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
