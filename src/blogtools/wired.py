"""Puts the adapters into the ports: the plugin, the companions, and most verbs.

``build`` and ``serve`` are in ``wiring.py``, which imports none of this as long as nothing has to
be built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from blogtools.app import locking, planning, reference, shelving
from blogtools.app.changing import all_changes, changes_since
from blogtools.app.check import check, looking
from blogtools.app.ports import CompanionSymbols, Progress, Request, silent
from blogtools.build.memory import Memory
from blogtools.build.plan import Bill
from blogtools.content.options import option_place
from blogtools.mkdocs.driver import MkDocsSite
from blogtools.mkdocs.plugin import BlogPlugin
from blogtools.mkdocs.settings import chrome
from blogtools.model.companion import (
    Chrome,
    Companion,
    CompanionError,
    Guide,
    Inventory,
    Lock,
    packages,
)
from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, UsageError
from blogtools.model.document import Document
from blogtools.model.project import BlogOptions, Project

if TYPE_CHECKING:
    from blogtools.app import draw, run
    from blogtools.app.drift import Drift

LOCK_NAME = "companions.lock"


def reference_ports(project: Project, *, verify: bool = False) -> reference.ReferencePorts:
    """Return the world of the verb ``reference``. Imported here: most builds need none of it.

    Args:
        project: The project.
        verify: Whether to read every file of what is kept, instead of trusting sizes and times.
    """
    from blogtools.companions import reading
    from blogtools.companions.sources import Sources
    from blogtools.companions.store import FileStore
    from blogtools.mkdocs.reference_engine import engine

    lock, _ = read_lock(project)
    return reference.ReferencePorts(
        sources=Sources(project.root, project.state_dir / "companions"),
        store=FileStore(project.state_dir, wanted=len(lock.entries), verify=verify),
        read=reading.read,
        reader=cache(reading.engine),
        render=_build_reference,
        renderer=cache(engine),
        compare=reading.difference,
    )


def _build_reference(
    companion: Companion,
    inventory: Inventory,
    source: Path,
    around: Chrome,
    out: Path,
    guide: Guide | None,
) -> tuple[Diagnostic, ...]:
    """Build a reference; see `build_reference`, which is imported where one is missing."""
    from blogtools.mkdocs.reference import build_reference

    return build_reference(companion, inventory, source, around, out, guide)


def reference_plan(project: Project) -> planning.Plan:
    """Return what is to be done for the project's companions, from its lock."""
    lock, damage = read_lock(project)
    name = project.config_file.name
    if damage:
        # Without a lock every companion would be reported as not locked: say the cause alone.
        return planning.Plan((), lock, name, damage)
    return planning.plan(project.options.companions, lock, name, _place(project))


def _place(project: Project) -> planning.Place:
    """Return what finds an option in the configuration; the file is read only when it is asked."""
    return partial(option_place, project.config_file)


def read_lock(project: Project) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Return the project's lock, and what is wrong with the file."""
    from blogtools.companions import lock

    return lock.read_lock(project.root / LOCK_NAME, LOCK_NAME)


def companion_symbols(project: Project) -> CompanionSymbols:
    """Read the symbols of a project's companions, from the lock and the fetched source."""
    if not project.options.companions:
        return CompanionSymbols()
    plan, ports = reference_plan(project), reference_ports(project)
    found = reference.inventories(plan, ports)
    known = packages(plan.companions)
    changes, untold = all_changes(known, plan, ports)
    return CompanionSymbols(
        found.inventories,
        _missing(project, plan, found),
        tuple(map(_tolerated, dict.fromkeys((*found.diagnostics, *untold)))),
        known,
        plan.lock,
        changes,
        changes_since(known, plan, ports),
        tuple(reference.guide_addresses(plan, found.inventories, ports)),
    )


def _missing(
    project: Project, plan: planning.Plan, found: reference.Inventories
) -> Mapping[str, str]:
    """Return the modules of companions that could not be read, each with where it would be."""
    read = {inventory.url for inventory in found.inventories}
    lost = [(c.modules, c.url) for c in plan.companions if c.url not in read]
    planned = {job.entry for job in plan.jobs}
    for number, entry in enumerate(project.options.companions):
        if number not in planned:
            lost.append((entry.modules, f"reference/{entry.name}/"))
    return {module.partition(".")[0]: url for modules, url in lost for module in modules}


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
) -> tuple[Bill, tuple[Diagnostic, ...]]:
    """Build the references of a gathered site; return what they consist of, and what went wrong."""
    project = site.project
    if not project.options.companions:
        return Bill((), (), {}), ()
    ports = reference_ports(project, verify=memory.files.verify)
    found = reference.build_references(
        reference_plan(project), chrome(site.config), ports, progress
    )
    _note_sources(project, memory)
    # What stopped the symbols from being read was said when they were.
    known = {f"companion/{kind}" for kind in ("not-locked", "fetch", "integrity", "twice")}
    # What a network answers is not for ever.
    said = (*found.diagnostics, *site.plugin.session.companions.diagnostics)
    memory.repeatable &= all(wrong.code != "companion/fetch" for wrong in said)
    bill = shelving.shelved(found.trees, _around(site), memory.environment)
    return bill, tuple(wrong for wrong in found.diagnostics if wrong.code not in known)


def _around(site: MkDocsSite) -> shelving.Surroundings:
    """Return what the pages of references show of a gathered site."""
    session = site.plugin.session
    return shelving.Surroundings(
        site.project.site,
        site.frame,
        session.companions.inventories,
        session.edition.discussions,
        shelving.own_pages(session.companions.packages, session.edition.addresses.files),
    )


