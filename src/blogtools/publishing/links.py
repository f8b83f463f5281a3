"""Links across everything that is released; what a page links to is remembered by its content."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from blogtools.build.outputs import replace_file
from blogtools.build.workers import parallel_map
from blogtools.model.digest import digest_of
from blogtools.model.gate import Finding, Level

from .hashes import Disturbed, Part
from .pages import Folder, Page, broken_entries, read, weight, wrong
from .rules import Rule

# How pages are read; what was remembered of another way is not looked at.
_WAY = 1


class Known(Struct, frozen=True, array_like=True, gc=False):
    """What has to be known of a page.

    Attributes:
        needs: Each place in the site that it links to, with its fragment behind a zero.
        loads: The paths of what it loads by itself.
        anchors: What fragments may name in it.
    """

    needs: tuple[str, ...]
    loads: tuple[str, ...]
    anchors: tuple[str, ...]


_KNOWN = msgspec.msgpack.Decoder(Known)
_PAGES: msgspec.msgpack.Decoder[tuple[bytes, dict[str, tuple[str, Known]]]] = (
    msgspec.msgpack.Decoder(tuple[bytes, dict[str, tuple[str, Known]]])
)


class Pages:
    """The pages of a release, and where they lead."""

    def __init__(
        self,
        parts: Mapping[str, Part],
        url: str,
        rules: tuple[Rule, ...],
        memory: Path,
        others: Iterable[str] = (),
    ) -> None:
        """Take a release.

        Args:
            parts: Its files by their paths, siblings left out.
            url: Where it is published; may be empty.
            rules: What leads on where there is no file.
            memory: Where is remembered what pages link to; it may be deleted at any time.
            others: The paths of files that will be there too.
        """
        sizes = {path: part.stamp.size for path, part in parts.items()} | dict.fromkeys(others, 0)
        self._parts = parts
        self._folder = Folder(Path(), sizes, url, rules)
        self._memory = memory
        self._known: dict[str, Known] = {}

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._known)

    def read(self, workers: int) -> None:
        """Read every page that is not known; before anything else.

        Args:
            workers: How many processes read.
        """
        last = self._remembered()
        fresh: list[str] = []
        for path, part in self._parts.items():
            if path.endswith(".html"):
                seen = last.get(path)
                if seen is not None and seen[0] == part.sha256:
                    self._known[path] = seen[1]
                else:
                    fresh.append(path)
        look = partial(_look, self._folder, self._parts)
        for path, data in zip(fresh, parallel_map(look, fresh, workers), strict=True):
            self._known[path] = _KNOWN.decode(data)
        if fresh or last.keys() - self._known.keys():
            self._remember()

    def _remembered(self) -> dict[str, tuple[str, Known]]:
        """Return what is remembered of each page, with the sha256 of the page."""
        with suppress(OSError, msgspec.MsgspecError):
            mark, pages = _PAGES.decode(self._memory.read_bytes())
            if mark == self._mark:
                return pages
        return {}

    def _remember(self) -> None:
        seen = {path: (self._parts[path].sha256, known) for path, known in self._known.items()}
        with suppress(OSError):
            replace_file(self._memory, msgspec.msgpack.encode((self._mark, seen)))

    @property
    def _mark(self) -> bytes:
        """Return what decides, besides a page's content, what is read in it."""
        return digest_of(_WAY, self._folder.url)

    def broken(self) -> Iterator[Finding]:
        """Yield every link that leads nowhere, in pages and in sitemaps."""
        bad = self._bad()
        if bad:
            for path, known in self._known.items():
                if not bad.isdisjoint(known.needs):
                    yield from self._told(path, bad)
        for path in self._parts:
            if posixpath.basename(path).startswith("sitemap") and path.endswith(".xml"):
                text = self._text(path)
                yield from broken_entries(self._folder, path, text, self._anchors)

    def _bad(self) -> set[str]:
        """Return what pages link to and is not there; each place is looked at but once."""
        needed = set[str]().union(*(known.needs for known in self._known.values()))
        return {need for need in needed if self._wrong(need, *_parted(need))}

    def _wrong(self, address: str, path: str, fragment: str) -> str:
        return wrong(self._folder, address, path, fragment, self._anchors)

    def _anchors(self, file: str) -> Container[str] | None:
        known = self._known.get(file)
        return known.anchors if known else None

    def _told(self, path: str, bad: set[str]) -> Iterator[Finding]:
        """Yield the broken links of a page, each where it stands."""
        page = read(path, self._text(path).encode())
        for address in sorted({one.address for one in page.references}):
            meant = self._folder.resolved(page, address)
            if meant and _joined(*meant) in bad:
                line, column = page.place(address)
                message = self._wrong(address, *meant)
                yield Finding(path, line, column, "site/link", message, level=Level.HIGH)

    def _text(self, path: str) -> str:
        return Path(self._parts[path].source).read_text(encoding="utf-8", errors="replace")

    def weights(self) -> Mapping[str, int]:
        """Return how many bytes each page has with everything of the site that it loads."""
        return {
            path: weight(self._folder, path, known.loads) for path, known in self._known.items()
        }


def _joined(path: str, fragment: str) -> str:
    return f"{path}\0{fragment}" if fragment else path


def _parted(need: str) -> tuple[str, str]:
    path, _, fragment = need.partition("\0")
    return path, fragment


def _look(folder: Folder, parts: Mapping[str, Part], path: str) -> bytes:
    """Return what has to be known of a page, as it is remembered."""
    try:
        data = Path(parts[path].source).read_bytes()
    except OSError:
        raise Disturbed(parts[path].source) from None
    page = read(path, data)
    needs = dict.fromkeys(_joined(*meant) for meant, _ in _meant(folder, page))
    loads = dict.fromkeys(meant[0] for meant, loaded in _meant(folder, page) if loaded)
    return msgspec.msgpack.encode(Known(tuple(needs), tuple(loads), tuple(page.anchors)))


def _meant(folder: Folder, page: Page) -> Iterator[tuple[tuple[str, str], bool]]:
    for one in page.references:
        meant = folder.resolved(page, one.address)
        if meant:
            yield meant, one.loaded
