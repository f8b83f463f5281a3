"""A share of the work, done somewhere else: its store is found by the build that needs it.

Converting a text depends on no other text, so any machine can do it. Each shard leaves a store of
its own; the build that comes last takes them in, and has only to compose.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from blogtools.build.files import Files
from blogtools.build.memory import Memory
from blogtools.build.store import Store
from blogtools.model.diagnostic import UsageError
from blogtools.model.digest import digest

from .ports import Progress, Request, Site, silent


class Share(Struct, frozen=True):
    """One of several equal shares of all texts.

    Attributes:
        number: Which one, from 1.
        count: How many there are.
    """

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> Share:
        """Return the share that ``2/4`` means.

        Raises:
            UsageError: It means none.
        """
        match = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
        if match is None or int(match[1]) > int(match[2]):
            raise UsageError(
                f"there is no shard {text!r}; write one such as 2/4, the second of four"
            )
        return cls(int(match[1]), int(match[2]))

    def holds(self, path: str) -> bool:
        """Return whether a text belongs to this share: by its name, so that it stays there."""
        number = int.from_bytes(digest(path.encode("utf-8", "surrogateescape")))
        return number % self.count == self.number - 1


class Done(Struct, frozen=True):
    """What a shard came to: how many texts it holds, of how many, and its store."""

    texts: int
    all: int
    file: Path


def convert_share(
    request: Request,
    share: Share,
    generator: Callable[[Request], Site],
    progress: Progress = silent,
) -> Done:
    """Convert a share of the essays into a store of its own; no site is written.

    Args:
        request: Which project.
        share: Which of its texts.
        generator: Opens the site.
        progress: Is told how far it is.

    Raises:
        ContentError: The configuration has errors. Those of texts are said by the build.
        UsageError: There is no project.
    """
    file = _folder(request.config_file) / f"{share.number}-of-{share.count}.sqlite"
    site = generator(request)
    site.configure()
    beneath = Store(_folder(request.config_file).parent / "build/store.sqlite", writable=False)
    store = Store(file, beneath=beneath)
    try:
        memory = Memory(Files(site.project.root, verify=True), store=store)
        texts, everything = site.convert(share.holds, memory, progress)
    finally:
        store.close()
        beneath.close()
    return Done(texts, everything, file)


def absorb_shards(store: Store, config_file: Path) -> None:
    """Take what shards have left into the store; a damaged one is left out, and done again."""
    for file in filter(Path.is_file, sorted(_folder(config_file).glob("*.sqlite"))):
        try:
            store.absorb(file)
        except sqlite3.Error:
            store.said[f"the shard {file.name} is damaged, and its share is done again"] = None
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink(missing_ok=True)


def _folder(config_file: Path) -> Path:
    return config_file.resolve().parent / ".blogtools/shards"
