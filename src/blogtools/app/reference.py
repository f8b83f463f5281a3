"""The verb ``reference``: read the symbols of companions, build their references, hand them on.

Every companion stands for itself: what fails is said, and the others go on. Results are kept under
a key that holds everything they are made of, so nothing is read, built or fetched twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from blogtools.model.changes import Changes
from blogtools.model.companion import (
    Chrome,
    Companion,
    CompanionError,
    Guide,
    IntegrityError,
    Inventory,
    Locked,
    guide_url,
)
from blogtools.model.diagnostic import Diagnostic

from .planning import Job, Plan, diagnostic
from .ports import Progress, silent

#: References that are built at once; each is a process of its own.
_AT_ONCE = 2


class BuiltTree(Struct, frozen=True):
    """One reference as files.

    Attributes:
        folder: Where it lies, among the caches: for reading only.
        diagnostics: What its build complained of.
        files: The path of each of its files below that, with the digest of its content.
    """

    folder: Path
    diagnostics: tuple[Diagnostic, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


class Sources(Protocol):
    """Knows where a companion's source is."""

    def digest(self, companion: Companion, locked: Locked | None) -> str:
        """Return what changes whenever the source does; needs no network. Raises FetchError."""

    def folder(self, companion: Companion, locked: Locked | None) -> Path:
        """Return the folder of its modules, fetched where needed. Raises FetchError."""

    def guide(self, companion: Companion, locked: Locked | None) -> Guide | None:
        """Return the pages to show beside the API, fetched where needed. Raises FetchError."""

    def is_fetched(self, locked: Locked) -> bool:
        """Return whether `folder` needs no network."""

    def hand_out(self, locked: Locked, folder: Path) -> None:
        """Copy fetched source into a folder, for another machine."""

    def take_in(self, locked: Locked, folder: Path) -> None:
        """Keep what `hand_out` wrote, if it is whole and of this version. Raises CompanionError."""


class Keys(Struct, frozen=True):
    """What the results for one companion are kept under."""

    inventory: str
    tree: str


class Store(Protocol):
    """Keeps results by key; what is damaged is as good as absent."""

    def inventory(self, key: str) -> Inventory | None:
        """Return a kept inventory."""

    def keep_inventory(self, key: str, inventory: Inventory) -> None:
        """Keep an inventory."""

    def changes(self, key: str) -> Changes | None:
        """Return kept changes between two versions."""

    def keep_changes(self, key: str, changes: Changes) -> None:
        """Keep the changes between two versions."""

    def tree(self, key: str) -> BuiltTree | None:
        """Return a kept tree."""

    def keep_tree(self, key: str, make: Callable[[Path], tuple[Diagnostic, ...]]) -> BuiltTree:
        """Make a tree in a folder of its own and keep it, as a whole or not at all."""

    def hand_out(self, keys: Keys, folder: Path) -> None:
        """Copy a kept tree and its inventory into a folder, for another machine."""

    def take_in(self, keys: Keys, folder: Path) -> bool:
        """Keep what `hand_out` wrote into a folder; return whether it is whole and of these keys.

        Raises CompanionError where it cannot be stored.
        """


#: Reads everything public in a companion from the folder of its modules. Raises CompanionError.
Read = Callable[[Companion, Path], Inventory]
#: Compares two versions, each with the folder of its modules. Raises CompanionError.
Compare = Callable[[Companion, Path, Companion, Path], Changes]
#: Builds a reference into a folder that does not exist yet. Raises CompanionError.
Render = Callable[[Companion, Inventory, Path, Chrome, Path, Guide | None], tuple[Diagnostic, ...]]


class ReferencePorts(Struct, frozen=True):
    """What this verb needs from the world.

    Attributes:
        sources: Where source comes from.
        store: Where results are kept.
        read: Reads symbols.
        reader: Says which reader that is: another one may read differently.
        render: Builds a reference.
        renderer: Says which builder that is.
        compare: Finds what changed between two versions; the reader does that too.
    """

    sources: Sources
    store: Store
    read: Read
    reader: Callable[[], str]
    render: Render
    renderer: Callable[[], str]
    compare: Compare


class Inventories(Struct, frozen=True):
    """The symbols of every companion that could be read, and what was wrong."""

    inventories: tuple[Inventory, ...]
    diagnostics: tuple[Diagnostic, ...]


