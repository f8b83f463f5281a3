"""Runs an essay's code, step by step, in the Python of the essay's own environment.

Started as a script by `runner.py`; knows nothing but the standard library. It takes one step at a
time from one pipe and tells on another what came of it, so that nothing that is printed can pass
for a report. Standard output and standard error are pipes as well, which the runner reads.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import faulthandler
import html.parser
import io
import json
import linecache
import os
import re
import socket
import struct
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

# Stands for the colour of text and axes until a figure is saved; see `matplotlibrc` in runner.py.
FOREGROUND = "#1b1c1d"
LIGHT = "#212121"
DARK = "#d9dadf"
_NEWUSER, _NEWNET = 0x10000000, 0x40000000
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}\b")


def main() -> None:
    """Be told what to do, and do it."""
    orders_fd, reports_fd = int(sys.argv[1]), int(sys.argv[2])
    for descriptor in (orders_fd, reports_fd):
        os.set_inheritable(descriptor, False)
    orders = os.fdopen(orders_fd, encoding="utf-8")
    reports = os.fdopen(reports_fd, "w", encoding="utf-8")
    start = json.loads(orders.readline())
    faulthandler.enable(2)
    # The folder of this script is none of the essay's; its own folder is.
    here = str(Path(__file__).parent)
    sys.path[:] = ["", *(path for path in sys.path if path != here)]
    sys.argv[:] = [start["path"]]
    _limit(start["memory"])
    network = "allowed" if start["network"] else _leave_network()
    _say(reports, {"network": network, "python": list(sys.version_info[:3])})
    essay, process = _Essay(start["path"]), os.getpid()
    for line in orders:
        report = essay.run(**json.loads(line))
        if os.getpid() != process:
            os._exit(0)  # the code forked, and this is not the process that reports
        _say(reports, report)


def _say(reports: io.TextIOBase, report: object) -> None:
    reports.write(json.dumps(report) + "\n")
    reports.flush()


# -- limits ----------------------------------------------------------------------------------


def _limit(memory: int) -> None:
    """Set limits that a single process cannot pass; the runner watches them all together."""
    try:
        import resource
    except ImportError:
        return
    # Not the address space, of which JAX reserves much without using it. Twice as much as is
    # allowed, since stacks of threads count here although they are hardly used.
    for kind, amount in (("RLIMIT_DATA", 2 * memory), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, kind), (amount, amount))


def _leave_network() -> str:
    """Cut this process off the network; return how that was done."""
    if sys.platform == "linux" and _unshared():
        with contextlib.suppress(OSError):
            _raise_loopback()
        return "namespace"
    sys.addaudithook(_refuse)
    return "hook"


def _unshared() -> bool:
    """Move into a network of our own, in which there is nobody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEWNET) == 0:
        return True
    if libc.unshare(_NEWUSER | _NEWNET) != 0:
        return False
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with contextlib.suppress(OSError):
            Path("/proc/self", name).write_text(text)
    return True


def _raise_loopback() -> None:
    """Let the essay's processes talk to each other."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 1)  # IFF_UP
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what would use the network; hooks cannot be taken out again."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0] or ""
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name not in ("", "localhost", "::1") and not name.startswith("127."):
        raise OSError("[Errno 101] Network is unreachable (an essay's code has none)")


# -- running ---------------------------------------------------------------------------------


class _Essay:
    """The names that an essay's code has defined so far."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lines: list[str] = []
        module = types.ModuleType("__main__")
        module.__dict__.update(__builtins__=__builtins__, __file__=path)
        sys.modules["__main__"] = module
        self._names = module.__dict__

    def run(self, code: str, line: int, interactive: bool, keep: bool) -> dict[str, Any]:
        """Run a step; return what came of it besides what it prints."""
        self._remember(code, line)
        found: dict[str, Any] = {}
        try:
            value = None
            if interactive:
                self._interact(code, line)
            else:
                value = self._execute(code, line)
            found |= _told(value, keep)
        except SystemExit as left:
            found["failure"] = {"how": "exited", "line": self._line(left), "said": repr(left)}
        except BaseException as raised:  # noqa: BLE001 - code of essays raises whatever it likes
            found["failure"] = self._failure(raised)
        with contextlib.suppress(Exception):
            _flush()
        try:
            figures = list(_figures(keep))
        except Exception as raised:  # noqa: BLE001 - drawing happens only now
            figures = []
            found.setdefault("failure", self._failure(raised))
        return {**found, "figures": figures}

    def _remember(self, code: str, line: int) -> None:
        """Have the code found by its line in the Markdown: by tracebacks, by inspect."""
        lines = [text + "\n" for text in code.split("\n")]
        needed = line - 1 + len(lines)
        self._lines += ["\n"] * (needed - len(self._lines))
        self._lines[line - 1 : needed] = lines
        size = sum(map(len, self._lines))
        linecache.cache[self._path] = (size, None, self._lines, self._path)

    def _execute(self, code: str, line: int) -> object:
        tree = ast.parse("\n" * (line - 1) + code, self._path)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or _ends_in_semicolon(code):
            exec(self._compiled(tree, "exec"), self._names)
            return None
        tree.body.pop()
        exec(self._compiled(tree, "exec"), self._names)
        return eval(self._compiled(ast.Expression(last.value), "eval"), self._names)

    def _compiled(self, source: str | ast.Module | ast.Expression, mode: str) -> types.CodeType:
        return compile(source, self._path, mode, dont_inherit=True)

    def _interact(self, code: str, line: int) -> None:
        # An indented block ends with an empty line at the prompt.
        exec(self._compiled("\n" * (line - 1) + code + "\n", "single"), self._names)

    def _failure(self, raised: BaseException) -> dict[str, Any]:
        last = traceback.format_exception_only(type(raised), raised)[-1].strip()
        names = [name for one in type(raised).__mro__ for name in _names(one)]
        line = self._line(raised)
        if isinstance(raised, SyntaxError) and raised.filename == self._path:
            line = raised.lineno or line
        return {"how": "raised", "line": line, "said": _plain(last), "names": names}

    def _line(self, raised: BaseException) -> int:
        """Return the line of the essay that was being executed."""
        found = 0
        for frame, line in traceback.walk_tb(raised.__traceback__):
            if frame.f_code.co_filename == self._path:
                found = line
        return found


