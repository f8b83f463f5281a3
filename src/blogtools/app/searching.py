"""The index of a finished site: a shard for each part of it, made anew when that changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from blogtools.build.environment import environment
from blogtools.build.outputs import held, replace_file
from blogtools.content.searching import (
    Findable,
    Kind,
    Shard,
    findable,
    shards,
    versions,
)
from blogtools.model.diagnostic import UsageError
from blogtools.model.digest import digest, digest_of
from blogtools.model.interface import ENGLISH, primary

from . import pagefind

#: The folder of a site in which readers' browsers look for the index.
FOLDER = "pagefind"
#: Its file that says which shards there are.
LIST = "shards.json"
_LANGUAGE = re.compile(r"<html[^>]*\slang=\"?([\w-]+)")


class Indexed(Struct, frozen=True):
    """What came of it.

    Attributes:
        folder: Where the index is.
        pages: How many pages can be found.
        shards: How many shards there are.
        made: How many of them were made anew.
    """

    folder: Path
    pages: int
    shards: int
    made: int


class _Seen(Struct, frozen=True, array_like=True):
    """What came of a page the last time: that of its bytes' digest."""

    page: bytes
    found: Findable | None


def index_site(site: Path, to: Path, kept: Path) -> Indexed:
    """Make a site searchable.

    Args:
        site: The finished site.
        to: Where the index is to be; what is there is replaced.
        kept: Where shards are kept from one time to the next; it may be deleted at any time.

    Raises:
        UsageError: There is no site, its place for an index is taken, or Pagefind cannot be run.
    """
    if not site.is_dir():
        raise UsageError(f"there is no site in {site}; make it with 'blogtools build'")
    if to.is_dir() and any(to.iterdir()) and not (to / LIST).is_file():
        raise UsageError(f"{to} holds something that is no index; give that another address")
    kept.mkdir(parents=True, exist_ok=True)
    with held(kept):
        language = _language(site)
        memory = kept / f"seen-{environment().hex()}"
        found, texts = _look(site, memory)
        made = shards(found, versions(_lists(site)))
        keys = [_key(shard, language) for shard in made]
        missing = [one for one in zip(made, keys, strict=True) if not (kept / one[1]).is_dir()]
        for shard, key in missing:
            _make(shard, site, texts, language, kept / key)
        _put(made, keys, kept, to, language)
        _forget(kept, {*keys, memory.name})
    return Indexed(to, sum(len(one.pages) for one in made), len(made), len(missing))


def _language(site: Path) -> str:
    """Return the language of the home page: all words are stemmed in one, so that each is found."""
    try:
        match = _LANGUAGE.search((site / "index.html").read_text("utf-8", "replace"))
    except OSError:
        match = None
    return primary(match[1]) if match else ENGLISH


def _files(site: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for folder, _, files in os.walk(site):
        below = os.path.relpath(folder, site)
        for file in files:
            if file.endswith(name):
                path = Path(below, file).as_posix()
                yield path, Path(folder, file).read_bytes()


def _lists(site: Path) -> Mapping[str, bytes]:
    end = "versions.json"
    return {
        path.removesuffix(end): data for path, data in _files(site, end) if path.endswith(f"/{end}")
    }


def _look(site: Path, memory: Path) -> tuple[list[Findable], Mapping[str, str]]:
    """Return what is to be found, and its text in pages that are not as they were the last time."""
    last, seen, texts = _remembered(memory), {}, {}
    for path, page in _files(site, ".html"):
        mark, known = digest(page), last.get(path)
        if known is None or known.page != mark:
            known = _Seen(mark, None)
            if (one := findable(path, page.decode("utf-8", "replace"))) is not None:
                known, texts[path] = _Seen(mark, one[0]), one[1]
        seen[path] = known
    replace_file(memory, msgspec.msgpack.encode(seen))
    return [one.found for one in seen.values() if one.found is not None], texts


def _remembered(memory: Path) -> Mapping[str, _Seen]:
    try:
        return msgspec.msgpack.decode(memory.read_bytes(), type=dict[str, _Seen])
    except (OSError, msgspec.MsgspecError):
        return {}


def _key(shard: Shard, language: str) -> str:
    """Return the name of a shard: the digest of all that it is made from."""
    texts = [(one.path, one.text) for one in shard.pages]
    return digest_of(pagefind.release(), language, texts).hex()[:16]


def _make(shard: Shard, site: Path, texts: Mapping[str, str], language: str, to: Path) -> None:
    """Make the index of a shard."""
    with tempfile.TemporaryDirectory(prefix="new-", dir=to.parent) as folder:
        pages, bundle = Path(folder, "pages"), Path(folder, "bundle")
        for one in shard.pages:
            file = pages / one.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(texts.get(one.path) or _text(site, one.path), "utf-8")
        pagefind.index(pages, language, bundle)
        bundle.rename(to)


def _text(site: Path, path: str) -> str:
    """Return what is found in a page that is as it was, while others of its shard are not."""
    found = findable(path, (site / path).read_text("utf-8", "replace"))
    return found[1] if found else ""


def _put(made: tuple[Shard, ...], keys: list[str], kept: Path, to: Path, language: str) -> None:
    """Lay out the index: the first shard at its root, with what all of them need."""
    places = [f"{key}/" if number else "" for number, key in enumerate(keys)]
    data = {"language": language, "shards": [*map(_entry, made, places, keys)]}
    listed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    if _has(to / LIST, listed):
        return
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for place, key in zip(places, keys, strict=True):
        left = shutil.ignore_patterns(*pagefind.SHARED if place else ())
        shutil.copytree(
            kept / key, to / place, ignore=left, copy_function=_linked, dirs_exist_ok=True
        )
    # The last: where the list is there, all is.
    (to / LIST).write_bytes(listed)


def _has(file: Path, data: bytes) -> bool:
    try:
        return file.read_bytes() == data
    except OSError:
        return False


def _entry(shard: Shard, place: str, key: str) -> Mapping[str, object]:
    """Return what the dialog has to know of a shard before it loads it."""
    entry: dict[str, object] = {"at": place, "key": key, "kind": shard.kind.value}
    if shard.kind is Kind.ESSAY:
        entry["years"] = sorted({one.year for one in shard.pages}, reverse=True)
        entry["tags"] = sorted({tag for one in shard.pages for tag in one.tags})
    if shard.version is not None:
        own = shard.version
        entry |= {"version": own.label, "latest": own.latest, "folder": own.folder}
    return entry


def _linked(source: str, target: str) -> None:
    """Give a file a second name; no file of an index is ever changed in place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _forget(kept: Path, used: set[str]) -> None:
    """Remove the shards that the site no longer has."""
    for old in kept.iterdir():
        if old.name in used:
            continue
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
