"""The verb ``check``: everything that is wrong with the content, without building."""

from __future__ import annotations

import tempfile
from pathlib import Path

from blogtools.model.diagnostic import ContentError, Diagnostic

from .build import remembering
from .ports import Generator, Progress, Request, silent


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
        # We write nothing, but another plugin may, and not into what is published.
        with (
            tempfile.TemporaryDirectory(prefix="blogtools-check-") as folder,
            remembering(request, writable=False) as place,
        ):
            return site.gather(Path(folder), place.memory, progress)
    except ContentError as wrong:
        return wrong.diagnostics
