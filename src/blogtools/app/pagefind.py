"""Pagefind, which makes the index of a shard: the same pages give the same bytes.

Its program writes filters in the order of a hash map, which is another in each run. They are put in
order here: the files are CBOR, behind a signature, in gzip.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from blogtools.model.diagnostic import UsageError
from blogtools.model.digest import digest

#: A page of an index has about 1 ms; this is for the slowest machine and the largest shard.
LIMIT = 900.0
_SIGNATURE = b"pagefind_dcd"
# What the program writes besides the index: ready-made interfaces, which nobody here loads.
_NEEDLESS = ("*-ui.*", "*-highlight.*")
#: What is the same in each index, and needed once.
SHARED = ("pagefind.js", "pagefind-worker.js", "wasm.*")


def release() -> str:
    """Return what makes an index: Pagefind's version, and the digest of this module."""
    return f"{version('pagefind-bin')} {digest(Path(__file__).read_bytes()).hex()}"


def index(pages: Path, language: str, into: Path) -> None:
    """Make the index of some pages.

    Args:
        pages: The folder of the pages, each at its path in the site.
        language: The language of whom the words are stemmed.
        into: Where the index is to be.

    Raises:
        UsageError: The program cannot be run, or fails.
    """
    from pagefind_bin import get_executable

    paths = ["--site", str(pages), "--output-path", str(into)]
    command = [str(get_executable()), *paths, "--force-language", language, "--silent"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.CalledProcessError as failed:
        raise UsageError(f"Pagefind failed: {failed.stderr.strip() or failed}") from None
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise UsageError(f"Pagefind cannot be run: {failed}") from None
    for pattern in _NEEDLESS:
        for file in into.glob(pattern):
            file.unlink()
    _put_in_order(into)


def _put_in_order(bundle: Path) -> None:
    """Give filters, and the files that name them, an order and names that follow from it."""
    entry = bundle / "pagefind-entry.json"
    said = json.loads(entry.read_bytes())
    for name, one in said["languages"].items():
        old = bundle / f"pagefind.{one['hash']}.pf_meta"
        meta = _read(old)
        filters = meta[3]
        for item in filters:
            item[1] = _ordered(bundle / "filter", name, item[1])
        filters.sort()
        old.unlink()
        data = _packed(meta)
        one["hash"] = f"{name}_{_name(data)}"
        (bundle / f"pagefind.{one['hash']}.pf_meta").write_bytes(data)
    entry.write_text(json.dumps(said, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _ordered(folder: Path, language: str, name: str) -> str:
    """Put a filter's values in order; return its new name."""
    old = folder / f"{name}.pf_filter"
    found = _read(old)
    found[1].sort()
    data = _packed(found)
    new = f"{language}_{_name(data)}"
    old.unlink()
    (folder / f"{new}.pf_filter").write_bytes(data)
    return new


def _name(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=5).hexdigest()


def _read(file: Path) -> Any:  # noqa: ANN401 - its shape is Pagefind's
    data = gzip.decompress(file.read_bytes())
    return _Reader(data, len(_SIGNATURE)).value()


def _packed(value: object) -> bytes:
    return gzip.compress(_SIGNATURE + b"".join(_written(value)), mtime=0)


class _Reader:
    """Reads the part of CBOR that Pagefind writes: numbers, text, lists of a length."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data, self._place = data, place

    def value(self) -> Any:  # noqa: ANN401 - a tree of whatever there is
        kind, number = self._head()
        if kind == 0:
            return number
        if kind == 3:
            self._place += number
            return self._data[self._place - number : self._place].decode()
        if kind == 4:
            return [self.value() for _ in range(number)]
        raise UsageError("Pagefind writes its index in a new way; use the version that is locked")

    def _head(self) -> tuple[int, int]:
        first = self._data[self._place]
        self._place += 1
        kind, number = divmod(first, 32)
        if number < 24:
            return kind, number
        size = 1 << (number - 24)
        self._place += size
        return kind, int.from_bytes(self._data[self._place - size : self._place])


def _written(value: object) -> Iterator[bytes]:
    if isinstance(value, int):
        yield _head(0, value)
    elif isinstance(value, str):
        yield _head(3, len(value.encode())) + value.encode()
    elif isinstance(value, list):
        yield _head(4, len(value))
        for one in value:
            yield from _written(one)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes((kind * 32 + number,))
    size = next(size for size in (1, 2, 4, 8) if number < 1 << (8 * size))
    return bytes((kind * 32 + 23 + size.bit_length(),)) + number.to_bytes(size)