def _names(kind: type) -> list[str]:
    return [kind.__name__, f"{kind.__module__}.{kind.__qualname__}"]


def _ends_in_semicolon(code: str) -> bool:
    """Return whether the value of the last expression is not wanted, as in a notebook."""
    last = [line for line in code.split("\n") if line.strip() and not line.strip().startswith("#")]
    return bool(last) and last[-1].split("#")[0].rstrip().endswith(";")


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    ctypes.CDLL(None).fflush(None)  # what libraries print that are not written in Python


def _plain(text: str) -> str:
    """Return a text without addresses of memory, which are others each time."""
    return _ADDRESS.sub("at 0x...", text)


# -- values ----------------------------------------------------------------------------------


def _told(value: object, keep: bool) -> dict[str, Any]:
    """Return what is told of the value of a block: a figure, a text, perhaps with a table."""
    if _is_plot(value):
        return {"plots": [_plot(value)]} if keep else {}
    if value is None or _is_drawn(value):
        return {}
    text, table = _shown(value, keep)
    return {"value": text, "table": table}


def _shown(value: object, keep: bool) -> tuple[str, str]:
    """Return a value as text, and as a table if it is one."""
    text = _plain(repr(value))
    to_html = getattr(value, "_repr_html_", None)
    if not keep or not callable(to_html) or isinstance(value, type):
        return text, ""
    return text, _Table.of(to_html())


def _is_drawn(value: object) -> bool:
    """Return whether a value is a part of a figure, which is shown instead."""
    parts = value if isinstance(value, list | tuple) and value else [value]
    return all(_module(part) == "matplotlib" for part in parts)


def _is_plot(value: object) -> bool:
    """Return whether a value is a figure of plotly's."""
    return _module(value) == "plotly" and callable(getattr(value, "to_json", None))


def _plot(value: Any) -> dict[str, str]:  # noqa: ANN401 - plotly is the essay's, and not ours
    """Return a figure of plotly's, and its script: the runner has a browser that draws it."""
    home = Path(sys.modules["plotly"].__file__ or "").parent
    return {"spec": value.to_json(), "script": str(home / "package_data" / "plotly.min.js")}


def _module(value: object) -> str:
    return type(value).__module__.partition(".")[0]


class _Table(html.parser.HTMLParser):
    """Keeps of some HTML only the plain parts of its first table."""

    _KEPT = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
    _UNREAD = ("style", "script")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._open: list[str] = []
        self._done = False
        self._unread = False

    @classmethod
    def of(cls, text: object) -> str:
        """Return the first table of some HTML; nothing if it has none."""
        if not isinstance(text, str) or "<table" not in text:
            return ""
        table = cls()
        table.feed(text)
        table.close()
        return "".join(table.parts) if table._done else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread = tag in self._UNREAD
        if self._done or tag not in self._KEPT or (not self._open and tag != "table"):
            return
        spans = [
            f' {name}="{value}"'
            for name, value in attrs
            if name in ("colspan", "rowspan") and (value or "").isdigit()
        ]
        self._open.append(tag)
        self.parts.append(f"<{tag}{''.join(spans)}>")

    def handle_endtag(self, tag: str) -> None:
        self._unread = False
        if self._done or tag not in self._open:
            return
        while self._open:
            last = self._open.pop()
            self.parts.append(f"</{last}>")
            if last == tag:
                break
        self._done = not self._open

    def handle_data(self, data: str) -> None:
        if self._open and not self._done and not self._unread and data.strip():
            self.parts.append(html.escape(" ".join(data.split()), quote=False))


# -- figures ---------------------------------------------------------------------------------


def _figures(keep: bool) -> Iterator[tuple[str, str]]:
    """Yield the open figures of matplotlib as SVG, for light and for dark pages; close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    try:
        for number in pyplot.get_fignums() if keep else ():
            drawing = _svg(pyplot.figure(number))
            yield drawing.replace(FOREGROUND, LIGHT), drawing.replace(FOREGROUND, DARK)
    finally:
        pyplot.close("all")


class _Savable(Protocol):
    """A figure of matplotlib's."""

    def savefig(self, file: io.StringIO, **options: object) -> None: ...


def _svg(figure: _Savable) -> str:
    buffer = io.StringIO()
    nobody = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", transparent=True, metadata=nobody)
    lines = buffer.getvalue().split("\n")
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    main()
