"""Runs a script in a child process, and ends that whatever it does.

Isolation is for results that can be had again: a folder of its own, few variables, no network,
limits. It does not protect against code that means harm: what its author may write, it may write.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from blogtools.media import plots
from blogtools.model.running import Ended, Failure, Outcome, Ran, Script, Step

from . import child, processes

_CHILD = Path(__file__).with_name("child.py")
#: How many bytes all code of an essay may print, and how many processes it may have at once.
MOST_OUTPUT = 2**20
MOST_PROCESSES = 64
_MOST_REPORTED = 2**26
# Seconds for Python to start, which an essay's own time does not count.
_START = 60
_TICK = 0.05
_LAST_WORDS = 0.5
_CHUNK = 2**16
# The variables that go through to the code: what a program needs to find its libraries.
_THROUGH = ("LD_LIBRARY_PATH", "SYSTEMROOT")
_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_MATPLOTLIBRC = """\
backend: Agg
svg.hashsalt: blogtools
savefig.transparent: True
figure.facecolor: none
axes.facecolor: none
legend.framealpha: 0
""" + "".join(
    f"{name}: 1b1c1d\n"
    for name in """
    text.color axes.edgecolor axes.labelcolor xtick.color ytick.color patch.edgecolor hatch.color
    boxplot.boxprops.color boxplot.capprops.color boxplot.whiskerprops.color
    boxplot.flierprops.color boxplot.flierprops.markeredgecolor
    """.split()
)
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}\b")
_FATAL = re.compile(r"Fatal Python error: ([^\n]+)")


def run_script(script: Script, python: Path, home: Path, told: Callable[[int], object]) -> Ran:
    """Run a script.

    Args:
        script: The code, and its limits.
        python: The interpreter of its environment.
        home: A folder for what libraries keep from one run to the next.
        told: Is told how many steps are done.

    Returns:
        What came of it; whatever went wrong is the failure of the last step.
    """
    with (
        tempfile.TemporaryDirectory(prefix="blogtools-run-", ignore_cleanup_errors=True) as folder,
        _Process(script, python, Path(folder), home) as process,
    ):
        outcomes = list(_outcomes(script, process, told))
        return Ran(tuple(outcomes), process.network, process.errors)


def _outcomes(
    script: Script, process: _Process, told: Callable[[int], object]
) -> Iterator[Outcome]:
    for done, step in enumerate(script.steps):
        told(done)
        outcome = process.step(step)
        yield outcome
        failure = outcome.failure
        if failure and not (step.may_raise and failure.how is Ended.RAISED):
            return


class _Stopped(Exception):
    """The code did not come to its end, or must not go on."""

    def __init__(self, how: Ended, said: str = "") -> None:
        super().__init__(how)
        self.how = how
        self.said = said


class _Process:
    """A Python that runs one essay.

    Attributes:
        network: How the network was kept away.
        errors: What was written to the standard error.
    """

    def __init__(self, script: Script, python: Path, folder: Path, home: Path) -> None:
        self._script = script
        self._folder = folder
        self._token = secrets.token_hex(16)
        self._output = bytearray()
        self._errors = bytearray()
        self._reports = bytearray()
        self._printed = 0
        self._next_look = 0.0
        self.network = ""
        self._start(python, home)

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def errors(self) -> str:
        """Return what was written to the standard error."""
        # What Python says when it is aborted speaks of our files.
        return _FATAL.split(_plain(bytes(self._errors)))[0]

    def _start(self, python: Path, home: Path) -> None:
        work, scratch = self._folder / "work", self._folder / "home"
        for folder in (work, scratch, home):
            folder.mkdir(parents=True, exist_ok=True)
        for name, data in self._script.files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_bytes(data)
        (scratch / "matplotlibrc").write_text(_MATPLOTLIBRC, encoding="utf-8")
        orders, self._orders = os.pipe()
        self._reports_fd, reports = os.pipe()
        self._process = subprocess.Popen(
            # Not -I: it would take away the seed of hashes, without which sets have no order.
            [str(python), "-s", str(_CHILD), str(orders), str(reports)],
            cwd=work,
            env=self._environment(python, scratch, home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(orders, reports),
            start_new_session=True,
        )
        os.close(orders)
        os.close(reports)
        self._selector = selectors.DefaultSelector()
        for descriptor, into in self._streams().items():
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ, into)
        options = self._script.options
        self._deadline = time.monotonic() + _START
        self._send(path=self._script.path, memory=options.memory, network=options.network)

    def _streams(self) -> dict[int, bytearray]:
        process = self._process
        assert process.stdout is not None and process.stderr is not None  # noqa: PT018, S101
        return {
            process.stdout.fileno(): self._output,
            process.stderr.fileno(): self._errors,
            self._reports_fd: self._reports,
        }

    def _environment(self, python: Path, scratch: Path, home: Path) -> dict[str, str]:
        through = (*_THROUGH, *(_NETWORK if self._script.options.network else ()))
        kept = {n: v for n, v in os.environ.items() if n.upper() in through}
        return {
            **kept,
            processes.MARK: self._token,
            "PATH": os.pathsep.join((str(python.parent), "/usr/local/bin", "/usr/bin", "/bin")),
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "80",
            "NO_COLOR": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "MATPLOTLIBRC": str(scratch / "matplotlibrc"),
            "MPLCONFIGDIR": str(home),
            # Results are to be the same on a machine with a graphics card.
            "JAX_PLATFORMS": "cpu",
        }

    # -- one step --------------------------------------------------------------------------

    def step(self, step: Step) -> Outcome:
        """Run a step, and return what came of it."""
        self._output.clear()
        said = len(self._errors)
        try:
            if not self.network:
                self.network = str(self._report()["network"])
                self._deadline = time.monotonic() + self._script.options.timeout
            self._send(code=step.code, line=step.line, interactive=step.interactive, keep=step.keep)
            return self._outcome(self._report())
        except _Stopped as stopped:
            self._ask_where()
            self._end()
            return Outcome(failure=self._failure(stopped, _plain(bytes(self._errors[said:]))))

    def _ask_where(self) -> None:
        """Have a process that must end say where it is: Python does that when it is aborted."""
        with contextlib.suppress(ProcessLookupError, _Stopped):
            self._process.send_signal(signal.SIGABRT)
            last = time.monotonic() + _LAST_WORDS
            while time.monotonic() < last and self._process.poll() is None:
                self._read(_TICK)

    def _send(self, **order: object) -> None:
        data = memoryview((json.dumps(order) + "\n").encode())
        os.set_blocking(self._orders, False)
        while data:
            try:
                data = data[os.write(self._orders, data) :]
            except BlockingIOError:
                self._watch()
            except BrokenPipeError:
                raise self._crash() from None

    def _report(self) -> dict[str, Any]:
        """Wait for a report, and for all that was printed before it."""
        while b"\n" not in self._reports:
            self._watch()
        line, _, rest = bytes(self._reports).partition(b"\n")
        self._reports[:] = rest
        while self._read(0):
            pass
        self._look()
        try:
            report: dict[str, Any] = json.loads(line)
        except ValueError:
            raise _Stopped(Ended.CRASHED, "it wrote into a file that is not its own") from None
        return report

    def _watch(self) -> None:
        """Wait a moment for whatever the process says, and see whether it may go on.

        Raises:
            _Stopped: It may not, or has ended.
        """
        alive = self._process.poll() is None
        if not self._read(_TICK if alive else 0) and not alive and b"\n" not in self._reports:
            raise self._crash()
        if time.monotonic() > self._deadline:
            raise _Stopped(Ended.TIMEOUT)
        if time.monotonic() >= self._next_look:
            self._look()

    def _look(self) -> None:
        """Count processes and memory; that of a single one is looked at more often."""
        began = time.monotonic()
        found = processes.session(self._process.pid)
        if len(found) > MOST_PROCESSES:
            raise _Stopped(Ended.PROCESSES)
        if sum(map(processes.memory, found)) > self._script.options.memory:
            raise _Stopped(Ended.MEMORY)
        # Looking takes longer on a machine with many processes, and is to cost little.
        self._next_look = time.monotonic() + max(_TICK, 20 * (time.monotonic() - began))

    def _read(self, wait: float) -> bool:
        """Read what there is; return whether there was anything."""
        found = False
        for key, _ in self._selector.select(wait):
            try:
                data = os.read(key.fd, _CHUNK)
            except BlockingIOError:
                continue
            if not data:
                self._selector.unregister(key.fd)
                continue
            found = True
            key.data.extend(data)
            self._count(key.data, len(data))
        return found

    def _count(self, into: bytearray, size: int) -> None:
        if into is not self._reports:
            self._printed += size
        if self._printed > MOST_OUTPUT or len(self._reports) > _MOST_REPORTED:
            raise _Stopped(Ended.OUTPUT)

    # -- what came of it -------------------------------------------------------------------

    def _outcome(self, report: Mapping[str, Any]) -> Outcome:
        printed = _plain(bytes(self._output))
        value, table = str(report.get("value", "")), str(report.get("table", ""))
        if value and not table:
            printed += f"{'' if not printed or printed.endswith(chr(10)) else chr(10)}{value}\n"
        failure = _told_failure(report.get("failure"))
        figures = [(str(light), str(dark)) for light, dark in report["figures"]]
        try:
            figures += [_drawn(plot) for plot in report.get("plots", ())]
        except plots.PlotFailed as unable:
            failure = failure or Failure(Ended.FIGURE, 0, str(unable))
        shown = value if table else ""
        return Outcome(printed.rstrip("\n"), shown, table, tuple(figures), failure)

    def _crash(self) -> _Stopped:
        """Return how the process ended by itself."""
        code = self._process.wait()
        if code >= 0:
            return _Stopped(Ended.EXITED, f"its process ended with {code}")
        return _Stopped(Ended.CRASHED, f"its process was ended by {_signal(-code)}")

    def _failure(self, stopped: _Stopped, errors: str) -> Failure:
        """Return why a process had to be stopped, at the line that its last words name."""
        named = re.search(rf'File "{re.escape(self._script.path)}", line (\d+)', errors)
        fatal = _FATAL.search(errors)
        said = f"{stopped.said} ({fatal[1]})" if fatal and stopped.said else stopped.said
        return Failure(stopped.how, int(named[1]) if named else 0, said)

    def _end(self) -> None:
        """End the process and everything that it has started."""
        if self._orders < 0:
            return
        processes.end(self._process.pid, self._token)
        self._process.wait()
        with contextlib.suppress(_Stopped):
            while self._read(0):
                pass
        os.close(self._orders)
        self._orders = -1
        self._selector.close()
        os.close(self._reports_fd)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


def _told_failure(told: Mapping[str, Any] | None) -> Failure | None:
    if not told:
        return None
    how, line, said = Ended(told["how"]), int(told["line"]), str(told["said"])
    return Failure(how, line, said, tuple(told.get("names", ())))


def _drawn(plot: Mapping[str, str]) -> tuple[str, str]:
    """Draw a figure of plotly's, for light pages and for dark ones."""
    return plots.drawn(plot["spec"], Path(plot["script"]), child.LIGHT, child.DARK)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _plain(data: bytes) -> str:
    """Return what was printed as a terminal would show it in the end, and the same each time."""
    text = _ESCAPES.sub("", data.decode("utf-8", "replace")).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _ADDRESS.sub("at 0x...", "\n".join(lines))
