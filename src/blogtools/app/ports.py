"""What the verbs need from the world, as protocols; `blogtools.wiring` chooses who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.project import Project

#: Is told what happens now, how much of it is done, and of how much (0 if nobody knows).
Progress = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the author asks for.

    Attributes:
        config_file: The configuration file.
        site_dir: Where the site is to appear; None for what the configuration says.
        strict: Whether warnings stop the build.
        drafts: Whether drafts and future essays take part.
    """

    config_file: Path
    site_dir: Path | None = None
    strict: bool = False
    drafts: bool = False


class Site(Protocol):
    """One site whose configuration file is read, and whose content is not yet."""

    @property
    def site_dir(self) -> Path:
        """Return where the site is to appear."""

    @property
    def project(self) -> Project:
        """Return the typed configuration, known once the content is gathered."""

    def gather(self, into: Path, progress: Progress) -> tuple[Diagnostic, ...]:
        """Read, convert and check everything; write nothing.

        Args:
            into: The folder that the site will be written to.
            progress: Is told how far it is.

        Returns:
            The warnings.

        Raises:
            ContentError: There are errors.
        """

    def write(self, progress: Progress) -> int:
        """Write what was gathered.

        Returns:
            How many pages were written.
        """


#: Opens a site: reads its configuration file. Raises ContentError where that has errors, and
#: UsageError where there is none.
Generator = Callable[[Request], Site]
