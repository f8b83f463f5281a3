"""Which versions a blog documents: those that its configuration asks for, and its lock has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from blogtools.model.companion import (
    Companion,
    CompanionError,
    CompanionOptions,
    IntegrityError,
    Lock,
    Locked,
    normal_name,
)
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.wishes import Wish, choose

_LOCK = "Run `blogtools reference update` and commit the lock"
#: Finds an option of the configuration, such as ``("companions", 0, "versions", 1)``: its line and
#: column.
Place = Callable[[tuple[str | int, ...]], tuple[int, int]]


def nowhere(_option: tuple[str | int, ...]) -> tuple[int, int]:
    """Answer where nobody has the configuration's text."""
    return 1, 1


class Job(Struct, frozen=True):
    """One companion with its entry in the lock, and the number of its entry in the configuration.

    A working tree is in no lock.
    """

    companion: Companion
    locked: Locked | None
    entry: int = 0


class Plan(Struct, frozen=True):
    """The companions that can be worked on, and what is wrong with the others.

    Attributes:
        jobs: What can be worked on, in the order of the configuration.
        lock: What is locked.
        config_path: The configuration file, as diagnostics show it.
        diagnostics: What is wrong.
        place: Finds an option in the configuration file.
    """

    jobs: tuple[Job, ...]
    lock: Lock
    config_path: str
    diagnostics: tuple[Diagnostic, ...]
    place: Place = nowhere

    @property
    def companions(self) -> tuple[Companion, ...]:
        """Return every version that the blog documents."""
        return tuple(job.companion for job in self.jobs)


def plan(
    options: Sequence[CompanionOptions],
    lock: Lock,
    config_path: str = "mkdocs.yml",
    place: Place = nowhere,
) -> Plan:
    """Find out which versions the configuration means, and their entries in the lock.

    The lock decides: ``newest 5`` are the newest five of what is locked. Nobody else is asked, so
    a site is the same today and in a year.

    Args:
        options: The companions of the configuration.
        lock: What is locked.
        config_path: The configuration file, as diagnostics show it.
        place: Finds an option in it.

    Returns:
        What can be worked on, and an error for each wish that cannot.
    """
    jobs: dict[tuple[str, str], Job] = {}
    found: list[Diagnostic] = []
    for number, entry in enumerate(options):
        wrong = Wrong(config_path, place, number, entry)
        found += [wrong.unmet(w, lock) for w in entry.wishes if not _is_met(entry, w, lock)]
        for companion in _versions(entry, lock):
            key = normal_name(companion.name), companion.version
            if key in jobs:
                found.append(wrong.twice(companion))
            else:
                jobs[key] = Job(companion, lock.find(companion), number)
    return Plan(tuple(jobs.values()), lock, config_path, tuple(found), place)


def _versions(entry: CompanionOptions, lock: Lock) -> Iterator[Companion]:
    """Yield the versions that an entry of the configuration means, of those that there are."""
    for version in choose(entry.wishes, (locked.version for locked in lock.of(entry))):
        companion = entry.at(version)
        if companion.is_working_tree or lock.find(companion):
            yield companion


def _is_met(entry: CompanionOptions, asked: Wish, lock: Lock) -> bool:
    """Return whether there is anything that one wish of an entry means."""
    return any(_versions(replace(entry, versions=(asked,), version=None), lock))


class Wrong(Struct, frozen=True):
    """Says what is wrong with an entry of the configuration, at its place."""

    path: str
    place: Place
    number: int
    entry: CompanionOptions

    def unmet(self, asked: Wish, lock: Lock) -> Diagnostic:
        """Return the error for a wish of which the lock has nothing."""
        message = f"{self.entry.name} {asked.text} is not locked"
        if others := [locked.version for locked in lock.of(self.entry)]:
            message += f", only {', '.join(others)}"
        return self.at(asked, "companion/not-locked", message, _LOCK)

    def at(self, asked: Wish, code: str, message: str, hint: str) -> Diagnostic:
        """Return an error at the place of a wish."""
        versions = self.entry.versions
        option: tuple[str | int, ...] = ("version",)
        if asked in versions:
            option = ("versions", versions.index(asked))
        line, column = self.place(("companions", self.number, *option))
        return Diagnostic(self.path, line, column, code, message, hint)

    def twice(self, companion: Companion) -> Diagnostic:
        """Return the error for a version that an earlier entry means already."""
        line, column = self.place(("companions", self.number))
        message = f"{companion.label} is configured twice"
        hint = "Delete one of its entries under `companions`"
        return Diagnostic(self.path, line, column, "companion/twice", message, hint)


def select(work: Plan, name: str) -> tuple[Job, ...]:
    """Return only the jobs of one package, or of one version of it.

    Args:
        work: What can be worked on.
        name: ``metalog-jax`` or ``metalog-jax@2.2.0``.
    """
    package, _, version = name.partition("@")
    jobs = (job for job in work.jobs if normal_name(job.companion.name) == normal_name(package))
    return tuple(job for job in jobs if version in ("", job.companion.version))


def diagnostic(failed: CompanionError, job: Job, work: Plan) -> Diagnostic:
    """Return a failure at the entry of the lock, or of a working tree in the configuration."""
    if job.locked is None:
        line, column = work.place(("companions", job.entry))
        return Diagnostic(
            work.config_path, line, column, "companion/source", failed.message, failed.hint
        )
    kind = "integrity" if isinstance(failed, IntegrityError) else "fetch"
    line, code = work.lock.line(job.locked), f"companion/{kind}"
    return Diagnostic(work.lock.path, line, 1, code, failed.message, failed.hint)
