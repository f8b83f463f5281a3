"""Commands of Python's in processes of their own, without a second of imports for each.

A process that has imported what builds import, converted one text, and done nothing else, forks a
child for each command. The child has the arguments, folder, environment and output that it would
have in a new interpreter, and ends as a whole process does. Hundreds of tests run commands; the
imports would take longer than all that the tests are about.

What only a new interpreter does (reading ``PYTHON*``, choosing an encoding, importing from
elsewhere) needs a new interpreter: `run` starts one where the environment asks for anything of it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import multiprocessing
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from blogtools.build.huge_pages import use_huge_pages

#: In which the nursery starts; a test may change it for a while.
_SURROUNDINGS = dict(os.environ)
#: After so many seconds without a question, the nursery looks whether anybody is there to ask.
_PATIENCE = 30
_ONE_AT_A_TIME = threading.Lock()
_FORK = multiprocessing.get_context("fork")
#: What decides how an interpreter starts, or is measured.
_STARTING = ("PYTHON", "LANG", "LC_", "COVERAGE", "COV_")
#: What builds import, much of it only when they come to need it.
_IMPORTED = """
blogtools.cli blogtools.wiring blogtools.wired blogtools.app.build blogtools.app.explain
blogtools.companions.lock blogtools.companions.reading blogtools.companions.sources
blogtools.companions.store blogtools.companions.symbols blogtools.content.frontmatter
blogtools.mkdocs.driver blogtools.mkdocs.plugin blogtools.mkdocs.reference griffe http.client
mkdocs.commands.build pydantic.dataclasses pydantic.json_schema pydantic.type_adapter
pygments.formatters.html pygments.lexers.special pygments.styles.default pymdownx.snippets
markdown.extensions.codehilite markdown.extensions.fenced_code
""".split()


@cache
def warm_up() -> None:
    """Import what builds import, and have compiled what Python, Pygments and pydantic compile."""
    for name in _IMPORTED:
        importlib.import_module(name)
    from blogtools.content.markdown import DEFAULT_EXTENSIONS, Converter
    from blogtools.content.validating import validated
    from blogtools.model.project import BlogOptions, MarkdownSettings

    Converter(MarkdownSettings(tuple(DEFAULT_EXTENSIONS), DEFAULT_EXTENSIONS))(_TEXT)
    validated(BlogOptions, {})


_TEXT = """\
# Title

~~Text~~, `#!python code` and [a link](a.md).

```python
print(1)
```
"""


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], patience: float
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m`` with these arguments to its end, with this environment and no other.

    Raises:
        subprocess.TimeoutExpired: It did not end in so many seconds; it was killed.
    """
    if _needs_an_interpreter(arguments[0], environment):
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=patience,
        )
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        wanted = [list(arguments), str(folder), dict(environment)]
        code = _ask(json.dumps(wanted).encode(), out, err, patience)
        said, complained = (_text(file) for file in (out, err))
    return subprocess.CompletedProcess(arguments, code, said, complained)


def _needs_an_interpreter(module: str, environment: Mapping[str, str]) -> bool:
    # ProperDocs takes the place of MkDocs, so it must be imported first.
    known = module in ("blogtools", "mkdocs") and hasattr(os, "fork")
    asked, here = (
        {name: value for name, value in variables.items() if name.startswith(_STARTING)}
        for variables in (environment, _SURROUNDINGS)
    )
    measured = any(name.startswith("COV") for name in asked)
    return not known or measured or asked != here


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _ask(wanted: bytes, out: IO[bytes], err: IO[bytes], patience: float) -> int:
    """Have a command run, and return how it ended."""
    here, there = socket.socketpair()
    with here:
        with there:
            files = [there.fileno(), out.fileno(), err.fileno()]
            with _ONE_AT_A_TIME:
                socket.send_fds(_nursery(), [b"."], files)
        here.settimeout(patience)
        here.sendall(wanted)
        here.shutdown(socket.SHUT_WR)
        with here.makefile("r") as answers:
            process = int(answers.readline())
            try:
                return int(answers.readline())
            except TimeoutError:
                os.killpg(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired("python", patience) from None


@cache
def _nursery() -> socket.socket:
    """Start the process that forks, and return the way to it; it ends when that is closed."""
    here, there = socket.socketpair()
    with there:
        nursery = subprocess.Popen(
            [sys.executable, __file__, str(there.fileno())],
            pass_fds=[there.fileno()],
            env=_SURROUNDINGS,
            stdin=subprocess.DEVNULL,
        )
    assert here.recv(1), "the nursery does not start"
    atexit.register(_close, here, nursery)
    return here


def _close(way: socket.socket, nursery: subprocess.Popen[bytes]) -> None:
    way.close()
    nursery.wait(10)


# -- the process that forks ------------------------------------------------------------------


def _serve(asking: socket.socket) -> None:
    """Fork for whoever asks, until nobody can any more."""
    warm_up()
    # Memory that nobody writes to is shared with every child, and large pieces sooner than small.
    gc.freeze()
    use_huge_pages()
    asking.sendall(b".")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getppid()
    while True:
        if not select.select([asking], [], [], _PATIENCE)[0]:
            if os.getppid() == parent:
                continue
            # Killed; a child that it left behind may still hold its end of the way.
            return
        said, files, _, _ = socket.recv_fds(asking, 1, 3)
        if not said:
            return
        if os.fork() == 0:
            asking.close()
            try:
                _look_after(*files)
            finally:
                # Taking down all that is imported would take longer than most commands.
                os._exit(0)
        for file in files:
            os.close(file)


def _look_after(asked: int, out: int, err: int) -> None:
    """Run a command, and tell how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(fileno=asked) as client:
        with client.makefile("rb") as wanted:
            command = _FORK.Process(target=_perform, args=(*json.loads(wanted.read()), out, err))
        command.start()
        with contextlib.suppress(BrokenPipeError):
            client.sendall(b"%d\n" % (command.pid or 0))
            command.join()
            client.sendall(b"%d\n" % (command.exitcode or 0))


def _perform(
    arguments: list[str], folder: str, environment: dict[str, str], out: int, err: int
) -> None:
    """Become a command."""
    # A group of its own: whoever kills it takes its workers along.
    os.setpgid(0, 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = arguments
    sys.path[0] = folder
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
