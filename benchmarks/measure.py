"""Wall time, processor time and peak memory of a command and of everything it starts.

Memory is sampled, because the kernel keeps no peak for a tree of processes: every 50 ms the
proportional set sizes (PSS: shared pages are counted once, not once a process) of all descendants
are added up. A process that lives between two samples is missed; a build's peak lasts longer.
Reading PSS walks the page tables of the process and holds its memory lock, so the sampler sleeps
at least ten times as long as its last look took: a big process is not slowed by being watched.
What the kernel remembers of the biggest single process is kept beside the sampled sum, as a check.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_INTERVAL = 0.05
_REST = 10
_GRACE = 5.0
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class CommandError(Exception):
    """A measured command that failed or took too long, with the end of what it said."""


@dataclass(frozen=True)
class Measurement:
    """What one run of a command took.

    Attributes:
        wall: Seconds from start to end.
        cpu: Processor seconds, user and system, of the command and all it waited for.
        peak: Bytes of memory of the whole tree at the highest sample; `largest` if none saw it.
        largest: Bytes of the biggest single process, as the kernel remembers it; pages that it
            shares with others count in full.
        samples: How many samples of memory were taken.
        noise: Processor seconds that anything else on the machine used meanwhile.
        laps: Of a server, seconds from saving a post to its changed page, for each edit; `wall` is
            their median then, and `noise` what fell on it.
    """

    wall: float
    cpu: float
    peak: int
    largest: int
    samples: int
    noise: float
    laps: tuple[float, ...] = ()


def measure(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], log: Path, limit: float
) -> Measurement:
    """Run a command to its end and measure it.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        env: Its whole environment.
        log: File for what it prints.
        limit: Seconds after which it is stopped.

    Returns:
        The measurement.

    Raises:
        CommandError: It failed, or was stopped at the limit.
    """
    with running(command, folder=folder, env=env, log=log, limit=limit) as process:
        process.wait()
    if process.expired:
        raise CommandError("stopped at the time limit. Raise it with --limit.")
    if process.exit_code != 0:
        raise CommandError(f"exit code {process.exit_code}: {last_words(log)}")
    return process.measurement


_NOTHING = Measurement(0.0, 0.0, 0, 0, 0, 0.0)


@dataclass
class Running:
    """A command that runs, or has run.

    Attributes:
        pid: Its process id, that of its session too.
        exit_code: How it ended, once it has.
        expired: Whether it was stopped at the limit.
        measurement: What it took, once it has ended.
    """

    pid: int
    exit_code: int = 0
    expired: bool = False
    measurement: Measurement = _NOTHING

    def wait(self) -> None:
        """Wait until it ends by itself, or is stopped at the limit."""
        # Waiting without reaping keeps the id taken, so that nobody else's process can be stopped.
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def ended(self) -> bool:
        """Ask whether it ended by itself.

        Returns:
            Whether it did.
        """
        # Without reaping, as in `wait`.
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def worked(self) -> float:
        """Ask how long its tree of processes has worked.

        Returns:
            Processor seconds of those that live.
        """
        return sum(_worked(pid) for pid in tree(self.pid))


@contextmanager
def running(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], log: Path, limit: float
) -> Iterator[Running]:
    """Run a command, and measure it until the block is left, which stops it.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        env: Its whole environment.
        log: File for what it prints.
        limit: Seconds after which it is stopped whatever the block does.

    Yields:
        The command; its measurement is there after the block.
    """
    # What earlier runs left to be written back would be paid by this one.
    os.sync()
    busy, own = busy_seconds(), time.process_time()
    with log.open("wb") as output:
        start = time.perf_counter()
        process = _start(command, folder, env, output)
        sampler = _Sampler(process.pid, start + limit)
        sampler.start()
        started = Running(process.pid)
        try:
            yield started
        finally:
            wall = time.perf_counter() - start
            _ask_to_stop(started)
            sampler.finish()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    noise = max(0.0, busy_seconds() - busy - cpu - (time.process_time() - own))
    largest = usage.ru_maxrss * 1024
    # A command may end before the first sample sees it.
    peak = sampler.peak or largest
    started.exit_code, started.expired = process.returncode, sampler.expired
    started.measurement = Measurement(wall, cpu, peak, largest, sampler.samples, noise)


def last_words(log: Path) -> str:
    """Read the end of what a command said.

    Args:
        log: The file that it said it to.

    Returns:
        Its last lines as one.
    """
    tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    return " / ".join(tail)


def tree(root: int) -> set[int]:
    """Find a process and all that descends from it.

    A process whose parent has ended is still found by its session.

    Args:
        root: The first process of a session.

    Returns:
        Process ids, those of zombies too.
    """
    table = _process_table()
    members = {pid for pid, (_, session) in table.items() if root in (pid, session)}
    grown = True
    while grown:
        children = {pid for pid, (parent, _) in table.items() if parent in members}
        grown = not children <= members
        members |= children
    return members


def memory(pid: int) -> int:
    """Read the memory of a process.

    Args:
        pid: The process.

    Returns:
        Its proportional set size in bytes; where the kernel does not tell, its resident set size;
        0 for a process that has ended.
    """
    rollup = _read(_PROC / str(pid) / "smaps_rollup")
    sizes = [line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(sizes[0]) * 1024 if sizes else _resident(pid)


def _start(
    command: Sequence[str], folder: Path, env: Mapping[str, str], output: BinaryIO
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, by which all that it starts can be found."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


class _Sampler(threading.Thread):
    """Watches a tree of processes until told to finish; stops the tree at the deadline."""

    def __init__(self, root: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.samples = 0
        self.expired = False
        self._root = root
        self._deadline = deadline
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until finished."""
        pause = 0.0
        while not self._done.wait(pause):
            start = time.perf_counter()
            self._look()
            if start > self._deadline and not self.expired:
                self.expired = True
                self._stop()
            pause = max(_INTERVAL, _REST * (time.perf_counter() - start))

    def finish(self) -> None:
        """End the sampling, and whatever the command left running."""
        self._done.set()
        self.join()
        self._stop()

    def _look(self) -> None:
        self.peak = max(self.peak, sum(memory(pid) for pid in tree(self._root)))
        self.samples += 1

    def _stop(self) -> None:
        # Our own processes alone: the session was started for this command.
        for pid in tree(self._root):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _ask_to_stop(command: Running) -> None:
    """Ask a command to end, and give it a moment to do so."""
    if not command.ended():
        os.kill(command.pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE
    while not command.ended() and time.monotonic() < deadline:
        time.sleep(_INTERVAL)


def _worked(pid: int) -> float:
    """Read the processor seconds of a process, 0 if it has ended."""
    fields = _read(_PROC / str(pid) / "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _process_table() -> dict[int, tuple[int, int]]:
    """Map each process of the machine to its parent and its session."""
    table = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (stat := _read(entry / "stat")):
            # The name of a program, in brackets, may hold spaces and brackets of its own.
            fields = stat.rpartition(")")[2].split()
            table[int(entry.name)] = (int(fields[1]), int(fields[3]))
    return table


def _resident(pid: int) -> int:
    statm = _read(_PROC / str(pid) / "statm").split()
    return int(statm[1]) * _PAGE if statm else 0


def _read(path: Path) -> str:
    """Read a file of a process, or nothing if the process has ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def busy_seconds() -> float:
    """Read how long the processors of the machine have worked since it started."""
    # user, nice, system, (idle, iowait,) irq, softirq, steal: guests are part of user already.
    fields = (_PROC / "stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
    ticks = [int(field) for field in fields]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS
