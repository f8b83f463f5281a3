"""What a build read, and what it made of it: the next one compares, and does only the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, TypeVar
from zlib import crc32

import msgspec
from msgspec import Struct, field

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest_of
from blogtools.model.discussion import Use
from blogtools.model.document import FrontMatter
from blogtools.model.rendered import Facts

from .files import Seen, Stamp
from .store import Store

T = TypeVar("T")

#: The name of something that was read, in words, and the digest of the answer.
Reads = Mapping[str, bytes]
#: A part of what is kept of a build: its name, and its bytes.
Part = tuple[str, bytes]


class Inputs(Struct, frozen=True):
    """Everything from outside that a build depended on.

    Attributes:
        files: Every file by name, and those that were looked for in vain.
        trees: The folders that were listed.
        environment: The digest of the installed packages.
        variables: The digest of each variable of the environment that the configuration names.
        timezone: In which the build's day ended.
        since: The build says the same at any moment from this one on (seconds since 1970) ...
        until: ... and before this one.
    """

    files: Mapping[str, Seen]
    trees: tuple[str, ...]
    environment: bytes
    variables: Mapping[str, bytes]
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
        positions: Where the values of the front matter stand.
        understood: Whether it could be read.
        diagnostics: What is wrong with it.
    """

    digest: bytes
    front: FrontMatter
    body_line: int
    positions: Mapping[str, tuple[int, int]]
    understood: bool
    diagnostics: tuple[Diagnostic, ...]


class Converted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A conversion.

    Attributes:
        key: The digest of all that was known before it.
        reads: The files that it read.
        facts: What is asked of it often.
        place: The key under which the store has the rest.
    """

    key: bytes
    reads: Mapping[str, bytes]
    facts: Facts
    place: bytes

    @classmethod
    def of(cls, key: bytes, reads: Mapping[str, bytes], facts: Facts) -> Converted:
        """Return a conversion with the place where the store has what came of these very files."""
        return cls(key, reads, facts, digest_of(key, reads))


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
    """

    inputs: Inputs | None = None
    outcome: Outcome = field(default_factory=lambda: Outcome(0, (), (), ""))
    site: Manifest = field(default_factory=dict)
    spare: Manifest = field(default_factory=dict)
    documents: Mapping[str, Known] = field(default_factory=dict)
    conversions: Mapping[str, Converted] = field(default_factory=dict)
    links: Mapping[str, LinksChecked] = field(default_factory=dict)
    made: Mapping[str, Made] = field(default_factory=dict)
    reads: Mapping[str, Reads] = field(default_factory=dict)
    shared: Mapping[str, Reads] = field(default_factory=dict)


_PARTS: Mapping[str, Any] = {
    "inputs": Inputs | None,
    "outcome": Outcome,
    "site": dict[str, Placed],
    "spare": dict[str, Placed],
    "documents": dict[str, Known],
    "conversions": dict[str, Converted],
    "links": dict[str, LinksChecked],
    "made": dict[str, Made],
    "shared": dict[str, dict[str, bytes]],
}


# In how many parts it is kept what files were made from: an edit reads and writes only its own.
_SHARES = 64
_READS = msgspec.msgpack.Decoder(dict[str, dict[str, bytes]])


class KeptReads(Mapping[str, Reads]):
    """What each file was made from, in words; read in parts, each when it is first asked for."""

    def __init__(self, store: Store, name: str) -> None:
        """Take the store, and the name of the site in it."""
        self._store = store
        self._name = name
        self._shares: dict[int, Mapping[str, Reads]] = {}

    def __getitem__(self, path: str) -> Reads:
        return self._share(_share_of(path))[path]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(self._share, range(_SHARES)))

    def __len__(self) -> int:
        return sum(len(self._share(number)) for number in range(_SHARES))

    def _share(self, number: int) -> Mapping[str, Reads]:
        if number not in self._shares:
            data = self._store.part(self._name, _part(number))
            self._shares[number] = {}
            with suppress(msgspec.DecodeError):
                self._shares[number] = _READS.decode(data) if data else {}
        return self._shares[number]

    def renewed(self, fresh: Mapping[str, Reads], there: Collection[str]) -> Iterator[Part]:
        """Yield the parts that are others than before.

        Args:
            fresh: What was made now.
            there: Everything that there is; what else is known is forgotten with its part.
        """
        shares: dict[int, dict[str, Reads]] = defaultdict(dict)
        for path, reads in fresh.items():
            shares[_share_of(path)][path] = reads
        for number, new in shares.items():
            old = {path: reads for path, reads in self._share(number).items() if path in there}
            yield _part(number), msgspec.msgpack.encode(old | new)


def _share_of(path: str) -> int:
    return crc32(path.encode(errors="surrogatepass")) % _SHARES


def _part(number: int) -> str:
    return f"reads {number}"


class LastBuild:
    """The ledger of the last build, each part read when it is first asked for.

    Attributes:
        reads: What each file was made from, in words.
    """

    def __init__(self, store: Store, name: str) -> None:
        """Take the store, and the name of the site in it."""
        self._store = store
        self._name = name
        self.reads = KeptReads(store, name)

    def __getattr__(self, part: str) -> Any:  # noqa: ANN401 - each part has its type
        """Return a part of the ledger; an empty one where there is none, or a damaged one.

        Python comes here but once for each: from then on it is an attribute like any other.
        """
        if part not in _PARTS:
            raise AttributeError(part)
        value = vars(self)[part] = self._read(part)
        return value

    def _read(self, part: str) -> object:
        data = self._store.part(self._name, part)
        if data is not None:
            try:
                return msgspec.msgpack.decode(data, type=_PARTS[part])
            except msgspec.DecodeError:
                pass
        return getattr(Ledger(), part)

    def replace(self, part: str, value: object) -> None:
        """Replace a part of the ledger."""
        self._store.save(self._name, [(part, msgspec.msgpack.encode(value))])

    def save(self, ledger: Ledger) -> None:
        """Let a build be the last one."""
        encoder = msgspec.msgpack.Encoder()
        parts = [(part, encoder.encode(getattr(ledger, part))) for part in _PARTS]
        parts += self.reads.renewed(ledger.reads, ledger.made)
        self._store.save(self._name, parts)
