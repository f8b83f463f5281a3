"""Locking companions: nothing else asks an index, or a repository, which versions there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from blogtools.model.companion import (
    CompanionError,
    CompanionOptions,
    Lock,
    Locked,
    normal_name,
)
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.wishes import Wish, choose

from .planning import Place, Wrong, nowhere
from .ports import Progress, silent


class Origins(Protocol):
    """Knows what there is to be locked: asks the index, or a repository for its tags."""

    def versions(self, companion: CompanionOptions) -> tuple[str, ...]:
        """Return every version of a companion that there is. Raises CompanionError."""

    def resolve(self, companion: CompanionOptions, version: str) -> Locked:
        """Return a version as a lock writes it. Raises CompanionError."""

    def complete(self, companion: CompanionOptions, locked: Locked) -> Locked:
        """Add what an older lock does not know: the day and the licence. Raises CompanionError."""


class Update(Struct, frozen=True):
    """A new lock; the others name what changed in it, or could not be changed."""

    lock: Lock
    added: tuple[Locked, ...]
    removed: tuple[Locked, ...]
    described: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def update(
    options: Sequence[CompanionOptions],
    lock: Lock,
    origins: Origins,
    progress: Progress = silent,
    config_path: str = "mkdocs.yml",
    place: Place = nowhere,
) -> Update:
    """Lock what the configuration asks for, and nothing else.

    A version that is locked stays as it is: what is published under a version does not change, and
    an index that says otherwise is to be noticed (by the fetch), not followed.

    Args:
        options: The companions of the configuration.
        lock: What is locked so far.
        origins: Tells what there is.
        progress: Is told what happens.
        config_path: The configuration file, as diagnostics show it.
        place: Finds an option in it.

    Returns:
        The new lock, and what went wrong; a package of which something could not be found out
        keeps the versions it had.
    """
    work = _Locking(lock, origins, progress)
    for number, entry in enumerate(options):
        work.add(entry, Wrong(config_path, place, number, entry))
    entries = tuple(work.entries.values())
    return Update(
        Lock(entries, lock.path),
        tuple(work.added),
        tuple(each for each in lock.entries if _name(each) not in work.entries),
        tuple(work.described),
        tuple(work.wrong),
    )


class _Locking:
    """Gathers a new lock, one entry of the configuration after the other."""

    def __init__(self, lock: Lock, origins: Origins, progress: Progress) -> None:
        """Begin with nothing."""
        self._lock = lock
        self._origins = origins
        self._progress = progress
        self.entries: dict[tuple[str, str], Locked] = {}
        self.added: list[Locked] = []
        self.described: list[str] = []
        self.wrong: list[Diagnostic] = []

    def add(self, entry: CompanionOptions, wrong: Wrong) -> None:
        """Lock the versions that an entry means; after a failure also those that it had."""
        failed = len(self.wrong)
        wanted = self._versions(entry, wrong)
        for number, version in enumerate(wanted):
            self._progress(f"Locking {entry.name} {version}", number, len(wanted))
            try:
                self._keep(entry, version)
            except CompanionError as refused:
                asked = next((w for w in entry.wishes if w.text == version), entry.wishes[0])
                self.wrong.append(wrong.at(asked, "companion/fetch", refused.message, refused.hint))
        if len(self.wrong) > failed:
            for locked in self._lock.of(entry):
                self.entries.setdefault(_name(locked), locked)

    def _versions(self, entry: CompanionOptions, wrong: Wrong) -> tuple[str, ...]:
        """Return the versions that an entry means, of all that there are."""
        wishes = [asked for asked in entry.wishes if not entry.at(asked.text).is_working_tree]
        return choose(wishes, self._there(entry, wishes, wrong))

    def _there(
        self, entry: CompanionOptions, wishes: Sequence[Wish], wrong: Wrong
    ) -> tuple[str, ...]:
        """Return the versions that there are; none where nobody has to know, or can find out."""
        unsure = [asked for asked in wishes if not asked.exact]
        try:
            there = self._origins.versions(entry) if unsure else ()
        except CompanionError as failed:
            self.wrong.append(wrong.at(unsure[0], "companion/fetch", failed.message, failed.hint))
            return ()
        unmet = (asked for asked in unsure if not asked.choose(there))
        kind, told = "companion/no-version", _nothing(entry, there)
        self.wrong += [wrong.at(asked, kind, *told) for asked in unmet]
        return there

    def _keep(self, entry: CompanionOptions, version: str) -> None:
        """Keep what is locked, or lock it."""
        known = self._lock.find(entry.at(version))
        if known is None:
            known = self._origins.resolve(entry, version)
            self.added.append(known)
        elif not (known.uploaded and known.licence):
            described = self._origins.complete(entry, known)
            if described != known:
                self.described.append(f"{entry.name} {version}")
            known = described
        if known.commit:
            known = replace(known, repository=entry.repository or ".")
        self.entries[_name(known)] = known


def _name(locked: Locked) -> tuple[str, str]:
    """Return what distinguishes an entry of the lock from all others."""
    return normal_name(locked.name), locked.version


def _nothing(entry: CompanionOptions, there: tuple[str, ...]) -> tuple[str, str]:
    """Return what to say where there are versions, but none that is asked for."""
    known = f"there are {', '.join(there[:8])}" if there else "there is none at all"
    hint = "Ask for a version that there is"
    if entry.source != "pypi":
        hint = f"Tag one as {entry.tag.format(version='1.0')}, or set `tag` to how tags are called"
    return f"No version of {entry.name} is meant: {known}", hint
