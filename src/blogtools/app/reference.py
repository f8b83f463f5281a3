"""The verb ``reference``: lock companions, read their symbols, build and place their references.

Every companion stands for itself: what fails is said, and the others go on. Results are kept under
a key that holds everything they are made of, so nothing is read, built or fetched twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from blogtools.model.companion import (
    Chrome,
    Companion,
    CompanionError,
    IntegrityError,
    Inventory,
    Lock,
    Locked,
    normal_name,
)
from blogtools.model.diagnostic import Diagnostic

from .ports import Progress, silent

#: References that are built at once; each is a process of its own.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class BuiltTree:
    """One reference as files.

    Attributes:
        folder: Where it lies, among the caches: for reading only.
        diagnostics: What its build complained of.
    """

    folder: Path
    diagnostics: tuple[Diagnostic, ...] = ()


class Sources(Protocol):
    """Knows where a companion's source is."""

    def digest(self, companion: Companion, locked: Locked | None) -> str:
        """Return what changes whenever the source does; needs no network. Raises FetchError."""

    def folder(self, companion: Companion, locked: Locked | None) -> Path:
        """Return the folder of its modules, fetched where needed. Raises FetchError."""

    def is_fetched(self, locked: Locked) -> bool:
        """Return whether `folder` needs no network."""


class Store(Protocol):
    """Keeps results by key; what is damaged is as good as absent."""

    def inventory(self, key: str) -> Inventory | None:
        """Return a kept inventory."""

    def keep_inventory(self, key: str, inventory: Inventory) -> None:
        """Keep an inventory."""

    def tree(self, key: str) -> BuiltTree | None:
        """Return a kept tree."""

    def keep_tree(self, key: str, make: Callable[[Path], tuple[Diagnostic, ...]]) -> BuiltTree:
        """Make a tree in a folder of its own and keep it, as a whole or not at all."""


#: Reads everything public in a companion from the folder of its modules. Raises CompanionError.
Read = Callable[[Companion, Path], Inventory]
#: Builds a reference into a folder that does not exist yet. Raises CompanionError.
Render = Callable[[Companion, Inventory, Path, Chrome, Path], tuple[Diagnostic, ...]]
#: Asks the index for a version of a package. Raises CompanionError.
Resolve = Callable[[str, str], Locked]


@dataclass(frozen=True, slots=True)
class ReferencePorts:
    """What this verb needs from the world.

    Attributes:
        sources: Where source comes from.
        store: Where results are kept.
        read: Reads symbols.
        reader: Says which reader that is: another one may read differently.
        render: Builds a reference.
        renderer: Says which builder that is.
        resolve: Asks the index.
    """

    sources: Sources
    store: Store
    read: Read
    reader: Callable[[], str]
    render: Render
    renderer: Callable[[], str]
    resolve: Resolve


@dataclass(frozen=True, slots=True)
class Job:
    """One companion with its entry in the lock; a checkout has none."""

    companion: Companion
    locked: Locked | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The companions that can be worked on, and what is wrong with the others."""

    jobs: tuple[Job, ...]
    lock: Lock
    config_path: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Inventories:
    """The symbols of every companion that could be read, and what was wrong."""

    inventories: tuple[Inventory, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class References:
    """The references of every companion that could be built, and what was wrong."""

    trees: tuple[tuple[Companion, BuiltTree], ...]
    diagnostics: tuple[Diagnostic, ...]

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield every file of the references: where it belongs in the site, and where it is."""
        for companion, tree in self.trees:
            for file in sorted(path for path in tree.folder.rglob("*") if path.is_file()):
                yield companion.url + file.relative_to(tree.folder).as_posix(), file


