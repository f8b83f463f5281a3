"""The verb ``build``: a whole site appears, or the last good one stays.

A clean build is a build whose memory is empty; there is no other way to build. What is imported
here has to be little: a build that finds nothing changed imports nothing else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from blogtools.build.files import Files
from blogtools.build.inputs import inputs_of, unchanged
from blogtools.build.ledger import LastBuild, Ledger, Manifest, Outcome
from blogtools.build.looking import Look, looking
from blogtools.build.making import Folders, Result, Step, make
from blogtools.build.memory import Memory
from blogtools.build.outputs import staged, sweep
from blogtools.build.recording import Opened, recorded
from blogtools.build.store import Store
from blogtools.build.twins import beside, twinning
from blogtools.build.workers import no_collector
from blogtools.model.diagnostic import ContentError, Diagnostic, Disturbed, UsageError
from blogtools.model.digest import digest_of

from .ports import Progress, Request, Site, silent
from .shards import absorb_shards

if TYPE_CHECKING:
    from blogtools.build.plan import Bill

#: A site as a generator opened it; what adds references may need more of it than this verb does.
S = TypeVar("S", bound=Site)

#: How large the store may grow, in bytes; BLOGTOOLS_STORE_LIMIT in the environment says otherwise.
STORE_LIMIT = 2 * 1024**3


class Report(Struct, frozen=True):
    """What a build came to.

    Attributes:
        site_dir: Where the site is.
        pages: How many pages the site has.
        diagnostics: The warnings.
        seconds: How long it took.
        notices: What else an author should know.
        steps: What had to be made, and why; None where nobody can know, and all was made.
        others: Why each file that is only copied, or is gone, is not as it was, by its path.
    """

    site_dir: Path
    pages: int
    diagnostics: tuple[Diagnostic, ...]
    seconds: float
    notices: tuple[str, ...] = ()
    steps: tuple[Step, ...] | None = ()
    others: Mapping[str, str] = field(default_factory=dict)


# How nice a process is of which the answer is wanted only when pages are made, see `aside`.
_LATER = 5
# How often a build begins again, because something else changed what it reads, or the site.
_ATTEMPTS = 5


#: Builds the companions' references of a site; returns what they consist of, and what went wrong.
References = Callable[[S, Memory, Progress], tuple["Bill", tuple[Diagnostic, ...]]]


def build(
    request: Request,
    generator: Callable[[Request], S],
    references: References[S],
    progress: Progress = silent,
) -> Report:
    """Build a site, or only what of it is not as it should be.

    Args:
        request: What to build.
        generator: Opens the site.
        references: Builds the companions' references.
        progress: Is told how far the build is.

    Raises:
        ContentError: The content has errors, or warnings where the build is strict.
        UsageError: The build cannot begin.
    """
    why = ""
    for _ in range(_ATTEMPTS):
        try:
            return _build(request, generator, references, progress)
        except Disturbed as disturbed:
            why = str(disturbed)
    raise UsageError(why)


def _build(
    request: Request,
    generator: Callable[[Request], S],
    references: References[S],
    progress: Progress,
) -> Report:
    began = time.perf_counter()
    with no_collector(), remembering(request) as place:
        same = None if request.insist else _unchanged(place)
        if same is not None:
            sweep(place.site_dir)
            _refuse_warnings(request.strict, same.diagnostics)
            seconds = time.perf_counter() - began
            return Report(
                place.site_dir, same.pages, same.diagnostics, seconds, (*same.notices, *place.said)
            )
        with place.memory.files.read_ahead():
            site = generator(request)
            site.configure(place.memory)
            _protect(site.sources, site.site_dir)
            make_site = _whole if site.whole_because() else _rest
            outcome, result = make_site(request, site, references, place, progress)
        seconds = time.perf_counter() - began
        notices = (*outcome.notices, *place.said)
        report = Report(site.site_dir, outcome.pages, outcome.diagnostics, seconds, notices, None)
        return replace(report, steps=result.steps, others=result.others) if result else report


# -- the memory ------------------------------------------------------------------------------


class Place(Struct, frozen=True, dict=True):
    """What is kept of the builds of one site, and where.

    Attributes:
        memory: What is known from the last build.
        last: The ledger of that build.
        site_dir: Where the site was put by it.
        look: Waits for what came of looking at that.
        spare: Where the site before the last is kept.
        opened: What this build has opened so far to read it.
    """

    memory: Memory
    last: LastBuild
    site_dir: Path
    look: Callable[[], Look]
    spare: Path
    opened: Opened

    def left_in(self, site_dir: Path) -> Look:
        """Return what is left of the last build in a folder: nothing, if that went elsewhere."""
        return self.look() if site_dir.resolve() == self.site_dir.resolve() else Look()

    @property
    def said(self) -> tuple[str, ...]:
        """Return what the author should know of the store."""
        store = self.memory.store
        if store is None:
            return ()
        said = (store.trouble,) if store.trouble else store.said
        return tuple(f"The store of earlier builds: {one}." for one in said)


def state_dir(config_file: Path) -> Path:
    """Return the folder of everything that builds keep; it may be deleted at any time."""
    return config_file.resolve().parent / ".blogtools/build"


@contextmanager
def remembering(request: Request, *, writable: bool = True) -> Iterator[Place]:
    """Give what the last build of the same site left behind; only to look at, if not writable."""
    root, name = request.config_file.resolve().parent, _name_of(request)
    store = Store(state_dir(request.config_file) / "store.sqlite", writable=writable)
    if writable:
        absorb_shards(store, request.config_file)
    try:
        last = LastBuild(store, name)
        verify = insists(request.verify)
        memory = Memory.after(last, Files(root, last.seen, verify=verify), store)
        site_dir = root / last.outcome.site_dir
        spare = state_dir(request.config_file) / "spare" / name
        with looking(site_dir, last.site, verify=verify) as look, recorded() as opened:
            yield Place(memory, last, site_dir, look, spare, opened)
    finally:
        store.close()


def _name_of(request: Request) -> str:
    """Return the name of a site in the store."""
    root = request.config_file.resolve().parent
    where = "" if request.site_dir is None else os.path.relpath(request.site_dir.resolve(), root)
    return digest_of(request.config_file.name, where, request.drafts).hex()


def insists(verify: bool) -> bool:
    """Return whether every file is read: where somebody asks for it, and always where CI is set."""
    return verify or os.environ.get("CI", "") not in ("", "false")


@contextmanager
def recalling(request: Request) -> Iterator[Memory]:
    """Give what the last build knew of files and essays, and of nothing else; only to look at."""
    store = Store(state_dir(request.config_file) / "store.sqlite", writable=False)
    try:
        last = LastBuild(store, _name_of(request))
        root = request.config_file.resolve().parent
        files = Files(root, last.seen, verify=insists(request.verify))
        # Essays are understood as that build understood them, with whatever was installed.
        environment = last.inputs.environment if last.inputs else b""
        yield Memory(files, last, store, environment=environment)
    finally:
        store.close()


def _unchanged(place: Place) -> Outcome | None:
    """Return what the last build came to, if a build of now would come to the same."""
    last, memory = place.last, place.memory
    if last.inputs is None or not unchanged(last.inputs, last.seen, memory):
        return None
    if not place.look().as_left:
        return None
    if memory.files.reread:
        # Spare the next build the reading of what had to be read now.
        last.replace("seen", memory.files.record())
    outcome: Outcome = last.outcome
    return outcome


# -- building --------------------------------------------------------------------------------


def _rest(
    request: Request, site: S, references: References[S], place: Place, progress: Progress
) -> tuple[Outcome, Result | None]:
    """Make what is stale, and carry over the rest."""
    memory, last = place.memory, place.last
    with suppress(OSError):  # then there is no spare; the store says what is wrong
        place.spare.parent.mkdir(parents=True, exist_ok=True)
    verify = memory.files.verify
    with (
        staged(site.site_dir, (request.config_file,), place.spare) as folder,
        twinning(folder, last.spare, place.spare, wanted=not site.site_dir.exists()) as twinned,
        looking(folder, last.spare, verify=verify, nice=_LATER) as spare,
    ):
        warnings = site.gather(folder, memory, progress)
        _refuse_warnings(site.strict, warnings)
        trees, more = references(site, memory, progress)
        _refuse_warnings(site.strict, more)
        bill = site.bill().beside(trees)
        _refuse_nested(site, bill, last)
        folders = Folders(site.site_dir, place.left_in(site.site_dir), folder, spare())
        result = make(bill, memory, folders, site.workers, partial(progress, "Writing"))
        memory.files.demand_unchanged(place.opened)
        older = result.site if twinned(spare(), result.site) else last.site
    outcome = _outcome(site, bill.pages, (*warnings, *more))
    _remember(place, site, bill, result, outcome, older)
    return outcome, result


def _whole(
    request: Request, site: S, references: References[S], place: Place, progress: Progress
) -> tuple[Outcome, None]:
    """Make everything, one page after the other: somebody else's code may look at all of it."""
    memory = place.memory
    with staged(site.site_dir, (request.config_file,)) as folder:
        warnings = site.gather(folder, memory, progress)
        _refuse_warnings(site.strict, warnings)
        pages = site.write(progress)
        trees, more = references(site, memory, progress)
        _refuse_warnings(site.strict, more)
        folders = Folders(folder, Look(), folder, Look())
        for copy in trees.copies:
            folders.copy(copy)
        for target in trees.targets:
            folders.write(target.path, target.make())
    return _outcome(site, pages, (*warnings, *more)), None


