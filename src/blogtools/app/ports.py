"""What the verbs need from the world, as protocols; `blogtools.wiring` chooses who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from blogtools.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from blogtools.build.inputs import Outside
    from blogtools.build.memory import Memory
    from blogtools.build.plan import Bill
    from blogtools.model.changes import Changes
    from blogtools.model.companion import Inventory, Lock, Package
    from blogtools.model.project import Project

#: Is told what happens now, how much of it is done, and of how much (0 if nobody knows).
Progress = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


#: Returns what changed in a package from a version of it to its latest; None where one of the two
#: cannot be read, or is not there.
Since = Callable[[str, str], "Changes | None"]


def nothing_since(_name: str, _version: str) -> Changes | None:
    """Answer where no versions are known."""
    return None


class CompanionSymbols(Struct, frozen=True):
    """What essays may link to in companion packages.

    Attributes:
        inventories: The symbols of each companion that could be read.
        missing: Top-level module names of the others, each with its reference's address.
        diagnostics: Why those could not be read.
        packages: The packages, each with all versions that the blog documents.
        lock: What is locked: when each version came out, and under which licence.
        changes: What each release of a package changed, of those that have one before them.
        since: Tells what changed from any version to the latest.
        guides: The address of each file of the guides beside the references.
    """

    inventories: tuple[Inventory, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    packages: tuple[Package, ...] = ()
    lock: Lock | None = None
    changes: tuple[Changes, ...] = ()
    since: Since = nothing_since
    guides: tuple[str, ...] = ()


#: Reads the symbols of a project's companions.
Symbols = Callable[["Project"], CompanionSymbols]


def no_symbols(_project: Project) -> CompanionSymbols:
    """Answer for a project without companions."""
    return CompanionSymbols()


class Request(Struct, frozen=True):
    """What the author asks for.

    Attributes:
        config_file: The configuration file.
        site_dir: Where the site is to appear; None for what the configuration says.
        strict: Whether warnings stop the build.
        drafts: Whether drafts and future essays take part.
        verify: Whether to read every file, instead of trusting sizes and times.
        insist: Whether to gather the site even if nothing has changed.
    """

    config_file: Path
    site_dir: Path | None = None
    strict: bool = False
    drafts: bool = False
    verify: bool = False
    insist: bool = False


class Site(Protocol):
    """One site whose configuration file is read, and whose content is not yet."""

    @property
    def site_dir(self) -> Path:
        """Return where the site is to appear."""

    @property
    def project(self) -> Project:
        """Return the typed configuration, known once the site is configured."""

    @property
    def sources(self) -> tuple[Path, ...]:
        """Return the folders that the author writes in, known once the site is configured."""

    @property
    def workers(self) -> int:
        """Return how many processes to use, known once the site is gathered."""

    @property
    def strict(self) -> bool:
        """Return whether warnings stop the build: by the request, or by the configuration."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what an author should know of how the site was built."""

    def outside(self) -> Outside:
        """Return what the site depends on besides files and packages."""

    def configure(self, memory: Memory | None = None) -> None:
        """Understand the configuration; the first step.

        Args:
            memory: What is known from the last build, which may save asking the theme.

        Raises:
            ContentError: It has errors.
        """

    def whole_because(self) -> tuple[str, ...]:
        """Return what makes it impossible to build only what changed, by name."""

    def gather(self, into: Path, memory: Memory, progress: Progress) -> tuple[Diagnostic, ...]:
        """Read, convert and check everything; write nothing.

        Args:
            into: The folder that the site will be written to.
            memory: What is known from the last build.
            progress: Is told how far it is.

        Returns:
            The warnings.

        Raises:
            ContentError: There are errors.
        """

    def convert(
        self, wanted: Callable[[str], bool], memory: Memory, progress: Progress
    ) -> tuple[int, int]:
        """Convert some essays, and do nothing else.

        Args:
            wanted: Tells by its path whether an essay is one of them.
            memory: Takes the conversions.
            progress: Is told how far it is.

        Returns:
            How many were wanted, and how many there are.
        """

    def bill(self) -> Bill:
        """Return everything that the site consists of; only of a site that is not built whole."""

    def write(self, progress: Progress) -> int:
        """Write the whole of what was gathered, one page after the other.

        Returns:
            How many pages were written.
        """


#: Opens a site: reads its configuration file. Raises ContentError where that has errors, and
#: UsageError where there is none.
Generator = Callable[[Request], Site]
