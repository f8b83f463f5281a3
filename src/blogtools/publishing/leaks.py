"""Texts that must not be in what is published: a line of each draft, looked for in every file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from blogtools.build.outputs import replace_file
from blogtools.model.digest import digest_of

from .compressing import is_text
from .hashes import Disturbed, Part

# Words without marks, which come out of the conversion as they went in.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,;]){40,}")
# So many of the longest of a text are looked for.
_MOST = 3

#: The digest of what was looked for, and the sha256 of each file that has nothing of it.
_Clean = tuple[bytes, set[bytes]]

_DECODER: msgspec.msgpack.Decoder[_Clean] = msgspec.msgpack.Decoder(_Clean)


def lines_of(body: str) -> tuple[str, ...]:
    """Return what a text is known by: its longest runs of plain words."""
    found = {run.strip() for run in _PLAIN.findall(body)}
    return tuple(sorted(found, key=lambda run: (-len(run), run))[:_MOST])


class Leaks:
    """Looks for texts in files, and remembers by their content which have nothing of them."""

    def __init__(self, file: Path, secrets: Collection[str]) -> None:
        """Take the texts.

        Args:
            file: Where is remembered what was looked at.
            secrets: The texts.
        """
        self._file = file
        self._secrets = tuple(sorted(secrets))
        self._mark = digest_of(1, self._secrets)
        self._clean = self._remembered()

    def _remembered(self) -> set[bytes]:
        with suppress(OSError, msgspec.MsgspecError):
            mark, clean = _DECODER.decode(self._file.read_bytes())
            if mark == self._mark:
                return clean
        return set()

    def found(self, parts: Mapping[str, Part]) -> Iterator[tuple[str, str]]:
        """Yield each file that has one of the texts, with the first of them.

        Args:
            parts: The files by their paths.
        """
        if not self._secrets:
            return
        looked: set[bytes] = set()
        pattern = re.compile(b"|".join(re.escape(text.encode()) for text in self._secrets))
        for path, part in parts.items():
            sha256 = bytes.fromhex(part.sha256)
            if sha256 in self._clean:
                looked.add(sha256)
            elif is_text(path):
                secret = _first(pattern, part)
                if secret:
                    yield path, secret
                else:
                    looked.add(sha256)
        self._remember(looked)

    def _remember(self, clean: set[bytes]) -> None:
        with suppress(OSError):
            replace_file(self._file, msgspec.msgpack.encode((self._mark, clean)))


def _first(pattern: re.Pattern[bytes], part: Part) -> str:
    try:
        found = pattern.search(Path(part.source).read_bytes())
    except OSError:
        raise Disturbed(part.source) from None
    return found[0].decode() if found else ""
