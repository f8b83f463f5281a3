"""What changed between versions of companions, kept under the digests of both sources."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path

from blogtools.model.changes import Changes, neighbours
from blogtools.model.companion import CompanionError, Package
from blogtools.model.diagnostic import Diagnostic

from .planning import Job, Plan, diagnostic
from .ports import Since
from .reference import ReferencePorts, changes_key


def all_changes(
    packages: Iterable[Package], work: Plan, ports: ReferencePorts
) -> tuple[tuple[Changes, ...], tuple[Diagnostic, ...]]:
    """Return what each release of the packages changed, the newest of each package first.

    Args:
        packages: The packages, with their versions.
        work: What can be worked on.
        ports: The world.

    Returns:
        The changes, and why some cannot be told.
    """
    jobs = {job.companion.url: job for job in work.jobs}
    found: list[Changes] = []
    wrong: list[Diagnostic] = []
    for older, newer in chain.from_iterable(map(neighbours, packages)):
        if older.url in jobs and newer.url in jobs:
            try:
                found.append(difference(jobs[older.url], jobs[newer.url], ports))
            except CompanionError as failed:
                wrong.append(diagnostic(failed, jobs[newer.url], work))
    return tuple(found), tuple(wrong)


def changes_since(packages: Iterable[Package], work: Plan, ports: ReferencePorts) -> Since:
    """Return what finds out, when it is asked, what changed from a version to the latest one.

    Args:
        packages: The packages, with their versions.
        work: What can be worked on.
        ports: The world.
    """
    jobs = {job.companion.url: job for job in work.jobs}
    known = {package.name: package for package in packages}

    @cache
    def since(name: str, version: str) -> Changes | None:
        package = known.get(name)
        old = package.find(version) if package else None
        if package is None or old is None:
            return None
        pair = jobs.get(old.url), jobs.get(package.latest.url)
        if pair[0] is None or pair[1] is None:
            return None
        with suppress(CompanionError):
            return difference(pair[0], pair[1], ports)
        return None

    return since


def difference(old: Job, new: Job, ports: ReferencePorts) -> Changes:
    """Return what changed between any two versions of a package.

    Args:
        old: The older version.
        new: The newer version.
        ports: The world.

    Raises:
        CompanionError: One of the two cannot be read.
    """
    key = changes_key(old, new, ports)
    known = ports.store.changes(key)
    if known is not None:
        return known
    found = ports.compare(old.companion, _source(old, ports), new.companion, _source(new, ports))
    ports.store.keep_changes(key, found)
    return found


def _source(job: Job, ports: ReferencePorts) -> Path:
    return ports.sources.folder(job.companion, job.locked)
