"""Work that another process does meanwhile."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TypeVar

from .workers import bound_to, can_fork, worker_count

T = TypeVar("T")

#: So many files are worth a process of their own: with fewer, its start takes longer than they do.
MANY = 300


@contextmanager
def aside(work: Callable[[], T], files: int, *, nice: int = 0) -> Iterator[Callable[[], T]]:
    """Begin some work in a process of its own, if it is much and there is a core for it.

    Args:
        work: Returns a value that can be pickled, and changes nothing of this process. It may be
            cut off, and begun again.
        files: How many files it is about.
        nice: How far it lets others go first, as `os.nice` has it: this process will ask for the
            value late.

    Yields:
        What waits for the value; where the other process failed, or there is none, it does the
        work itself. The other process ends with the block, whether anybody waited or not.
    """
    if files < MANY or not can_fork() or worker_count(0) < 2:
        yield cache(work)
        return
    reader, writer = os.pipe()
    parent = os.getpid()
    if (child := os.fork()) == 0:
        os.close(reader)
        _answer(work, writer, parent, nice)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as answer:
            yield cache(lambda: _understood(answer.read(), work))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _understood(data: bytes, work: Callable[[], T]) -> T:
    """Return the value that another process sent; if it sent none that is whole, do its work."""
    with suppress(pickle.UnpicklingError, EOFError):
        value: T = pickle.loads(data)  # noqa: S301 - only our own child could write this
        return value
    return work()


def _answer(work: Callable[[], object], writer: int, parent: int, nice: int) -> None:
    """Do the work, send what comes of it, and end: nothing of the parent's is ours to finish."""
    with suppress(BaseException):
        bound_to(parent)
        os.nice(nice)
        data = pickle.dumps(work())
        with os.fdopen(writer, "wb") as answer:
            answer.write(data)
    os._exit(0)