def _outcome(site: Site, pages: int, warnings: tuple[Diagnostic, ...]) -> Outcome:
    where = os.path.relpath(site.site_dir, site.project.root)
    return Outcome(pages, tuple(sorted({*warnings})), site.notices, where)


def _remember(
    place: Place, site: Site, bill: Bill, result: Result, outcome: Outcome, spare: Manifest
) -> None:
    """Let the next build know of this one, and of what is in the spare's place by now."""
    memory, last = place.memory, place.last
    ledger = Ledger(
        inputs=inputs_of(memory, site.outside()) if memory.repeatable else None,
        seen=memory.files.record(),
        outcome=outcome,
        site=result.site,
        spare=spare,
        documents=memory.documents,
        conversions=memory.conversions,
        links=memory.links,
        made=result.made,
        reads=result.reads,
        shared=bill.shared,
        common=memory.common,
        own=memory.own,
    )
    with beside(site.site_dir, result.site, place.spare) as twinned:
        last.save(ledger)
        if memory.store is not None:
            memory.store.prune(_limit(), memory.in_use())
        if twinned():
            last.replace("spare", result.site)


def _limit() -> int:
    with suppress(KeyError, ValueError):
        return int(os.environ["BLOGTOOLS_STORE_LIMIT"])
    return STORE_LIMIT


def _protect(sources: tuple[Path, ...], site_dir: Path) -> None:
    """Refuse a site that would replace, or lie among, what the author wrote."""
    for folder in sources:
        inside, around = site_dir.resolve(), folder.resolve()
        if inside.is_relative_to(around) or around.is_relative_to(inside):
            raise UsageError(
                f"the site would lie in, or replace, {folder}; choose another --site-dir"
            )


def _refuse_nested(site: Site, bill: Bill, last: LastBuild) -> None:
    """Refuse files of which one would have to be a folder, too, whoever made them.

    Those that the last build knew all together were not.
    """
    known = last.made.keys() | last.site.keys()
    if known.issuperset(bill.paths) or (nested := bill.nested()) is None:
        return
    sources = {copy.path: Path(copy.source) for copy in bill.copies}
    file = next((sources[path] for path in nested if path in sources), site.project.config_file)
    message = f"the site cannot have both /{nested[0]} and /{nested[1]}: one is a folder"
    where = site.project.relative(file)
    raise ContentError((Diagnostic(where, 1, 1, "url/collision", message, "Rename one of them"),))


def _refuse_warnings(strict: bool, warnings: tuple[Diagnostic, ...]) -> None:
    if strict and warnings:
        raise ContentError(warnings)
