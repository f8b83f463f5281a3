"""The processes of an essay's code: how many there are, what memory they hold, and their end.

Read from ``/proc``. Where there is none, only the first process is known, and its group is ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

#: The variable by which every process that an essay starts is known, wherever it has gone.
MARK = "BLOGTOOLS_RUN"
_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ROUNDS = 20


def session(leader: int) -> tuple[int, ...]:
    """Return the processes of a session."""
    return tuple(number for number in every() if _session(number) == leader)


def memory(number: int) -> int:
    """Return how many bytes of memory a process holds; nothing if it is gone."""
    try:
        return int((_PROC / str(number) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def end(leader: int, token: str) -> None:
    """End a group of processes, and all that were started from it and left it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    for _ in range(_ROUNDS):
        left = [number for number in every() if _bears(number, token)]
        if not left:
            return
        for number in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)


def every() -> Iterator[int]:
    """Yield every process of the machine."""
    try:
        names = [entry.name for entry in _PROC.iterdir()]
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit())


def _session(number: int) -> int:
    try:
        # The second field is the program's name, which may hold anything.
        fields = (_PROC / str(number) / "stat").read_text(errors="replace").rpartition(")")[2]
        return int(fields.split()[3])
    except (OSError, IndexError, ValueError):
        return 0


def _bears(number: int, token: str) -> bool:
    """Return whether a process lives that was started with a token; one that ended has none."""
    try:
        return f"{MARK}={token}".encode() in (_PROC / str(number) / "environ").read_bytes()
    except OSError:
        return False
