"""The same work on many items, on every core."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Below this, starting processes costs more than it saves.
_WORTH_FORKING = 24

# How many items a process takes at once: many, since what follows each other has much in common,
# and fewer towards the end, so that no process is left alone for long with the last ones.
_LARGEST, _SMALLEST = 32, 4

# From Linux' <sys/prctl.h>.
_PR_SET_PDEATHSIG = 1

# After so many items without a collector, it looks at what they have left.
_BATCH = 64

# What a forked worker does, and on what; it inherits both together with all that they refer to, so
# that neither needs to be pickled.
_work: Callable[[range], Sequence[Any]] | None = None


def worker_count(wanted: int) -> int:
    """Return how many processes to use: the number wanted, or one for each core if that is 0."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return wanted or cores


def parallel_map(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    meanwhile: Callable[[], None] = lambda: None,
) -> Generator[Result]:
    """Yield the result for each item, in the items' order.

    Args:
        work: Must depend on its argument alone; what it changes elsewhere is lost.
        items: What to work on.
        workers: How many processes; 1 does the work right here.
        meanwhile: What this process may do already once others work; they do not see it.

    Raises:
        Exception: Whatever ``work`` raises.
    """
    if workers <= 1 or len(items) < _WORTH_FORKING or not can_fork():
        yield from _one_after_the_other(work, items)
        return
    # Takes longer to import than a build that finds nothing changed has to spare.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    global _work
    _work = lambda places: [work(items[place]) for place in places]  # noqa: E731 - annotated above
    gc.freeze()  # what is there already is no garbage: workers need not look at it, nor copy it
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(
            workers, context, initializer=_begin, initargs=(os.getpid(),)
        ) as pool:
            results = pool.map(_do, _portions(len(items), workers))
            meanwhile()
            yield from chain.from_iterable(results)
    finally:
        gc.unfreeze()
        _work = None


def _begin(parent: int) -> None:
    """Make a process a worker: with a collector of its own, and no longer there than its parent.

    A killed parent could not end it, and it would wait for work for ever, with the lock of a build.
    """
    gc.enable()
    bound_to(parent)


def bound_to(parent: int) -> None:
    """End this process with its parent, where the system can see to that."""
    if sys.platform == "linux":
        import ctypes  # as long to import as a child of one's own takes to begin

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _one_after_the_other(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    for place, item in enumerate(items, start=1):
        yield work(item)
        if place % _BATCH == 0:
            gc.collect(0)


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep the garbage collector from looking, again and again, at what stays to the end.

    What makes garbage is done by workers, and those have theirs.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def can_fork() -> bool:
    """Return whether processes can be started that know all that this one knows."""
    return hasattr(os, "fork")


def _portions(count: int, workers: int) -> Iterator[range]:
    """Yield the places of the items that are given to processes, one portion after the other."""
    start = 0
    while start < count:
        size = min(_LARGEST, max(_SMALLEST, (count - start) // (workers * 8)))
        yield range(start, min(start + size, count))
        start += size


def _do(places: range) -> Sequence[Any]:
    if _work is None:
        raise RuntimeError("a worker was started without its work")
    return _work(places)
