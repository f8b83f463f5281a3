"""Compressed siblings of files, remembered by content: nothing is compressed twice."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from blogtools.build.files import Stamp
from blogtools.build.outputs import replace_file
from blogtools.build.workers import parallel_map
from blogtools.model.diagnostic import UsageError
from blogtools.model.release import CODINGS

from .hashes import Disturbed, Hashes, Part

# How siblings are made; they have a folder of their own for each way. Brotli at 11 is another two
# per cent smaller, and takes twice as long.
_BROTLI, _GZIP = 10, 9
_WAY = f"br{_BROTLI}-gz{_GZIP}"
#: What becomes smaller, by the ends of names; pictures, fonts and archives are compressed already.
_TEXTS = tuple(
    """.html .htm .css .js .mjs .json .jsonl .xml .svg .txt .md .csv .map .webmanifest .ics .wasm
    .ipynb .ico .ttf .otf""".split()
)
#: Files of fewer bytes have no siblings: the header of an answer is longer.
_WORTH = 512


class Siblings:
    """The store of compressed files, below `.blogtools/compressed`."""

    def __init__(self, folder: Path, hashes: Hashes) -> None:
        """Take the store.

        Args:
            folder: Where it is; it may be deleted at any time.
            hashes: What is known of files.
        """
        self._folder = folder / _WAY
        self._hashes = hashes
        self._used: set[str] = set()
        self.made = 0

    def of(self, parts: Mapping[str, Part], workers: int = 1) -> Mapping[str, Part]:
        """Return the siblings of files, by their paths; what is missing in the store is made.

        Args:
            parts: The files, by their paths.
            workers: How many processes compress.

        Raises:
            UsageError: Brotli is not installed, or the store cannot be written.
        """
        wanted = {path: part for path, part in parts.items() if worth(path, part)}
        by_content = {part.sha256: part for part in wanted.values()}
        self._make([part for sha256, part in by_content.items() if self._lacks(sha256)], workers)
        return dict(self._found(wanted))

    def _make(self, parts: Sequence[Part], workers: int) -> None:
        if not parts:
            return
        compressors = _compressors()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for sha256 in {part.sha256[:2] for part in parts}:
                (self._folder / sha256).mkdir(exist_ok=True)
            compress = partial(_compress, compressors, self._folder)
            for made in parallel_map(compress, parts, workers):
                self.made += len(made)
                for stamp, digest in made:
                    self._hashes.note(stamp, digest)
        except OSError as refused:
            raise UsageError(
                f"compressed files cannot be kept in {self._folder}: {refused.strerror}"
            ) from refused

    def _lacks(self, sha256: str) -> bool:
        return any(self._stamp(sha256, end) is None for end in CODINGS.values())

    def _stamp(self, sha256: str, end: str) -> Stamp | None:
        try:
            return Stamp.of(os.stat(_place(self._folder, sha256, end)))
        except FileNotFoundError:
            return None

    def _found(self, wanted: Mapping[str, Part]) -> Iterator[tuple[str, Part]]:
        for path, part in wanted.items():
            for end in CODINGS.values():
                place = _place(self._folder, part.sha256, end)
                self._used.add(place)
                stamp = Stamp.of(os.stat(place))
                # Nothing: it would be no smaller than the file itself.
                if stamp.size:
                    yield path + end, self._hashes.part(place, stamp)

    def prune(self) -> None:
        """Drop what no kept release has, and the next one will hardly want."""
        for folder in self._folder.glob("??"):
            for file in os.scandir(folder):
                if file.path not in self._used and file.stat().st_nlink == 1:
                    with suppress(OSError):
                        os.unlink(file.path)


def worth(path: str, part: Part) -> bool:
    """Return whether a file should have siblings."""
    return part.stamp.size >= _WORTH and is_text(path)


def is_text(path: str) -> bool:
    """Return whether a file is read as text, or becomes smaller as if it were."""
    return path.lower().endswith(_TEXTS)


def _place(folder: Path, sha256: str, end: str) -> str:
    return f"{folder}{os.sep}{sha256[:2]}{os.sep}{sha256}{end}"


#: What compresses, by the end of the sibling's name.
_Compressors = Mapping[str, Callable[[bytes], bytes]]


def _compressors() -> _Compressors:
    try:
        brotli = importlib.import_module("brotli")
    except ImportError:
        raise UsageError(
            "Brotli is not installed, which compresses what is published; "
            "install it: pip install 'blogtools[publish]'"
        ) from None
    return {
        ".br": partial(brotli.compress, quality=_BROTLI),
        ".gz": partial(gzip.compress, compresslevel=_GZIP, mtime=0),
    }


def _compress(
    compressors: _Compressors, folder: Path, part: Part
) -> tuple[tuple[Stamp, bytes], ...]:
    """Make the siblings of a file that are missing; return what they look like, and digests."""
    with open(part.source, "rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise Disturbed(part.source)
    made = []
    for end, compress in compressors.items():
        place = Path(_place(folder, part.sha256, end))
        if not place.exists():
            packed = compress(data)
            packed = packed if len(packed) < len(data) else b""
            # Whole or not at all: a killed process leaves no half of one under its name.
            replace_file(place, packed)
            made.append((Stamp.of(place.stat()), hashlib.sha256(packed).digest()))
    return tuple(made)
