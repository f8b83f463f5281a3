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
        UsageError: There is no site, or Pagefind cannot be run.
    """
    if not site.is_dir():
        raise UsageError(f"there is no site in {site}; make it with 'blogtools build'")
    kept.mkdir(parents=True, exist_ok=True)
    with held(kept):
        language = _language(site)
        memory = kept / f"seen-{environment().hex()}"
        found = _look(site, memory)
        made = shards(found, versions(_lists(site)))
        keys = [_key(shard, language) for shard in made]
        missing = [one for one in zip(made, keys, strict=True) if not (kept / one[1]).is_dir()]
        for shard, key in missing:
            _make(shard, site, language, kept, key)
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


def _look(site: Path, memory: Path) -> list[Findable]:
    """Return what is to be found, asking only pages that are not as they were the last time."""
    last = _remembered(memory)
    seen = {}
    for path, page in _files(site, ".html"):
        mark, known = digest(page), last.get(path)
        if known is None or known.page != mark:
            one = findable(path, page.decode("utf-8", "replace"))
            known = _Seen(mark, one[0] if one else None)
        seen[path] = known
    replace_file(memory, msgspec.msgpack.encode(seen))
    return [one.found for one in seen.values() if one.found is not None]


def _remembered(memory: Path) -> Mapping[str, _Seen]:
    try:
        return msgspec.msgpack.decode(memory.read_bytes(), type=dict[str, _Seen])
    except (OSError, msgspec.MsgspecError):
        return {}


def _key(shard: Shard, language: str) -> str:
    """Return the name of a shard: the digest of all that it is made from."""
    texts = [(one.path, one.text) for one in shard.pages]
    return digest_of(pagefind.release(), language, texts).hex()[:16]


def _make(shard: Shard, site: Path, language: str, kept: Path, key: str) -> None:
    with tempfile.TemporaryDirectory(prefix="new-", dir=kept) as folder:
        pages, bundle = Path(folder, "pages"), Path(folder, "bundle")
        for one in shard.pages:
            file = pages / one.path
            file.parent.mkdir(parents=True, exist_ok=True)
            page = (site / one.path).read_text("utf-8", "replace")
            found = findable(one.path, page)
            file.write_text(found[1] if found else "", "utf-8")
        pagefind.index(pages, language, bundle)
        bundle.rename(kept / key)


def _put(made: tuple[Shard, ...], keys: list[str], kept: Path, to: Path, language: str) -> None:
    """Lay out the index: the first shard at its root, with what all of them need."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    listed: list[Mapping[str, object]] = []
    for shard, key in zip(made, keys, strict=True):
        place, left = ("", ()) if not listed else (f"{key}/", pagefind.SHARED)
        ignore = shutil.ignore_patterns(*left)
        shutil.copytree(
            kept / key, to / place, ignore=ignore, copy_function=_linked, dirs_exist_ok=True
        )
        listed.append(_entry(shard, place, key))
    data = {"language": language, "shards": listed}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (to / LIST).write_text(text, "utf-8")


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
