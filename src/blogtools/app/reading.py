"""The author's folder as it is read: files, front matter, dates; nothing is converted yet."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Raw, Struct, msgpack

from blogtools.build.files import Seen
from blogtools.build.ledger import Known
from blogtools.build.memory import Memory
from blogtools.build.workers import parallel_map
from blogtools.content import notebooks
from blogtools.content.authors import FILE_NAME, read_authors
from blogtools.content.bundles import Bundles
from blogtools.content.documents import Before, read_post
from blogtools.content.entries import is_visible, make_entry
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest_of
from blogtools.model.document import Author, Document, Positions
from blogtools.model.project import Project
from blogtools.model.site import Entry
from blogtools.model.source import Source

# Numbers that a store can hold.
_LARGE = 2**62
# So many unknown essays are worth the start of processes that only read.
_MANY = 200
_ENCODER = msgpack.Encoder()
_LOOKED = msgpack.Decoder(tuple[Seen, Known])


class _Authors(NamedTuple):
    """The authors by key, and what is wrong with their file."""

    known: Mapping[str, Author]
    diagnostics: tuple[Diagnostic, ...]


#: What goes from the process that has read an essay to the first one.
Made = TypeVar("Made")


class Ahead(Protocol[Made]):
    """Goes on with essays where they are read, so that no process need begin with them again."""

    def begin(self, entry: Entry) -> Made | None:
        """Return what can be made of an essay by itself, in whichever process; None for nothing."""

    def take(self, entry: Entry, made: Made, total: int) -> None:
        """Take what was made, in the first process; so many essays are read by others."""


class Manuscripts(Struct, frozen=True, dict=True):
    """The author's folder as it was read: nothing is converted yet.

    Attributes:
        visible: The essays that take part in this build, those with mistakes among them.
        hidden: Drafts and future essays, which do not.
        authors: The known authors by key.
        assets: Every other file of the folder, by its path, with its address.
        diagnostics: What is wrong with front matter, names and dates.
    """

    visible: tuple[Entry, ...]
    hidden: tuple[Entry, ...]
    authors: Mapping[str, Author]
    assets: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def read(
    project: Project,
    memory: Memory | None = None,
    workers: int = 1,
    ahead: Ahead[Any] | None = None,
) -> Manuscripts:
    """Read the folder of essays.

    Args:
        project: Where it is, and what is visible.
        memory: What is known of it from the last build.
        workers: How many processes read what is not.
        ahead: What these go on to do with what they have read.

    Returns:
        Every essay, as far as it can be understood, and everything that is wrong with them.
    """
    memory = memory or Memory.of_nothing(project.root)
    everything = list(_files(project, memory))
    no_files = frozenset(memory.files.irregular(project.posts_dir))
    files = [path for path in everything if path not in no_files and not unfit(path)]
    essays = [path for path in files if is_essay(path, memory)]
    results = list(_Reader(project, memory, ahead).entries(essays, workers))
    entries = [entry for entry, _ in results]
    found = chain.from_iterable(diagnostics for _, diagnostics in results)
    people, wrong = _authors(project, memory)
    visible, hidden = _parted(entries, lambda entry: is_visible(entry, drafts=project.drafts))
    shown = {entry.path for entry in visible}
    return Manuscripts(
        visible=visible,
        hidden=hidden,
        authors=people,
        assets=dict(_assets(project, sorted({*files} - {*essays}), entries, shown)),
        diagnostics=(
            *found,
            *wrong,
            *_missing_folder(project),
            *misnamed(everything),
            *irregular(no_files),
        ),
    )


def _parted(
    entries: Iterable[Entry], test: Callable[[Entry], bool]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return those that pass a test, and the others."""
    parts: tuple[list[Entry], list[Entry]] = [], []
    for entry in entries:
        parts[not test(entry)].append(entry)
    return tuple(parts[0]), tuple(parts[1])


def _missing_folder(project: Project) -> Iterator[Diagnostic]:
    """Yield a diagnostic if there are no essays because their folder is not there."""
    if not project.posts_dir.is_dir():
        message = f"there is no folder '{project.options.posts_dir}' with essays"
        hint = "Make it, or name the right one with 'posts_dir'"
        yield Diagnostic(project.config_file.name, 1, 1, "config/no-posts", message, hint)


def _files(project: Project, memory: Memory) -> Iterator[str]:
    """Yield the files of the folder, without hidden ones and what lies in hidden folders.

    A link to nothing is among them: its author ought to know of it.
    """
    root = project.relative(project.posts_dir)
    for path in memory.files.tree(project.posts_dir):
        if "/." not in path[len(root) :]:
            yield path


