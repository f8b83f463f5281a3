"""Parse pages as the HTML standard says, and print where each breaks its rules.

A program of its own: ``python -m blogtools.gates.html_child``, with one file name a line on its
standard input. Prints a JSON object: the findings of every file that it parsed, by name.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from html5lib import HTMLParser, treebuilders
from html5lib.constants import E

# More processes than this gain nothing on a machine that others share.
_WORKERS = 4
_AT_ONCE = 8


def errors(name: str) -> tuple[str, list[tuple[int, int, str, str]]]:
    """Return a file's name, and its errors: line, column, code and message.

    Args:
        name: The file.
    """
    parser = HTMLParser(treebuilders.getTreeBuilder("etree"))
    parser.parse(Path(name).read_bytes())
    return name, [
        (line, column + 1, code, _message(code, facts))
        for (line, column), code, facts in parser.errors
    ]


def _message(code: str, facts: dict[str, object] | None) -> str:
    try:
        return str(E[code] % (facts or {})).rstrip(".")
    except (KeyError, TypeError, ValueError):
        return code


def main() -> None:
    """Parse every file that is named."""
    names = [line for line in sys.stdin.read().splitlines() if line]
    workers = min(_WORKERS, os.cpu_count() or 1, max(1, len(names) // _AT_ONCE))
    if workers == 1:
        found = dict(map(errors, names))
    else:
        with ProcessPoolExecutor(workers) as pool:
            found = dict(pool.map(errors, names, chunksize=_AT_ONCE))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
