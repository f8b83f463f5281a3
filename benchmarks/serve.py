"""How long a writer waits: from saving a post to the changed bytes at its address."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.measure import CommandError, Measurement, Running, last_words, running
from benchmarks.project import LOOPBACK

# Short beside the least wait that is promised, long enough to leave the server its processor.
_PAUSE = 0.002
_TIMEOUT = 30.0
# A server that has not worked for so long is done with what it does after an answer.
_QUIET = 0.3
_IDLE = 0.03
# A server that looks at files now and then must not be met at the same point of its round each
# time: the moments of saving are spread over so many seconds, evenly, by the golden ratio.
_SPREAD = 0.5
_GOLDEN = 0.618
# What any page ends with.
_WHOLE = "</html>"


@dataclass(frozen=True)
class Edit:
    """One edit of a post.

    Attributes:
        path: The address of its page, without the host.
        save: Writes the post.
        awaited: What the page shows after.
    """

    path: str
    save: Callable[[], None]
    awaited: str


def measure_server(
    command: Callable[[int], Sequence[str]],
    edits: Sequence[Edit],
    *,
    folder: Path,
    env: Mapping[str, str],
    log: Path,
    limit: float,
    patience: float = 60.0,
) -> Measurement:
    """Start a server, edit posts one after the other, and time each until its page shows it.

    Args:
        command: Says how to start the server at a port.
        edits: The edits.
        folder: Where the server runs.
        env: Its whole environment.
        log: File for what it prints.
        limit: Seconds for its start, and for each edit.
        patience: Seconds of edits after which no more is begun.

    Returns:
        The measurement, with a lap for each edit.

    Raises:
        CommandError: The server ended, or took longer than the limit.
    """
    port = _free_port()
    whole = limit * 2 + patience
    words = command(port)
    with (
        running(words, folder=folder, env=env, log=log, limit=whole) as server,
        # One connection, where the server keeps it: no time goes into making new ones.
        closing(http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT)) as connection,
    ):
        page = _Page(connection, server, log)
        page.wait_for(edits[0].path, _WHOLE, limit)
        laps = [*_laps(page, edits, limit, patience)]
    wall = median(laps)
    share = wall / server.measurement.wall
    return replace(
        server.measurement, wall=wall, noise=server.measurement.noise * share, laps=tuple(laps)
    )


def _laps(page: _Page, edits: Sequence[Edit], limit: float, patience: float) -> Iterator[float]:
    end = time.monotonic() + patience
    for number, edit in enumerate(edits):
        if number and time.monotonic() > end:
            return
        page.wait_for(edit.path, _WHOLE, limit)
        page.wait_until_quiet(limit)
        time.sleep(_SPREAD * (number * _GOLDEN % 1))
        start = time.perf_counter()
        edit.save()
        page.wait_for(edit.path, edit.awaited, limit)
        yield time.perf_counter() - start


class _Page:
    """Asks a server for pages until they show something."""

    def __init__(self, connection: http.client.HTTPConnection, server: Running, log: Path) -> None:
        self._connection, self._server, self._log = connection, server, log

    def wait_for(self, path: str, text: str, limit: float) -> None:
        """Ask until a page shows a text, or raise."""
        end, wanted = time.monotonic() + limit, text.encode()
        while wanted not in self._get(path):
            if self._server.ended():
                raise CommandError(f"the server ended: {last_words(self._log)}")
            if time.monotonic() > end:
                raise CommandError(f"{path} did not change in {limit:g} s. Raise it with --limit.")
            time.sleep(_PAUSE)

    def wait_until_quiet(self, limit: float) -> None:
        """Wait until the server does nothing more; one that never rests is taken as it is."""
        end, worked = time.monotonic() + min(limit, _TIMEOUT), self._server.worked()
        while time.monotonic() < end:
            time.sleep(_QUIET)
            before, worked = worked, self._server.worked()
            if worked - before <= _IDLE:
                return

    def _get(self, path: str) -> bytes:
        """Ask once; nothing, if there is no answer."""
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            return answer.read() if answer.status == http.client.OK else _emptied(answer)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return b""


def _emptied(answer: http.client.HTTPResponse) -> bytes:
    """Read an answer that does not count, so that the connection is free again."""
    answer.read()
    return b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
