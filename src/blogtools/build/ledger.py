"""What a build read, and what it made of it: the next one compares, and does only the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct, field

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest_of
from blogtools.model.discussion import Use
from blogtools.model.document import FrontMatter
from blogtools.model.rendered import Facts

from .environment import OwnFiles
from .files import Seen, Stamp
from .shares import Shares
from .store import Part, Store, seal_of

#: The name of something that was read, in words, and the digest of the answer.
Reads = Mapping[str, bytes]


class Inputs(Struct, frozen=True):
    """Everything from outside that a build depended on, but for the content of files.

    Attributes:
        trees: The folders that were listed.
        environment: The digest of the installed packages.
        variables: The digest of each variable of the environment that the configuration names.
        folder: In which the command was given, relative to the project.
        timezone: In which the build's day ended.
        since: The build says the same at any moment from this one on (seconds since 1970) ...
        until: ... and before this one.
    """

    trees: tuple[str, ...]
    environment: bytes
    variables: Mapping[str, bytes]
    folder: str
    timezone: str
    since: float
    until: float


class Placed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of the site: the digest of its content, and its stamp (without the ctime)."""

    digest: bytes
    stamp: Stamp


#: Every file of a site, by its path.
Manifest = Mapping[str, Placed]


class Outcome(Struct, frozen=True):
    """What a build came to, as its author was told.

    Attributes:
        pages: How many pages the site has.
        diagnostics: The warnings.
        notices: What else there was to know.
        site_dir: Where the site was put, relative to the project.
    """

    pages: int
    diagnostics: tuple[Diagnostic, ...]
    notices: tuple[str, ...]
    site_dir: str


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A document as it was understood.

    Attributes:
        digest: Of the file, and of what decides how it is understood.
        front: Its front matter.
        body_line: Where its body begins.
        positions: Where the values of the front matter stand; see `Positions`.
        understood: Whether it could be read.
        diagnostics: What is wrong with it.
        head: The digest of its front matter as it is written.
    """

    digest: bytes
    front: FrontMatter
    body_line: int
    positions: msgspec.Raw
    understood: bool
    diagnostics: tuple[Diagnostic, ...]
    head: bytes = b""


class Converted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A conversion.

    Attributes:
        key: The digest of all that was known before it.
        reads: The files that it read.
        facts: What is asked of it often.
        place: The key under which the store has the rest.
        own: Whether it is of the text of the document's file, and not of one that stands for that.
    """

    key: bytes
    reads: Mapping[str, bytes]
    facts: Facts
    place: bytes
    own: bool = False

    @classmethod
    def of(
        cls, key: bytes, reads: Mapping[str, bytes], facts: Facts, *, own: bool = False
    ) -> Converted:
        """Return a conversion with the place where the store has what came of these very files."""
        return cls(key, reads, facts, digest_of(key, reads), own)


class LinksChecked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What came of looking at a document's links.

    Attributes:
        key: The digest of the links and of every address of the site.
        anchors: The digest of the anchors of each page that a link with a fragment leads to.
        targets: The digest of where the links lead.
        files: The sources of what they lead to.
        diagnostics: Those that are broken.
        uses: The objects of companions that they lead to, each once.
    """

    key: bytes
    anchors: Mapping[str, bytes]
    targets: bytes
    files: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    uses: tuple[Use, ...] = ()


class Made(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file that was made.

    Attributes:
        key: The digest of all that it was made from.
        digest: The digest of itself; empty if its template gave nothing.
        origin: The digest of what all that follows from; empty if nobody knows it.
    """

    key: bytes
    digest: bytes
    origin: bytes = b""


class Ledger(Struct, frozen=True):
    """All of the last build of one site.

    Attributes:
        inputs: What it read; None if it can not be said, so that nothing is known to be unchanged.
        seen: Every file that it read, by name, and those that it looked for in vain.
        outcome: What it came to.
        site: The files of the site.
        spare: The files of the site before it, which is kept beside the store.
        documents: How each file of text was understood.
        conversions: What each document was converted to.
        links: What came of each document's links.
        made: Each file that was made.
        reads: What each file was made from, in words; when it is kept, of those alone that were
            made, since of all others it is known.
        shared: What all files of a kind were made from, in words.
        common: The digests of what was the same for all essays, by what it is.
        own: This package as it was.
    """

    inputs: Inputs | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=lambda: Outcome(0, (), (), ""))
    site: Manifest = field(default_factory=dict)
    spare: Manifest = field(default_factory=dict)
    documents: Mapping[str, Known] = field(default_factory=dict)
    conversions: Mapping[str, Converted] = field(default_factory=dict)
    links: Mapping[str, LinksChecked] = field(default_factory=dict)
    made: Mapping[str, Made] = field(default_factory=dict)
    reads: Mapping[str, Reads] = field(default_factory=dict)
    shared: Mapping[str, Reads] = field(default_factory=dict)
    common: Mapping[str, bytes] = field(default_factory=dict)
    own: OwnFiles | None = None