@dataclass(frozen=True, slots=True)
class Update:
    """A new lock; `added` and `removed` name what changed in it."""

    lock: Lock
    added: tuple[Locked, ...]
    removed: tuple[Locked, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``reference list``; the status is the furthest that a companion has come."""

    companion: Companion
    status: str


def plan(companions: tuple[Companion, ...], lock: Lock, config_path: str = "mkdocs.yml") -> Plan:
    """Find every companion's entry in the lock.

    Args:
        companions: The companions of the configuration.
        lock: What is locked.
        config_path: The configuration file, as diagnostics show it.

    Returns:
        What can be worked on, and an error for each companion that cannot.
    """
    jobs: dict[str, Job] = {}
    found: list[Diagnostic] = []
    for companion in companions:
        locked = lock.find(companion) if companion.source == "pypi" else None
        if companion.url in jobs:
            found.append(_twice(companion, config_path))
        elif companion.source == "pypi" and locked is None:
            found.append(_not_locked(companion, lock))
        else:
            jobs[companion.url] = Job(companion, locked)
    return Plan(tuple(jobs.values()), lock, config_path, tuple(found))


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
            wrong.append(_diagnostic(failed, job, work))
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
        results = [pool.submit(_tree, job, chrome, ports) for job in work.jobs]
        for number, (job, result) in enumerate(zip(work.jobs, results, strict=True)):
            progress(f"Reference of {job.companion.label}", number, len(results))
            try:
                trees.append((job.companion, result.result()))
                wrong += trees[-1][1].diagnostics
            except CompanionError as failed:
                wrong.append(_diagnostic(failed, job, work))
    progress("References", len(results), len(results))
    return References(tuple(trees), tuple(wrong))


def update(
    companions: tuple[Companion, ...],
    lock: Lock,
    ports: ReferencePorts,
    progress: Progress = silent,
    config_path: str = "mkdocs.yml",
) -> Update:
    """Lock every companion of the configuration, and nothing else.

    A version that is locked stays as it is: what is published under a version does not change, and
    an index that says otherwise is to be noticed (by the fetch), not followed.

    Args:
        companions: The companions of the configuration.
        lock: What is locked so far.
        ports: The world.
        progress: Is told what happens.
        config_path: The configuration file, as diagnostics show it.

    Returns:
        The new lock, and what went wrong; a package of which a version could not be resolved keeps
        the versions it had.
    """
    wanted = {(normal_name(c.name), c.version): c for c in companions if c.source == "pypi"}
    kept = {key: found for key, c in wanted.items() if (found := lock.find(c)) is not None}
    missing = {key: companion for key, companion in wanted.items() if key not in kept}
    added: list[Locked] = []
    wrong: list[Diagnostic] = []
    for number, companion in enumerate(missing.values()):
        progress(f"Locking {companion.label}", number, len(missing))
        try:
            added.append(ports.resolve(companion.name, companion.version))
        except CompanionError as failed:
            wrong.append(_error(config_path, 1, "companion/fetch", failed.message, failed.hint))
    entries = (*kept.values(), *added)
    entries += _spared(lock, missing, entries)
    removed = tuple(entry for entry in lock.entries if entry not in entries)
    return Update(Lock(entries, lock.path), tuple(added), removed, tuple(wrong))


def _spared(
    lock: Lock, wanted: Iterable[tuple[str, str]], entries: tuple[Locked, ...]
) -> tuple[Locked, ...]:
    """Return the old entries of packages whose wanted version is not there: they are of use yet."""
    there = {(normal_name(entry.name), entry.version) for entry in entries}
    failed = {name for name, version in wanted if (name, version) not in there}
    old = (entry for entry in lock.entries if normal_name(entry.name) in failed)
    return tuple(entry for entry in old if entry not in entries)


def listing(work: Plan, chrome: Chrome, ports: ReferencePorts) -> tuple[Row, ...]:
    """Return how far each companion has come: ``locked``, ``fetched`` or ``built``.

    Args:
        work: What can be worked on; of the others its diagnostics speak.
        chrome: What the references take over from the essay site.
        ports: The world.
    """
    return tuple(Row(job.companion, _status(job, chrome, ports)) for job in work.jobs)


def select(work: Plan, name: str) -> Plan:
    """Return only the jobs of one package, or of one version of it.

    Args:
        work: What can be worked on.
        name: ``metalog-jax`` or ``metalog-jax@2.2.0``.
    """
    package, _, version = name.partition("@")
    jobs = (job for job in work.jobs if normal_name(job.companion.name) == normal_name(package))
    return replace(work, jobs=tuple(j for j in jobs if version in ("", j.companion.version)))


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


def _tree(job: Job, chrome: Chrome, ports: ReferencePorts) -> BuiltTree:
    """Return the reference of one companion, from the store where it is known."""
    key = _tree_key(job, chrome, ports)
    known = ports.store.tree(key)
    if known is not None:
        return known
    inventory = _inventory(job, ports)
    source = ports.sources.folder(job.companion, job.locked)

    def make(out: Path) -> tuple[Diagnostic, ...]:
        said = ports.render(job.companion, inventory, source, chrome, out)
        if _tree_key(job, chrome, ports) != key:
            reason = f"The source of {job.companion.label} changed while its reference was built"
            raise CompanionError(reason, "Build again")
        return said

    return ports.store.keep_tree(key, make)


def _inventory_key(job: Job, ports: ReferencePorts) -> str:
    """Return the key of everything that an inventory depends on; looks are not among it."""
    looks = replace(job.companion, options={}, source_url="")
    return _key("inventory", looks, _source_digest(job, ports), ports.reader())


def _tree_key(job: Job, chrome: Chrome, ports: ReferencePorts) -> str:
    """Return the key of everything that the bytes of a reference depend on."""
    engines = [ports.reader(), ports.renderer()]
    return _key("tree", job.companion, _source_digest(job, ports), asdict(chrome), engines)


def _source_digest(job: Job, ports: ReferencePorts) -> str:
    """Return what identifies the source that a job is about."""
    return ports.sources.digest(job.companion, job.locked)


def _key(kind: str, companion: Companion, *parts: object) -> str:
    """Return the digest of a companion and whatever else a result depends on."""
    text = json.dumps([kind, asdict(companion), *parts], sort_keys=True, default=repr)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _diagnostic(failed: CompanionError, job: Job, work: Plan) -> Diagnostic:
    """Return a failure at the entry of the lock, or of a checkout in the configuration."""
    if job.locked is None:
        return _error(work.config_path, 1, "companion/source", failed.message, failed.hint)
    line = work.lock.line(job.locked)
    kind = "integrity" if isinstance(failed, IntegrityError) else "fetch"
    return _error(work.lock.path, line, f"companion/{kind}", failed.message, failed.hint)


def _not_locked(companion: Companion, lock: Lock) -> Diagnostic:
    """Return the error for a companion that the lock does not know."""
    message = f"{companion.label} is not locked"
    others = [e for e in lock.entries if normal_name(e.name) == normal_name(companion.name)]
    if others:
        message += f", only {', '.join(entry.version for entry in others)}"
    line = lock.line(others[0]) if others else 1
    hint = "Run `blogtools reference update` and commit the lock"
    return _error(lock.path, line, "companion/not-locked", message, hint)


def _twice(companion: Companion, config_path: str) -> Diagnostic:
    """Return the error for a companion that is configured a second time."""
    message = f"{companion.label} is configured twice"
    hint = "Delete one of its entries under `companions`"
    return _error(config_path, 1, "companion/twice", message, hint)


def _error(path: str, line: int, code: str, message: str, hint: str) -> Diagnostic:
    """Return an error."""
    return Diagnostic(path, line, 1, code, message, hint)
