"""Reading symbols, with griffe imported only where there is something to read: it takes 0.3 s."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path
from threading import Lock

from blogtools.build.environment import version
from blogtools.model.changes import Changes
from blogtools.model.companion import Companion, Inventory

_READER = ("symbols.py", "paging.py", "weights.py", "summaries.py", "reading.py", "changes.py")

#: Held while source is parsed: CPython 3.11 counts the depth of all syntax trees of a process in
#: one place, and two threads that build one at once may fail (its issue gh-106905).
_PARSING = Lock()


@cache
def engine() -> str:
    """Return a text that changes whenever reading the same source could give another result."""
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in _READER)
    digest = hashlib.blake2b(code, digest_size=8).hexdigest()
    python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    return f"griffelib {version('griffelib')}, {python}, reader {digest}"


def read(companion: Companion, source: Path) -> Inventory:
    """Return everything public in a companion, and the address that documents it.

    Args:
        companion: The companion.
        source: The folder in which its modules lie.

    Raises:
        FetchError: A module cannot be read.
    """
    from blogtools.companions.symbols import read_symbols

    with _PARSING:
        return read_symbols(companion, source)


def difference(old: Companion, old_source: Path, new: Companion, new_source: Path) -> Changes:
    """Return everything public that differs between two versions of a package.

    Args:
        old: The older version.
        old_source: The folder in which its modules lie.
        new: The newer version.
        new_source: The folder of that one.

    Raises:
        FetchError: One of the two cannot be read.
    """
    from blogtools.companions import changes

    with _PARSING:
        return changes.difference(old, old_source, new, new_source)