class References(Struct, frozen=True):
    """The references of every companion that could be built, and what was wrong."""

    trees: tuple[tuple[Companion, BuiltTree], ...]
    diagnostics: tuple[Diagnostic, ...]

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield every file of the references: where it belongs in the site, and where it is."""
        for companion, tree in self.trees:
            for path in tree.files:
                yield companion.url + path, tree.folder / path


class Row(Struct, frozen=True):
    """One line of ``reference list``; the status is the furthest that a companion has come."""

    companion: Companion
    locked: Locked | None
    status: str


def inventories(work: Plan, ports: ReferencePorts) -> Inventories:
    """Return the symbols of every companion: from the lock and the source, not from built trees.

    Args:
        work: What can be worked on.
        ports: The world.

    Returns:
        The inventories in the order of the configuration, and what went wrong.
    """
    found: list[Inventory] = []
    wrong = list(work.diagnostics)
    for job in work.jobs:
        try:
            found.append(_inventory(job, ports))
        except CompanionError as failed:
            wrong.append(diagnostic(failed, job, work))
    return Inventories(tuple(found), tuple(wrong))


def build_references(
    work: Plan, chrome: Chrome, ports: ReferencePorts, progress: Progress = silent
) -> References:
    """Build the references that are not there yet, at most two at once.

    Args:
        work: What can be worked on.
        chrome: What the references take over from the essay site.
        ports: The world.
        progress: Is told what happens.

    Returns:
        Every reference that there is now, in the order of the configuration, and what went wrong.
    """
    trees: list[tuple[Companion, BuiltTree]] = []
    wrong = list(work.diagnostics)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = [_begun(job, chrome, ports, pool) for job in work.jobs]
        for number, (job, result) in enumerate(zip(work.jobs, results, strict=True)):
            progress(f"Reference of {job.companion.label}", number, len(results))
            try:
                trees.append((job.companion, result()))
                wrong += trees[-1][1].diagnostics
            except CompanionError as failed:
                wrong.append(diagnostic(failed, job, work))
    progress("References", len(results), len(results))
    return References(tuple(trees), tuple(wrong))


def listing(work: Plan, chrome: Chrome, ports: ReferencePorts) -> tuple[Row, ...]:
    """Return how far each companion has come: ``locked``, ``fetched`` or ``built``.

    Args:
        work: What can be worked on; of the others its diagnostics speak.
        chrome: What the references take over from the essay site.
        ports: The world.
    """
    return tuple(Row(j.companion, j.locked, _status(j, chrome, ports)) for j in work.jobs)


def cells(row: Row) -> tuple[str, ...]:
    """Return what a table shows of a row; a dash stands for what nobody knows."""
    released = row.locked.released if row.locked else ""
    licence = row.locked.licence if row.locked else ""
    companion = row.companion
    return companion.name, companion.version, released or "-", licence or "-", row.status


def hand_out(
    work: Plan, built: References, chrome: Chrome, ports: ReferencePorts, folder: Path
) -> None:
    """Copy references into a folder, from where `absorb` takes them on another machine.

    Args:
        work: What was worked on.
        built: What came of it.
        chrome: What the references take over from the essay site.
        ports: The world.
        folder: Each goes into a folder of its own below this one.
    """
    there = {companion.url for companion, _ in built.trees}
    for job in work.jobs:
        if job.companion.url in there:
            home = folder / _folder(job.companion)
            ports.store.hand_out(_keys(job, chrome, ports), home)
            if job.locked is not None:
                # Another machine compares it with other versions.
                ports.sources.hand_out(job.locked, home)


def absorb(
    work: Plan, chrome: Chrome, ports: ReferencePorts, folders: Iterable[Path]
) -> tuple[tuple[Companion, ...], tuple[Diagnostic, ...]]:
    """Take references that were built elsewhere into the store, if they are what is wanted.

    Args:
        work: What is wanted.
        chrome: What the references take over from the essay site.
        ports: The world.
        folders: Folders that `hand_out` wrote.

    Returns:
        The companions whose references were taken in, and an error for each that was refused.
    """
    taken: dict[str, Companion] = {}
    wrong: list[Diagnostic] = []
    for folder in folders:
        for job in work.jobs:
            home = folder / _folder(job.companion)
            if not home.is_dir():
                continue
            try:
                if ports.store.take_in(_keys(job, chrome, ports), home):
                    taken[job.companion.url] = job.companion
                    if job.locked is not None:
                        ports.sources.take_in(job.locked, home)
                else:
                    wrong.append(diagnostic(_foreign(job.companion, home), job, work))
            except CompanionError as failed:
                wrong.append(diagnostic(failed, job, work))
    return tuple(taken.values()), tuple(wrong)


def _folder(companion: Companion) -> str:
    return f"{companion.name}/{companion.version}"


def _foreign(companion: Companion, home: Path) -> CompanionError:
    return IntegrityError(
        f"What lies in {home} is not the reference of {companion.label} as it is wanted here",
        "Build it again, from the same lock, configuration and version of blogtools",
    )


def guide_addresses(work: Plan, read: Iterable[Inventory], ports: ReferencePorts) -> Iterator[str]:
    """Yield the address of each page and picture of a guide that essays may link to.

    Args:
        work: What is to be done.
        read: The symbols of the versions that could be read; of others nothing is asked.
        ports: The world.
    """
    known = {inventory.url for inventory in read}
    for job in work.jobs:
        if job.companion.url in known:
            # A guide that is missing is told where its reference is built.
            with suppress(CompanionError):
                guide = ports.sources.guide(job.companion, job.locked)
                yield from (
                    guide_url(job.companion, file) for file in (guide.files if guide else ())
                )


def _status(job: Job, chrome: Chrome, ports: ReferencePorts) -> str:
    """Return how far one companion has come."""
    try:
        if ports.store.tree(_tree_key(job, chrome, ports)):
            return "built"
    except CompanionError as failed:
        return failed.message
    if job.locked is None:
        return "checkout"
    return "fetched" if ports.sources.is_fetched(job.locked) else "locked"


def _inventory(job: Job, ports: ReferencePorts) -> Inventory:
    """Return the symbols of one companion, from the store where they are known."""
    key = _inventory_key(job, ports)
    known = ports.store.inventory(key)
    if known is not None:
        return known
    read = ports.read(job.companion, ports.sources.folder(job.companion, job.locked))
    ports.store.keep_inventory(key, read)
    return read


def _begun(
    job: Job, chrome: Chrome, ports: ReferencePorts, pool: ThreadPoolExecutor
) -> Callable[[], BuiltTree]:
    """Return what waits for a reference; for one that is kept nobody has to."""
    with suppress(CompanionError):  # it is said by whoever waits
        if (kept := ports.store.tree(_tree_key(job, chrome, ports))) is not None:
            return lambda: kept
    return pool.submit(_tree, job, chrome, ports).result


def _tree(job: Job, chrome: Chrome, ports: ReferencePorts) -> BuiltTree:
    """Return the reference of one companion, from the store where it is known."""
    key = _tree_key(job, chrome, ports)
    known = ports.store.tree(key)
    if known is not None:
        return known
    inventory = _inventory(job, ports)
    source = ports.sources.folder(job.companion, job.locked)
    guide = ports.sources.guide(job.companion, job.locked)

    def make(out: Path) -> tuple[Diagnostic, ...]:
        said = ports.render(job.companion, inventory, source, chrome, out, guide)
        if _tree_key(job, chrome, ports) != key:
            reason = f"The source of {job.companion.label} changed while its reference was built"
            raise CompanionError(reason, "Build again")
        return said

    return ports.store.keep_tree(key, make)


def _keys(job: Job, chrome: Chrome, ports: ReferencePorts) -> Keys:
    """Return what the results for one companion are kept under."""
    return Keys(_inventory_key(job, ports), _tree_key(job, chrome, ports))


def _inventory_key(job: Job, ports: ReferencePorts) -> str:
    """Return the key of everything that an inventory depends on; looks are not among it."""
    plain = replace(job.companion, options={}, source_url="", guide="")
    return _key("inventory", plain, ports.sources.digest(plain, job.locked), ports.reader())


def changes_key(old: Job, new: Job, ports: ReferencePorts) -> str:
    """Return the key of everything that the changes between two versions depend on."""
    parts = [_inventory_key(old, ports), _inventory_key(new, ports)]
    return hashlib.blake2b(json.dumps(["changes", *parts]).encode(), digest_size=16).hexdigest()


def _tree_key(job: Job, chrome: Chrome, ports: ReferencePorts) -> str:
    """Return the key of everything that the bytes of a reference depend on."""
    engines = [ports.reader(), ports.renderer()]
    return _key(
        "tree",
        job.companion,
        _source_digest(job, ports),
        to_builtins(chrome, enc_hook=repr),
        engines,
    )


def _source_digest(job: Job, ports: ReferencePorts) -> str:
    """Return what identifies the source that a job is about."""
    return ports.sources.digest(job.companion, job.locked)


def _key(kind: str, companion: Companion, *parts: object) -> str:
    """Return the digest of a companion and whatever else a result depends on."""
    text = json.dumps(
        [kind, to_builtins(companion, enc_hook=repr), *parts], sort_keys=True, default=repr
    )
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
