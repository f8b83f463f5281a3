"""What a site consists of, what of it is stale, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from blogtools.model.digest import digest_of

from .ledger import LastBuild, Ledger, Made, Reads


class Target(Struct, frozen=True, dict=True):
    """A file of the site that is made.

    Attributes:
        path: Where it stands, relative to the site.
        asked: Everything that it is made from, in words: values, or digests of them; or a function
            that finds it out.
        make: Makes it, from nothing but what it reads.
        kind: Which of the shared reads are its own as well.
        costly: Whether its bytes are worth keeping in the store. Of what they are made nothing may
            change unnoticed between its digest and its reading, as templates may.
        is_page: Whether it is one of the site's pages, for those who count them.
        origin: The digest of what its reads follow from, if that is quicker to know than they are:
            where it is the last build's, nobody needs to find them out.
    """

    path: str
    asked: Mapping[str, object] | Callable[[], Mapping[str, object]]
    make: Callable[[], bytes]
    kind: str = "model"
    costly: bool = False
    is_page: bool = False
    origin: bytes = b""

    @cached_property
    def reads(self) -> Mapping[str, object]:
        """Return everything that it is made from, in words."""
        return self.asked() if callable(self.asked) else self.asked


class Copy(Struct, frozen=True):
    """A file of the site that is copied as it is.

    Attributes:
        path: Where it stands, relative to the site.
        source: The file to copy.
        digest: Of its content.
    """

    path: str
    source: str
    digest: bytes


class Bill(Struct, frozen=True):
    """Everything that a site consists of.

    Attributes:
        targets: What is made.
        copies: What is copied.
        pages: How many of the targets are pages.
        shared: For each kind of target, what all of that kind are made from.
    """

    targets: tuple[Target, ...]
    copies: tuple[Copy, ...]
    shared: Mapping[str, Reads]
    pages: int = 0
    _keys: dict[str, bytes] = field(default_factory=dict)
    _same: dict[str, bool] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        """Return where each file stands."""
        return (*(one.path for one in self.targets), *(one.path for one in self.copies))

    def beside(self, other: Bill) -> Bill:
        """Return a bill of both; of a file that both have, this one's stays."""
        taken = frozenset(self.paths)
        return replace(
            self,
            targets=self.targets + tuple(one for one in other.targets if one.path not in taken),
            copies=self.copies + tuple(one for one in other.copies if one.path not in taken),
            shared={**self.shared, **other.shared},
            _keys={},
            _same={},
        )

    def nested(self) -> tuple[str, str] | None:
        """Return two files of which one would have to be a folder, too; None if there are none."""
        above: dict[str, str] = {}
        for path in self.paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in above:
                above[folder] = path
                folder = folder.rpartition("/")[0]
        return next(((path, above[path]) for path in self.paths if path in above), None)

    def follows(self, target: Target, made: Made, last: LastBuild | Ledger) -> bool:
        """Return whether a target can only be what was made, without a look at what it reads."""
        kind = target.kind
        if kind not in self._same:
            self._same[kind] = last.shared.get(kind) == self.shared[kind]
        return bool(target.origin) and target.origin == made.origin and self._same[kind]

    def key(self, target: Target) -> bytes:
        """Return the digest of everything that a target is made from."""
        if target.kind not in self._keys:
            self._keys[target.kind] = digest_of(self.shared[target.kind])
        return digest_of(self._keys[target.kind], target.path, target.reads)


def changes(bill: Bill, target: Target, last: LastBuild | Ledger) -> str:
    """Return in words what of all that a target is made from is not as it was.

    Args:
        bill: What the site consists of.
        target: One of its targets.
        last: The ledger of the last build.
    """
    before, now = last.shared.get(target.kind, {}), bill.shared[target.kind]
    read = last.reads.get(target.path, {})
    found = (*_differences(before, now), *_differences(read, digests(target.reads)))
    return ", ".join(found) or "what it is made from changed"


def digests(reads: Mapping[str, object]) -> Reads:
    """Return the digest of each thing that was read; a digest stands for itself."""
    return {
        name: value if isinstance(value, bytes) else digest_of(value)
        for name, value in reads.items()
    }


def _differences(before: Reads, now: Reads) -> Iterator[str]:
    for name in dict.fromkeys((*now, *before)):
        if name not in before:
            yield f"{name} came in"
        elif name not in now:
            yield f"{name} went out"
        elif before[name] != now[name]:
            yield f"{name} changed"