def _note_sources(project: Project, memory: Memory) -> None:
    """Have the next build notice when a companion changes."""
    memory.files.digest(memory.files.name(project.root / LOCK_NAME))
    for entry in project.options.companions:
        for folder in entry.folders if entry.shows_working_tree else ():
            memory.files.tree_digests(project.root / folder)


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


def update_references(config_file: Path, progress: Progress) -> locking.Update:
    """Lock the companions, and write the lock if it changes.

    Raises:
        ContentError: The configuration or the lock has errors.
    """
    from blogtools.companions.lock import write_lock
    from blogtools.companions.origins import Origins
    from blogtools.companions.sources import Sources

    project = configured(config_file).project
    lock, damage = read_lock(project)
    if damage:
        raise ContentError(damage)
    origins = Origins(Sources(project.root, project.state_dir / "companions"))
    name, place = config_file.name, _place(project)
    change = locking.update(
        project.options.companions, lock, origins, progress, config_path=name, place=place
    )
    if set(change.lock.entries) != set(lock.entries):
        write_lock(project.root / LOCK_NAME, change.lock)
    return change


def build_references(
    config_file: Path, names: Sequence[str], to: Path | None, progress: Progress
) -> reference.References:
    """Build the references of all companions, or of some, and hand them out if asked to.

    Raises:
        ContentError: They cannot be handed out.
        UsageError: No companion has one of the names.
    """
    site = configured(config_file)
    plan = _selected(reference_plan(site.project), names)
    ports, around = reference_ports(site.project), chrome(site.config)
    built = reference.build_references(plan, around, ports, progress)
    if to is not None:
        try:
            reference.hand_out(plan, built, around, ports, to)
        except CompanionError as failed:
            raise UsageError(str(failed)) from failed
    return built


def _selected(plan: planning.Plan, names: Sequence[str]) -> planning.Plan:
    """Return a plan for the named companions only; for all where no name is given."""
    if not names:
        return plan
    wanted = set[str]()
    for name in names:
        jobs = planning.select(plan, name)
        # What is not planned, because of mistakes in its entry, may have had the name.
        if not jobs and not plan.diagnostics:
            known = ", ".join(f"{job.companion.name}@{job.companion.version}" for job in plan.jobs)
            raise UsageError(f"no companion is called {name}; there is {known or 'none'}")
        wanted |= {job.companion.url for job in jobs}
    return replace(plan, jobs=tuple(job for job in plan.jobs if job.companion.url in wanted))


def absorb_references(
    config_file: Path, folders: Sequence[Path]
) -> tuple[tuple[Companion, ...], tuple[Diagnostic, ...]]:
    """Take references that were built elsewhere into the cache; see `reference.absorb`."""
    site = configured(config_file)
    plan, ports = reference_plan(site.project), reference_ports(site.project)
    return reference.absorb(plan, chrome(site.config), ports, folders)


def list_references(
    config_file: Path,
) -> tuple[tuple[tuple[str, ...], ...], tuple[Diagnostic, ...]]:
    """Return a row for each version: package, version, day, licence, how far it has come.

    Beside it: what is wrong with the others.
    """
    site = configured(config_file)
    plan = reference_plan(site.project)
    rows = reference.listing(plan, chrome(site.config), reference_ports(site.project))
    return tuple(map(reference.cells, rows)), plan.diagnostics


def run_posts(
    config_file: Path,
    names: Sequence[str],
    *,
    update: bool,
    upgrade: bool,
    progress: Progress = silent,
) -> tuple[run.Report, ...]:
    """Run the code of essays; see `blogtools.app.run.run`."""
    from blogtools.app import run
    from blogtools.execution.machinery import LocalMachinery

    project = configured(config_file).project
    machinery = LocalMachinery(project.state_dir / "environments")
    return run.run(project, names, machinery, update=update, upgrade=upgrade, progress=progress)


def draw_posts(
    config_file: Path, names: Sequence[str], *, check: bool, progress: Progress = silent
) -> tuple[draw.Report, ...]:
    """Draw the diagrams of essays and pages; see `blogtools.app.draw.draw`."""
    from blogtools.app import draw
    from blogtools.media import mermaid

    project = configured(config_file).project
    return draw.draw(project, names, mermaid.draw_here, check=check, progress=progress)


def drift_posts(
    config_file: Path,
    names: Sequence[str],
    *,
    runs: bool,
    update: bool,
    progress: Progress = silent,
) -> tuple[tuple[Drift, ...], tuple[Diagnostic, ...]]:
    """Compare essays with the newest versions; see `blogtools.app.drift.drift`.

    Returns:
        What is told of each essay, and the warnings of reading them.

    Raises:
        ContentError: Something else than essays and pages has errors.
        UsageError: There is no such essay, or it names no version.
    """
    from blogtools.app.drift import drift
    from blogtools.app.run import trial
    from blogtools.execution.machinery import LocalMachinery

    site = configured(config_file, drafts=True)
    project = site.project
    machinery = LocalMachinery(project.state_dir / "environments")

    def tried(document: Document, versions: Mapping[str, str]) -> run.Report:
        return trial(project, document, versions, machinery, progress)

    request = Request(config_file, drafts=True)
    site.plugin.lenient = True
    with looking(site, request, progress) as warnings:
        edition = site.plugin.session.edition
        chosen, wrong = tried if runs else None, site.plugin.forgiven
        return drift(edition, names, chosen, wrong, update=update, progress=progress), warnings


def posts_dir(config_file: Path) -> Path:
    """Return the folder of essays that a configuration names, in its file or in one it inherits.

    Raises:
        ContentError: The configuration has errors.
        UsageError: There is no such file.
    """
    return config_file.parent / configured(config_file).project.options.posts_dir
