"""The same work on many items, on every core."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")

# Below this, starting processes costs more than it saves.
_WORTH_FORKING = 24

# What a forked worker does, and on what; it inherits both together with all that they refer to, so
# that neither needs to be pickled.
_work: Callable[[int], object] | None = None


def worker_count(wanted: int) -> int:
    """Return how many processes to use: the number wanted, or one for each core if that is 0."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return wanted or cores


def parallel_map(
    work: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result]:
    """Yield the result for each item, in the items' order.

    Args:
        work: Must depend on its argument alone; what it changes elsewhere is lost.
        items: What to work on.
        workers: How many processes; 1 does the work right here.

    Raises:
        Exception: Whatever ``work`` raises.
    """
    if workers <= 1 or len(items) < _WORTH_FORKING or not _can_fork():
        yield from map(work, items)
        return
    global _work
    _work = lambda place: work(items[place])  # noqa: E731 - the annotation stands above
    try:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
            yield from cast(
                "Iterator[Result]",
                pool.map(_do, range(len(items)), chunksize=max(1, len(items) // (workers * 16))),
            )
    finally:
        _work = None


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _do(place: int) -> object:
    if _work is None:
        raise RuntimeError("a worker was started without its work")
    return _work(place)
