"""`blogtools.server.run` in a process of its own: start, signals, end."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PROGRAM = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from blogtools.app.serve import BuildResult
from blogtools.server import run

root, pace = Path(sys.argv[1]), sys.argv[2:]

def work(item):
    if not item:
        print("building", flush=True)
    time.sleep(0.5)

def rebuild():
    if pace == ["slow"]:
        print("building", flush=True)
        time.sleep(60)
    if pace == ["parallel"]:
        with ProcessPoolExecutor(2, get_context("fork")) as pool:
            for _ in pool.map(work, range(200)):
                pass
    site = root / "site"
    site.mkdir(exist_ok=True)
    (site / "index.html").write_text("<p>home")
    return BuildResult(site)

run(
    rebuild,
    watch=[root],
    ignore=[root / "site"],
    port=0,
    on_ready=lambda url: print(url, flush=True),
    report=lambda result: print("built", flush=True),
)
print("ended", flush=True)
"""


@contextmanager
def program(root: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    import blogtools

    source = Path(str(blogtools.__file__)).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(source)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=5)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_even_with_open_streams(tmp_path: Path, number: int) -> None:
    with program(tmp_path) as process:
        assert line(process) == "built"
        url = line(process)
        assert url.startswith("http://127.0.0.1:")
        streams = [_stream(url) for _ in range(3)]
        began = time.monotonic()
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=5)
        assert time.monotonic() - began < 2
        assert (process.returncode, rest.split(), complaints) == (0, ["ended"], "")
        for connection in streams:
            connection.close()


def _stream(url: str) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request("GET", "/__blogtools__/events")
    assert connection.getresponse().readline()
    return connection


def test_ctrl_c_does_not_wait_for_a_long_build(tmp_path: Path) -> None:
    with program(tmp_path, "slow") as process:
        assert line(process) == "building"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=10)
        assert time.monotonic() - began < 4
        assert (process.returncode, rest.split(), complaints) == (0, ["ended"], "")


@pytest.mark.parametrize("send", [os.kill, os.killpg])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_on_every_core_is_ended_too(
    tmp_path: Path, send: Callable[[int, int], None], number: int
) -> None:
    with program(tmp_path, "parallel") as process:
        assert line(process) == "building"
        send(process.pid, number)
        # Returns only when every process that could still write has ended.
        rest, complaints = process.communicate(timeout=5)
        assert (process.returncode, rest.split(), complaints) == (0, ["ended"], "")


def test_importing_the_server_does_not_import_what_serves() -> None:
    code = (
        "import sys, blogtools.server\n"
        "print({'starlette', 'uvicorn', 'watchfiles', 'asyncio'} & set(sys.modules))"
    )
    import blogtools

    source = Path(str(blogtools.__file__)).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    assert done.stdout.strip() == "set()"