_PARTS: Mapping[str, Any] = {
    "inputs": Inputs | None,
    "outcome": Outcome,
    "shared": dict[str, dict[str, bytes]],
    "common": dict[str, bytes],
    "own": OwnFiles | None,
}
# What has an entry for each file; the type of those. So have the site and the spare.
_SHARED: Mapping[str, Any] = {
    "seen": Seen,
    "documents": Known,
    "conversions": Converted,
    "links": LinksChecked,
    "made": Made,
}
_MARK = "mark"
# So many random bytes are in it.
_UNLIKE = 15


class Mark(Struct, frozen=True, array_like=True):
    """What is another one whenever a ledger was written, and says of what it consists.

    A damaged store may bring back what stood somewhere at another time, and that is whole, too.

    Attributes:
        turned: Whether the site is kept under the name that the spare had at first.
        unlike: Random bytes.
        seals: The seal of each part.
    """

    turned: bool = False
    unlike: bytes = b""
    seals: Mapping[str, bytes] = field(default_factory=dict)


_MARKS = msgspec.msgpack.Decoder(Mark)


class LastBuild:
    """The ledger of the last build, each part read when it is first asked for.

    Attributes:
        reads: What each file was made from, in words.
    """

    def __init__(self, store: Store, name: str) -> None:
        """Take the store, and the name of the site in it."""
        self._store = store
        self._name = name
        self._mark = self._marked()
        self._shares: dict[str, Shares[Any]] = {
            part: Shares(self._part, *kept) for part, kept in self._kept().items()
        }
        self.reads: Shares[Reads] = Shares(self._part, "reads", dict[str, bytes])

    def _marked(self) -> Mark:
        """Return the mark of the last build; one of nothing if there is none, or a damaged one."""
        with suppress(msgspec.DecodeError):
            return _MARKS.decode(self._store.part(self._name, _MARK) or b"")
        return Mark()

    def _part(self, part: str) -> bytes | memoryview | None:
        """Return a part of this very ledger; none that is of an older build, however whole."""
        seal = self._mark.seals.get(part)
        return None if seal is None else self._store.part(self._name, part, seal)

    def _kept(self) -> Mapping[str, tuple[str, Any]]:
        """Return the name under which each mapping is kept, and the type of its values.

        A build makes the new site of the spare, and of the last one the new spare. So the two
        exchange their names with each build, and little of both is to be written.
        """
        one, other = ("b", "a") if self._mark.turned else ("a", "b")
        return {
            **{part: (part, kind) for part, kind in _SHARED.items()},
            "site": (f"folder {one}", Placed),
            "spare": (f"folder {other}", Placed),
        }

    def __getattr__(self, part: str) -> Any:  # noqa: ANN401 - each part has its type
        """Return a part of the ledger; an empty one where there is none, or a damaged one.

        Python comes here but once for each: from then on it is an attribute like any other. What
        another build has written meanwhile is not taken for a part of this ledger.
        """
        shared = part in self._shares
        if not shared and part not in _PARTS:
            raise AttributeError(part)
        value = self._shares[part].whole() if shared else self._read(part)
        if self._marked() != self._mark:
            value = getattr(Ledger(), part)
        vars(self)[part] = value
        return value

    def _read(self, part: str) -> object:
        data = self._part(part)
        if data is not None:
            try:
                return msgspec.msgpack.decode(data, type=_PARTS[part])
            except msgspec.DecodeError:
                pass
        return getattr(Ledger(), part)

    def replace(self, part: str, value: Mapping[str, object]) -> None:
        """Replace a mapping of the ledger."""
        self._write(lambda anew: self._renewed({part: value}, anew=anew), self._mark.turned)

    def save(self, ledger: Ledger) -> None:
        """Let a build be the last one."""
        shares = self._shares
        shares["site"], shares["spare"] = shares["spare"], shares["site"]
        self._write(lambda anew: self._parts(ledger, anew=anew), not self._mark.turned)

    def _parts(self, ledger: Ledger, *, anew: bool) -> Iterator[Part]:
        yield from self._renewed({part: getattr(ledger, part) for part in self._shares}, anew=anew)
        yield from self.reads.updated(ledger.reads, ledger.made)
        for part in _PARTS:
            yield part, msgspec.msgpack.encode(getattr(ledger, part))

    def _renewed(
        self, mappings: Mapping[str, Mapping[str, object]], *, anew: bool
    ) -> Iterator[Part]:
        for part, mapping in mappings.items():
            yield from self._shares[part].renewed(mapping, anew=anew)

    def _write(self, parts: Callable[[bool], Iterator[Part]], turned: bool) -> None:
        """Write some parts, and a mark that knows them.

        Args:
            parts: Yields what has changed of them; all, if it is told that another build has
                written meanwhile.
            turned: Whether the site is kept under the name that the spare had at first.
        """

        def marked() -> Iterator[Part]:
            now = self._marked()
            seals = dict(now.seals)
            for part, value in parts(now != self._mark):
                seals[part] = seal_of(self._name, part, value)
                yield part, value
            self._mark = Mark(turned, os.urandom(_UNLIKE), seals)
            yield _MARK, msgspec.msgpack.encode(self._mark)

        self._store.save(self._name, marked)
