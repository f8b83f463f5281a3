"""Puts the adapters into the ports: the plugin, the companions, and most verbs.

``build`` and ``serve`` are in ``wiring.py``, which imports none of this as long as nothing has to
be built.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from blogtools.app import reference
from blogtools.app.check import check
from blogtools.app.ports import CompanionSymbols, Progress, Request, silent
from blogtools.build.memory import Memory
from blogtools.build.plan import Copy
from blogtools.mkdocs.driver import MkDocsSite
from blogtools.mkdocs.plugin import BlogPlugin
from blogtools.mkdocs.settings import chrome
from blogtools.model.companion import Lock, packages
from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, UsageError
from blogtools.model.digest import digest
from blogtools.model.project import BlogOptions, Project

LOCK_NAME = "companions.lock"


def reference_ports(project: Project) -> reference.ReferencePorts:
    """Return the world of the verb ``reference``. Imported here: most builds need none of it."""
    from blogtools.companions import fetch, reading
    from blogtools.companions.sources import Sources
    from blogtools.companions.store import FileStore
    from blogtools.mkdocs import reference as builder

    sources = project.state_dir / "companions"
    return reference.ReferencePorts(
        sources=Sources(project.root, sources),
        store=FileStore(project.state_dir),
        read=reading.read,
        reader=reading.engine,
        render=builder.build_reference,
        renderer=builder.engine,
        resolve=lambda name, version: fetch.resolve(name, version, sources),
    )


def reference_plan(project: Project) -> reference.Plan:
    """Return what is to be done for the project's companions, from its lock."""
    lock, damage = read_lock(project)
    if damage:
        # Without a lock every companion would be reported as not locked: say the cause alone.
        return reference.Plan((), lock, project.config_file.name, damage)
    return reference.plan(project.options.companions, lock, project.config_file.name)


def read_lock(project: Project) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Return the project's lock, and what is wrong with the file."""
    from blogtools.companions import lock

    return lock.read_lock(project.root / LOCK_NAME, LOCK_NAME)


def companion_symbols(project: Project) -> CompanionSymbols:
    """Read the symbols of a project's companions, from the lock and the fetched source."""
    if not project.options.companions:
        return CompanionSymbols()
    found = reference.inventories(reference_plan(project), reference_ports(project))
    read = {(inventory.name, inventory.version) for inventory in found.inventories}
    missing = {
        module.partition(".")[0]: companion.url
        for companion in project.options.companions
        if (companion.name, companion.version) not in read
        for module in companion.modules
    }
    return CompanionSymbols(
        found.inventories,
        missing,
        tuple(map(_tolerated, found.diagnostics)),
        packages(project.options.companions),
    )


def _tolerated(found: Diagnostic) -> Diagnostic:
    """Let a build go on without a companion that cannot be fetched; a strict one still stops."""
    if found.code != "companion/fetch":
        return found
    return replace(found, severity=Severity.WARNING)


class WiredPlugin(BlogPlugin):  # type: ignore[no-untyped-call]
    """The plugin that MkDocs finds, with the companions behind its port."""

    symbols = staticmethod(companion_symbols)


def build_references_of(
    site: MkDocsSite, memory: Memory, progress: Progress
) -> tuple[tuple[Copy, ...], tuple[Diagnostic, ...]]:
    """Build the references of a gathered site; return their files, and what went wrong."""
    project = site.project
    if not project.options.companions:
        return (), ()
    found = reference.build_references(
        reference_plan(project), chrome(site.config), reference_ports(project), progress
    )
    _note_sources(project, memory)
    # What stopped the symbols from being read was said when they were.
    known = {f"companion/{kind}" for kind in ("not-locked", "fetch", "integrity", "twice")}
    # What a network answers is not for ever.
    memory.repeatable &= all(wrong.code != "companion/fetch" for wrong in found.diagnostics)
    files = tuple(Copy(path, str(file), digest(file.read_bytes())) for path, file in found.files())
    return files, tuple(wrong for wrong in found.diagnostics if wrong.code not in known)


def _note_sources(project: Project, memory: Memory) -> None:
    """Have the next build notice when a companion changes."""
    memory.files.digest(memory.files.name(project.root / LOCK_NAME))
    for companion in project.options.companions:
        if companion.source == "checkout":
            memory.files.tree_digests(project.root / companion.path)


# -- verbs -----------------------------------------------------------------------------------


def check_site(request: Request, progress: Progress = silent) -> tuple[Diagnostic, ...]:
    """Check a project; see `blogtools.app.check.check`."""
    return check(request, MkDocsSite, progress)


def configured(config_file: Path, *, drafts: bool = False) -> MkDocsSite:
    """Return a site whose project is known, and whose content is not read yet."""
    site = MkDocsSite(Request(config_file, drafts=drafts))
    site.configure()
    return site


def taxonomies(config_file: Path) -> tuple[str, ...]:
    """Return the names of a blog's taxonomies; those that every blog has, without a blog."""
    if not config_file.is_file():
        return tuple(BlogOptions().active_taxonomies)
    return tuple(configured(config_file).project.options.active_taxonomies)


def update_references(config_file: Path, progress: Progress) -> reference.Update:
    """Lock the companions, and write the lock if it changes.

    Raises:
        ContentError: The configuration or the lock has errors.
    """
    from blogtools.companions.lock import write_lock

    project = configured(config_file).project
    lock, damage = read_lock(project)
    if damage:
        raise ContentError(damage)
    ports = reference_ports(project)
    change = reference.update(project.options.companions, lock, ports, progress, config_file.name)
    if change.added or change.removed:
        write_lock(project.root / LOCK_NAME, change.lock)
    return change


def build_references(config_file: Path, name: str, progress: Progress) -> reference.References:
    """Build the references of all companions, or of one.

    Raises:
        UsageError: No companion has this name.
    """
    site = configured(config_file)
    plan = reference_plan(site.project)
    chosen = reference.select(plan, name) if name else plan
    if name and not chosen.jobs and not chosen.diagnostics:
        known = ", ".join(f"{job.companion.name}@{job.companion.version}" for job in plan.jobs)
        raise UsageError(f"no companion is called {name}; there is {known or 'none'}")
    ports = reference_ports(site.project)
    return reference.build_references(chosen, chrome(site.config), ports, progress)


def list_references(config_file: Path) -> tuple[tuple[reference.Row, ...], tuple[Diagnostic, ...]]:
    """Return how far each companion has come, and what is wrong with the others."""
    site = configured(config_file)
    plan = reference_plan(site.project)
    rows = reference.listing(plan, chrome(site.config), reference_ports(site.project))
    return rows, plan.diagnostics


def posts_dir(config_file: Path) -> Path:
    """Return the folder of essays that a configuration names, in its file or in one it inherits.

    Raises:
        ContentError: The configuration has errors.
        UsageError: There is no such file.
    """
    return config_file.parent / configured(config_file).project.options.posts_dir
