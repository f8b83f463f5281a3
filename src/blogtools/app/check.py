"""The verb ``check``: everything that is wrong with the content, without building."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from blogtools.model.diagnostic import ContentError, Diagnostic

from .build import remembering
from .ports import Generator, Progress, Request, Site, silent


def check(
    request: Request, generator: Generator, progress: Progress = silent
) -> tuple[Diagnostic, ...]:
    """Return every error and warning of a project, sorted by file and line.

    Args:
        request: Which project; drafts take part if it says so.
        generator: Reads and converts, and stops before it writes.
        progress: Is told how far the check is.

    Raises:
        UsageError: There is no project.
    """
    try:
        site = generator(request)
        site.configure()
        with looking(site, request, progress) as warnings:
            return warnings
    except ContentError as wrong:
        return wrong.diagnostics


@contextmanager
def looking(
    site: Site, request: Request, progress: Progress = silent
) -> Iterator[tuple[Diagnostic, ...]]:
    """Gather a configured site for a look at it; give the warnings.

    Raises:
        ContentError: There are errors.
    """
    # We write nothing, but another plugin may, and not into what is published.
    with (
        tempfile.TemporaryDirectory(prefix="blogtools-check-") as folder,
        remembering(request, writable=False) as place,
    ):
        yield site.gather(Path(folder), place.memory, progress)
