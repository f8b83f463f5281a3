"""Publishes in processes of their own that are killed, or run out of room, at a chosen moment."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from collections.abc import Callable

from blogtools.model.diagnostic import UsageError
from tests.incremental.interrupting import Moments, needs_room
from tests.publishing.support import Blog

_FORK = multiprocessing.get_context("fork")
_PATIENCE = 60
#: How a process ends that says that it could not publish.
REFUSED = 3


def _publish(blog: Blog, before: Callable[[], None], *, link: bool) -> None:
    publish = blog.publisher(link=link)
    before()
    try:
        publish()
    except (UsageError, OSError):
        # Both are told by the command.
        os._exit(REFUSED)
    # Without what a whole interpreter does at its end.
    os._exit(0)


def child(
    blog: Blog, before: Callable[[], None] = lambda: None, *, link: bool = False
) -> multiprocessing.process.BaseProcess:
    """Begin to publish in a process of its own."""
    process = _FORK.Process(target=_publish, args=(blog, before), kwargs={"link": link})
    process.start()
    return process


def ended(process: multiprocessing.process.BaseProcess) -> int:
    """Return how a process ended."""
    process.join(_PATIENCE)
    assert process.exitcode is not None
    return process.exitcode


def count(blog: Blog) -> int:
    """Publish, and return how many changes to files that took."""
    moments = Moments(blog.root)
    assert ended(child(blog, moments.watch(lambda _number, _event: None))) == 0
    changes: int = moments.counted.value
    return changes


def kill_at(blog: Blog, moment: int) -> int:
    """Publish, and kill that just before one of its changes to files."""

    def act(number: int, _event: str) -> None:
        if number == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    return ended(child(blog, Moments(blog.root).watch(act)))


def fill_at(blog: Blog, moment: int) -> int:
    """Publish, and let there be no room left from one of its changes on."""

    def act(number: int, event: str) -> None:
        if number >= moment and needs_room(event):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return ended(child(blog, Moments(blog.root).watch(act)))
