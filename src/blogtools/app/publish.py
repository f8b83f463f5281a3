"""The verb ``publish``: a release appears as a whole, or what was live stays.

Everything is looked at before anything is put anywhere; then the release is assembled beside the
live one, and takes its place in one step.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from blogtools import __version__
from blogtools.build.outputs import held
from blogtools.build.workers import no_collector, worker_count
from blogtools.model.diagnostic import ContentError, UsageError
from blogtools.model.evidence import HISTORY
from blogtools.model.project import Project
from blogtools.model.release import (
    ABOUT,
    MANIFEST,
    SIGNATURE,
    Manifest,
    digest_of_files,
    encoded,
    name_of,
)
from blogtools.publishing import permanence
from blogtools.publishing.assembling import assemble
from blogtools.publishing.compressing import Siblings
from blogtools.publishing.hashes import Hashes, Part, survey
from blogtools.publishing.placing import Kept, Place
from blogtools.publishing.rules import Rule
from blogtools.publishing.signing import private_key, signed
from blogtools.publishing.statement import enveloped, provenance

from .build import insists
from .ports import Progress, silent
from .release_before import Earlier
from .release_checks import Candidate, Checked, check
from .release_parts import (
    Evidence,
    Made,
    about,
    all_rules,
    made_files,
    search_parts,
    told,
)

#: Locks that a project may have, besides that of its companions.
LOCKS = (
    "companions.lock",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "requirements*.txt",
    "requirements/*.txt",
)


class Order(Struct, frozen=True):
    """What is to be published, and where.

    Attributes:
        site: The folder of the built site.
        to: Where the release is to go live.
        check: Whether only to look.
        link: Whether the place becomes a link to the release, where there is nothing yet.
        search: Whether the site can be searched.
        evidence: The folder of the pipeline's reports; None where nobody has any.
        key: The file of the key to sign with; None to sign nothing.
        keep: How many releases are kept; None for what the configuration says.
        verify: Whether to read every file, instead of trusting sizes and times.
        preview: Whether it is only for reviewers, and never goes live.
    """

    site: Path
    to: Path
    check: bool = False
    link: bool = False
    search: bool = True
    evidence: Path | None = None
    key: Path | None = None
    keep: int | None = None
    verify: bool = False
    preview: bool = False


class Origin(Struct, frozen=True):
    """Where a release comes from, as whoever makes it says.

    Attributes:
        created: The moment that it speaks from.
        surroundings: The environment variables.
        commit: The commit; empty where nobody knows.
        builder: Who makes it.
        run: The very run that makes it; may be empty.
        source: The repository; may be empty.
    """

    created: datetime
    surroundings: Mapping[str, str] = field(default_factory=dict)
    commit: str = ""
    builder: str = ""
    run: str = ""
    source: str = ""


class Live(Struct, frozen=True):
    """What is live somewhere else than at the place of the release.

    Attributes:
        manifest: Its manifest; None where there is nothing.
        history: The history of its evidence; empty where there is none.
    """

    manifest: Manifest | None = None
    history: bytes = b""


class Published(Struct, frozen=True):
    """What came of publishing.

    Attributes:
        manifest: The release's.
        pages: How many pages it has.
        size: How many bytes all its files have.
        compressed: How many files had to be compressed.
        linked: How many files are those of an earlier release, or of the store.
        change: What is new against what was live; None where nothing was.
        pruned: The releases that were removed.
        seconds: How long it took.
        placed: Whether it went live.
    """

    manifest: Manifest
    pages: int
    size: int
    compressed: int
    linked: int
    change: permanence.Change | None
    pruned: tuple[str, ...]
    seconds: float
    placed: bool


def publish(
    project: Project,
    order: Order,
    origin: Origin,
    live: Live | None = None,
    progress: Progress = silent,
) -> Published:
    """Publish a site.

    Args:
        project: The project, its clock among it.
        order: What is to be published, and where.
        origin: Where it comes from.
        live: What is live, where that is not at the place itself.
        progress: Is told how far it is.

    Raises:
        ContentError: The release is not as it must be.
        UsageError: It cannot be made, or put there.
    """
    began = time.perf_counter()
    place = Place(order.to)
    with (
        _alone(project, order, place) as (memory, order),
        nullcontext() if order.check else place.locked(),
    ):
        done = _Work(project, order, origin, place, memory, progress).done(live)
    return replace(done, seconds=time.perf_counter() - began)


@contextmanager
def looking(
    project: Project,
    order: Order,
    origin: Origin,
    live: Live | None = None,
    progress: Progress = silent,
) -> Iterator[tuple[Candidate, Checked]]:
    """Give what would be published, and what is wrong with it; see `publish` for the rest.

    Its files stay where they are until the block ends.
    """
    place = Place(order.to)
    with _alone(project, order, place) as (memory, order):
        work = _Work(project, order, origin, place, memory, progress)
        with held(order.site.parent):
            found = work.looked(live)
        # Whoever puts them somewhere beside the site has to hold that folder.
        yield found


def _refuse(site: Path, place: Place) -> None:
    """Refuse what is no built site."""
    if (site / MANIFEST).exists():
        raise UsageError(f"{site} is a release already; name the built site with --site")
    inside, around = site, place.to
    if inside.is_relative_to(around) or around.is_relative_to(inside):
        raise UsageError(f"the release would lie in, or replace, {site}; choose another --to")


@contextmanager
def _alone(project: Project, order: Order, place: Place) -> Iterator[tuple[Path, Order]]:
    """Wait for another publish of the same project: both would write what is remembered.

    Yields:
        Where that is, and the order with the site where it really is.

    Raises:
        UsageError: The site is no built site, or nothing can be remembered.
    """
    site = order.site.resolve()
    _refuse(site, place)
    memory = project.state_dir / "publishing"
    try:
        memory.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise UsageError(f"nothing can be kept in {memory}: {refused.strerror}") from refused
    with no_collector(), held(memory):
        yield memory, replace(order, site=site)


class _Work:
    """One publish."""

    def __init__(
        self,
        project: Project,
        order: Order,
        origin: Origin,
        place: Place,
        memory: Path,
        progress: Progress,
    ) -> None:
        self._project, self._order, self._origin = project, order, origin
        self._place, self._memory, self._progress = place, memory, progress
        # A key that cannot be read stops everything, before it begins.
        self._key = private_key(order.key) if order.key else None
        self._hashes = Hashes(memory / "hashes", verify=insists(order.verify))
        self._made = Made(memory / "made", self._hashes)
        self._siblings = Siblings(project.state_dir / "compressed", self._hashes)

    def done(self, named: Live | None) -> Published:
        """Do it all; see `publish`."""
        # No build puts another site in its place meanwhile.
        with held(self._order.site.parent):
            return self._done(named)

    def _done(self, named: Live | None) -> Published:
        earlier = Earlier.of(self._place.live, self._hashes)
        live = named or Live(earlier.manifest, _history(earlier.kept))
        candidate = self._candidate(live, earlier)
        checked = check(candidate, self._memory, self._progress)
        if checked.diagnostics:
            self._hashes.save()
            raise ContentError(checked.diagnostics)
        linked, pruned = 0, tuple[str, ...]()
        if not self._order.check:
            linked, pruned = self._go_live(candidate, earlier.shared(candidate))
            self._made.prune(candidate.parts)
            self._siblings.prune()
        self._hashes.save()
        return self._told(candidate, checked, linked, pruned)

    def looked(self, named: Live | None) -> tuple[Candidate, Checked]:
        """Bring everything together, and look at it."""
        candidate = self._candidate(named or Live(), Earlier.of(None, self._hashes))
        checked = check(candidate, self._memory, self._progress)
        self._hashes.save()
        return candidate, checked

    def _told(
        self, candidate: Candidate, checked: Checked, linked: int, pruned: tuple[str, ...]
    ) -> Published:
        return Published(
            manifest=candidate.manifest,
            pages=checked.pages,
            size=sum(part.stamp.size for part in candidate.parts.values()),
            compressed=self._siblings.made,
            linked=linked,
            change=checked.change,
            pruned=pruned,
            seconds=0,
            placed=not self._order.check,
        )

    # -- what is released ----------------------------------------------------------------

    def _candidate(self, live: Live, earlier: Earlier) -> Candidate:
        """Bring together everything that is released, in memory and in the stores."""
        project, progress = self._project, self._progress
        progress("Reading the site", 0, 0)
        built = survey(self._order.site, self._hashes)
        known = all_rules(project, built)
        parts = {**built, **self._made.parts(dict(made_files(project, built, known)))}
        if self._order.search:
            progress("Making the index", 0, 0)
            kept = project.state_dir / "search"
            parts |= search_parts(self._order.site, built, self._memory, kept, self._hashes)
        manifest = self._manifest(parts, known)
        surroundings = self._origin.surroundings
        evidence = Evidence(
            self._order.evidence, live.history, surroundings, preview=self._order.preview
        )
        parts |= self._made.parts(dict(about(manifest, built, evidence)))
        if not self._order.preview:
            progress("Compressing", 0, 0)
            parts |= self._siblings.of(parts, worker_count(project.options.workers))
        carried = earlier.carried(parts)
        parts |= carried
        files = {path: parts[path].sha256 for path in sorted(parts)}
        manifest = replace(manifest, files=files, carried=tuple(sorted(carried)))
        about_it = ABOUT if self._order.key else ABOUT - {SIGNATURE}
        return Candidate(project, self._order.site, parts, known, manifest, live.manifest, about_it)

    def _manifest(self, parts: Mapping[str, Part], known: tuple[Rule, ...]) -> Manifest:
        """Return the manifest as far as it is known before there is anything that tells of it."""
        project, origin = self._project, self._origin
        files = {path: part.sha256 for path, part in parts.items()}
        digest = digest_of_files(files)
        return Manifest(
            release=name_of(digest, origin.created),
            digest=digest,
            commit=origin.commit,
            created=origin.created.astimezone(UTC).isoformat(timespec="seconds"),
            engine=__version__,
            locks=_locks(project.root),
            files=files,
            gone=project.options.publish.gone,
            redirects=told(project, known),
        )

    # -- going live ----------------------------------------------------------------------

    def _go_live(
        self, candidate: Candidate, ours: Mapping[str, Part]
    ) -> tuple[int, tuple[str, ...]]:
        manifest, origin = candidate.manifest, self._origin
        statement = provenance(manifest, origin.builder, origin.run, origin.source)
        self._progress("Assembling", 0, 0)
        with self._place.staging() as folder:
            linked = assemble(str(folder), candidate.parts, ours, self._hashes)
            for path, data in signed(manifest, enveloped(statement), self._key).items():
                (folder / path).write_bytes(data)
            # Last of all: a folder that has it is whole.
            (folder / MANIFEST).write_bytes(encoded(manifest))
            self._place.put(folder, manifest.release, link=self._order.link)
        keep = self._order.keep or self._project.options.publish.keep
        return linked, self._place.prune(keep)


def _history(kept: Kept | None) -> bytes:
    """Return the history of evidence that a release on the disk has; nothing where it has none."""
    file = kept.folder / HISTORY if kept else None
    return file.read_bytes() if file and file.is_file() else b""


def _locks(root: Path) -> Mapping[str, str]:
    """Return the sha256 of each lock of a project, by its path."""
    found = {file for pattern in LOCKS for file in root.glob(pattern)}
    return {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(found)
        if file.is_file()
    }
