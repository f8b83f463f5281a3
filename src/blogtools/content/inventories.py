"""The inventories that Sphinx writes, version 2: which Python objects a project documents, where.

Four lines of plain text, then zlib; each line of that is name, domain:role, priority, place, title.
A ``$`` at the end of the place stands for the name, and so does a title ``-``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

_HEAD = re.compile(
    rb"# Sphinx inventory version 2\r?\n# Project: ?(?P<project>[^\n]*)\n"
    rb"# Version: ?(?P<version>[^\n]*)\n#[^\n]*zlib[^\n]*\n"
)
_ENTRY = re.compile(r"(?P<name>\S+) py:\w+ -?\d+ (?P<place>\S*) .*")
# No project documents so much; a file that unpacks to more is damaged, or meant to do damage.
_LARGEST = 2**26


class BadInventory(Exception):
    """A file is no inventory, or not a whole one."""


def read_objects(data: bytes) -> Mapping[str, str]:
    """Return the Python objects of an inventory.

    Args:
        data: The file.

    Returns:
        Each dotted name to the place that documents it, relative to the documentation.

    Raises:
        BadInventory: It is no inventory of version 2, or damaged.
    """
    head = _HEAD.match(data)
    if head is None:
        raise BadInventory("it does not begin with '# Sphinx inventory version 2'")
    found: dict[str, str] = {}
    for name, place in _entries(_unpacked(data[head.end() :]).splitlines()):
        found.setdefault(name, place)
    return found


def _unpacked(data: bytes) -> str:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, _LARGEST)
        if not unpacker.eof:
            raise BadInventory("it is cut off, or far too large")
        return text.decode()
    except (zlib.error, UnicodeDecodeError) as damaged:
        raise BadInventory(str(damaged)) from None


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each Python object with its place; what is of another language is nobody's business."""
    for line in lines:
        if match := _ENTRY.fullmatch(line):
            name, place = match["name"], match["place"]
            yield name, f"{place[:-1]}{name}" if place.endswith("$") else place
