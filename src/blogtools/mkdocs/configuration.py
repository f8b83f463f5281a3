"""The files of a configuration, and the variables of the environment that it mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_INHERIT = re.compile(r"^INHERIT:[ \t]*['\"]?(?P<file>[^'\"\n#]+)", re.MULTILINE)
_ENV = re.compile(r"!ENV[ \t]+(?:\[(?P<several>[^\]]*)\]|(?P<one>\S+))")
_NAME = re.compile(r"[A-Za-z_]\w*")


def files(config_file: Path) -> tuple[Path, ...]:
    """Return a configuration file, and those that it inherits from."""
    return tuple(dict.fromkeys(_files(config_file.resolve(), frozenset())))


def _files(file: Path, above: frozenset[Path]) -> Iterator[Path]:
    yield file
    if (match := _INHERIT.search(_text(file))) and file not in above:
        yield from _files((file.parent / match["file"].strip()).resolve(), above | {file})


def variables(config_file: Path) -> tuple[str, ...]:
    """Return the names of the variables that a configuration reads with ``!ENV``.

    Words that are defaults may be among them, which does no harm.
    """
    text = "\n".join(map(_text, files(config_file)))
    found = (match["several"] or match["one"] for match in _ENV.finditer(text))
    return tuple(sorted({name for names in found for name in _NAME.findall(names)}))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
