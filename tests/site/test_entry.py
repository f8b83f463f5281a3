"""The way into the command line, and out of it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.support import CONFIG, essay, write

# A program with something that is to be done at the end, and something that would be taken apart.
PROGRAM = """
import atexit, sys, threading, time
from blogtools import __main__ as entry
class Kept:
    def __del__(self): print("taken apart")
entry.kept = Kept()
atexit.register(print, "done at the end")
sys.argv = ["blogtools", *{arguments}]
{before}
entry.run()
"""


def ran(
    *arguments: str, before: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, to that one's end."""
    program = PROGRAM.format(arguments=list(arguments), before=before)
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_command_that_went_well_ends_without_being_taken_apart() -> None:
    done = ran("--version")
    assert done.returncode == 0
    assert done.stdout.endswith("\ndone at the end\n")
    assert done.stdout.startswith("blogtools, version ")


def test_what_a_build_has_made_is_not_taken_apart_either(tmp_path: Path) -> None:
    before = """
from blogtools import wiring
from msgspec.structs import replace
class Notices(tuple):
    def __del__(self): print("the report was taken apart")
build_site = wiring.build_site
wiring.build_site = lambda *given: replace(build_site(*given), notices=Notices(("A notice.",)))
"""
    write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    done = ran("build", before=before, folder=tmp_path)
    assert (done.returncode, "A notice.\n" in done.stderr) == (0, True)
    assert done.stdout.endswith("s: site\ndone at the end\n")
    assert "taken apart" not in done.stdout


def test_one_that_failed_ends_as_python_does() -> None:
    done = ran("build", "--no-such-option")
    assert done.returncode == 2
    assert "No such option" in done.stderr
    assert done.stdout == "done at the end\ntaken apart\n"


def test_a_thread_is_waited_for() -> None:
    work = "threading.Thread(target=lambda: (time.sleep(0.3), print('worked'))).start()"
    done = ran("--version", before=work)
    assert done.returncode == 0
    assert "\nworked\ndone at the end\n" in done.stdout


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_that_cannot_be_written_is_told_by_the_exit_code(stream: str) -> None:
    with Path("/dev/full").open("w") as full:
        before = f"print('said', file=sys.{stream})"
        program = PROGRAM.format(arguments=["--version"], before=before)
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: full}
        done = subprocess.run([sys.executable, "-c", program], **streams, timeout=60, check=False)  # type: ignore[call-overload]
    assert done.returncode != 0


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["--version", "build", "check", "new Title"])
def test_a_closed_stream_makes_no_failure(command: str, closed: str, tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": CONFIG, "posts/hello.md": essay("Hello")})
    line = f"{shlex.quote(sys.executable)} -m blogtools {command} {closed}"
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr if "2>&-" in closed else b"") == (0, b"")
    assert (tmp_path / "site/index.html").is_file() == (command == "build")