def is_essay(path: str, memory: Memory) -> bool:
    """Return whether a file is an essay: Markdown, or a notebook that begins with front matter."""
    if not path.endswith(notebooks.SUFFIX):
        return path.endswith(".md")
    key = digest_of("notebook", memory.environment, memory.files.digest(path))

    def look() -> bool:
        with suppress(OSError):
            data = Path(memory.files.path(path)).read_bytes()
            return notebooks.read_notebook(data.decode("utf-8", "replace"), path).essay
        return False

    return memory.value(key, bool, look)


def _reading(path: str) -> Callable[[str], str] | None:
    """Return what makes Markdown of a file, if it is something else."""
    return notebooks.markdown if path.endswith(notebooks.SUFFIX) else None


def in_files(project: Project, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics sorted, those of notebooks at the lines of their files."""

    @cache
    def lines(path: str) -> tuple[int, ...]:
        with suppress(OSError):
            text = (project.root / path).read_text("utf-8-sig", "replace")
            return notebooks.read_notebook(text, path).lines
        return ()

    return tuple(sorted({*notebooks.in_file(found, lines)}))


def unfit(path: str) -> bool:
    """Return whether a file's name is no text, or not on one line."""
    return not path.isprintable() and any(
        unicodedata.category(char) in ("Cc", "Cs") for char in path
    )


def misnamed(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file with such a name."""
    for path in filter(unfit, paths):
        message = "the file's name holds what cannot stand in a URL"
        yield Diagnostic("".join(map(_shown, path)), 1, 1, "file/name", message, "Rename the file")


def irregular(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each of these, of which none is a file: reading it might never end."""
    for path in paths:
        shown = "".join(map(_shown, path))
        message = "this is a pipe, a socket or a device, and no file"
        yield Diagnostic(shown, 1, 1, "file/kind", message, "Remove it, or keep it elsewhere")


def _shown(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


class _Reader:
    """Reads essays, each unless it is known from the last build."""

    def __init__(self, project: Project, memory: Memory, ahead: Ahead[Any] | None) -> None:
        self._project, self._memory, self._ahead = project, memory, ahead
        self._taxonomies = tuple(project.options.active_taxonomies)
        # What we are, and which keys are taxonomies, decides how front matter is understood.
        self._mark = digest_of(self._taxonomies, memory.environment)

    def entries(
        self, paths: Sequence[str], workers: int
    ) -> Iterator[tuple[Entry, tuple[Diagnostic, ...]]]:
        """Yield each file as an entry, and what is wrong with it.

        Several processes read those that nobody knows, if there are many; this one goes on with
        what they have read meanwhile, and reads what is odd itself.
        """
        known = {path: self._as_last_time(path) for path in paths}
        unknown = [path for path in paths if known[path] is None]
        many = unknown if len(unknown) >= _MANY and workers > 1 else ()
        with closing(parallel_map(self._look, many, workers)) as looked:
            for path in paths:
                if (last := known[path]) is not None:
                    self._memory.documents.keep(path, last)
                    yield self._entry(*self._as_known(path, last))
                elif (found := next(looked, None)) is not None:
                    yield self._take(path, *found, len(many))
                else:
                    yield self._entry(*self._as_read(path))

    def _take(
        self, path: str, data: bytes, made: object, total: int
    ) -> tuple[Entry, tuple[Diagnostic, ...]]:
        """Return what another process has read, as an entry, and pass on what it made of it."""
        seen, known = _LOOKED.decode(data)
        self._memory.files.learn(path, seen)
        self._memory.documents[path] = known
        entry, wrong = self._entry(*self._as_known(path, known))
        if self._ahead is not None and made is not None:
            self._ahead.take(entry, made, total)
        return entry, wrong

    def _look(self, path: str) -> tuple[bytes, object] | None:
        """Return what was seen of a file and is known of it, and what was made of it already.

        Nothing of a file that is not like most: the first process reads that itself.
        """
        source, unreadable = read_file(self._project, self._project.root / path, self._memory)
        document, wrong = read_post(source, self._taxonomies)
        if unreadable or not is_plain(document.front.meta):
            return None
        known = _ENCODER.encode((self._memory.files.seen[path], self._known(document, wrong)))
        return known, self._begin(self._entry(document, wrong)[0])

    def _begin(self, entry: Entry) -> object:
        if self._ahead is None or not is_visible(entry, drafts=self._project.drafts):
            return None
        return self._ahead.begin(entry)

    def _entry(
        self, document: Document, wrong: tuple[Diagnostic, ...]
    ) -> tuple[Entry, tuple[Diagnostic, ...]]:
        entry, undated = make_entry(document, self._project.options, self._project.now)
        return entry, wrong + undated if document.understood else wrong

    def _as_known(self, path: str, known: Known) -> tuple[Document, tuple[Diagnostic, ...]]:
        digest = known.digest.removesuffix(self._mark)
        source = Source(path, self._project.root, known=digest, reading=_reading(path))
        return _remembered(known, source), known.diagnostics

    def _as_read(self, path: str) -> tuple[Document, tuple[Diagnostic, ...]]:
        """Return a file as it is read now, and understood."""
        memory, root = self._memory, self._project.root
        source, unreadable = read_file(self._project, root / path, memory)
        document, wrong = read_post(source, self._taxonomies, self._before(path))
        if not unreadable and is_plain(document.front.meta):
            memory.documents[path] = self._known(document, wrong)
        return document, unreadable or wrong

    def _as_last_time(self, path: str) -> Known | None:
        """Return what is known of a file, if that is about the very bytes that it has."""
        known: Known | None = self._memory.last.documents.get(path)
        if known is None:
            return None
        digest = self._memory.files.digest(path)
        return known if digest and known.digest == digest + self._mark else None

    def _before(self, path: str) -> Before | None:
        """Return how the head of a file was understood last time, if we are as we were."""
        known: Known | None = self._memory.last.documents.get(path)
        if known is None or not known.digest.endswith(self._mark):
            return None
        return _remembered(known, Source(path, self._project.root)), known.diagnostics

    def _known(self, document: Document, wrong: tuple[Diagnostic, ...]) -> Known:
        return Known(
            document.source.digest + self._mark,
            document.front,
            document.body_line,
            Raw(_ENCODER.encode(dict(document.positions))),
            document.understood,
            wrong,
            document.head,
        )


def _remembered(known: Known, source: Source) -> Document:
    return Document(
        source,
        known.front,
        known.body_line,
        Positions(known.positions),
        known.understood,
        known.head,
    )


def read_file(
    project: Project, file: Path, memory: Memory
) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Read a file of the author's; one that cannot be read is empty, and says why."""
    path = project.relative(file)
    try:
        data = memory.files.read(memory.files.name(file))
        return Source(path, project.root, data, reading=_reading(path)), ()
    except OSError as failed:
        memory.repeatable = False
        message = f"the file cannot be read: {failed.strerror}"
        hint = "Check that it is there, and its permissions"
        return Source(path, project.root, b""), (
            Diagnostic(path, 1, 1, "file/unreadable", message, hint),
        )


def _authors(project: Project, memory: Memory) -> _Authors:
    file = authors_file(project, memory)
    if file is None:
        return _Authors({}, ())
    source, unreadable = read_file(project, file, memory)
    if unreadable:
        return _Authors({}, unreadable)
    key = digest_of("authors", memory.environment, source.path, source.digest)
    return memory.value(key, _Authors, lambda: _Authors(*read_authors(source)))


def authors_file(project: Project, memory: Memory) -> Path | None:
    """Return the file of authors: among the essays, or beside their folder as Material has it."""
    folders = [project.posts_dir]
    if project.posts_dir.is_relative_to(project.docs_dir):
        folders.append(project.posts_dir.parent)
    files = (folder / FILE_NAME for folder in folders)
    return next((file for file in files if memory.files.digest(memory.files.name(file))), None)


def _assets(
    project: Project, files: Collection[str], entries: Iterable[Entry], shown: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, address) of each file that is no essay.

    What lies in the folder of a visible essay with an ``index.md`` moves with that essay; the rest
    keeps its place below the folder of all essays.
    """
    owners = bundles(project, entries if files else ())
    root = project.relative(project.posts_dir)
    for path in files:
        owner = owners.owner(path)
        if owner and owner.path in shown:
            yield path, f"{owner.url}{path[len(posixpath.dirname(owner.path)) + 1 :]}"
        else:
            yield path, f"{project.posts_dir.name}/{path[len(root) + 1 :]}"


def bundles(project: Project, entries: Iterable[Entry]) -> Bundles:
    """Return which essay each file beside essays belongs to."""
    return Bundles(entries, project.relative(project.posts_dir))


def is_plain(value: object) -> bool:
    """Return whether a value of the front matter can be kept and comes back as it was."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    if type(value) is int:
        return abs(value) < _LARGE
    return value is None or type(value) in (str, float, bool)
