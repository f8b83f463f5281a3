"""Of a tiny server on loopback."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import pytest

from benchmarks.measure import CommandError, Measurement
from benchmarks.project import LOOPBACK
from benchmarks.serve import Edit, measure_server

# Answers with what a file says, a while after it was said.
SLOW = """
import http.server, os, pathlib, sys, time
port, file, delay = int(sys.argv[1]), pathlib.Path(sys.argv[2]), float(sys.argv[3])

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shown = file.read_text()

    def do_GET(self):
        if time.time() - file.stat().st_mtime > delay:
            Handler.shown = file.read_text()
        body = (self.shown + "</html>").encode()
        self.send_response(200 if self.path == "/a/" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def edits(file: Path, count: int = 3) -> list[Edit]:
    def save(text: str) -> None:
        file.write_text(text)

    texts = [f"edit {number}." for number in range(count)]
    return [Edit("/a/", partial(save, text), text) for text in texts]


def serve(
    folder: Path, code: str, *, delay: float = 0.0, limit: float = 20.0, patience: float = 20.0
) -> Measurement:
    file = folder / "page"
    file.write_text("none")
    return measure_server(
        lambda port: [sys.executable, "-c", code, str(port), str(file), str(delay)],
        edits(file),
        folder=folder,
        env={"PATH": os.defpath},
        log=folder / "log",
        limit=limit,
        patience=patience,
    )


def test_each_edit_is_timed_until_its_page_changes(tmp_path: Path) -> None:
    taken = serve(tmp_path, SLOW, delay=0.2)
    assert len(taken.laps) == 3
    assert all(lap >= 0.2 for lap in taken.laps)
    assert taken.wall == sorted(taken.laps)[1]
    assert taken.peak > 1_000_000


def test_a_quick_server_is_not_made_slower_by_being_asked(tmp_path: Path) -> None:
    assert serve(tmp_path, SLOW).wall < 0.1


def test_the_server_is_stopped(tmp_path: Path) -> None:
    code = "import os, pathlib; pathlib.Path('pid').write_text(str(os.getpid()))\n" + SLOW
    serve(tmp_path, code)
    assert not Path("/proc", (tmp_path / "pid").read_text()).exists()


def test_no_edit_is_begun_when_patience_is_over(tmp_path: Path) -> None:
    assert len(serve(tmp_path, SLOW, patience=0.0).laps) == 1


def test_a_server_that_ends_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="the server ended: no such port"):
        serve(tmp_path, "import sys; sys.exit('no such port')")


def test_a_server_that_shows_no_edit_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"/a/ did not change in 1 s"):
        serve(tmp_path, SLOW, delay=600, limit=1)


def test_servers_answer_on_loopback_alone() -> None:
    assert LOOPBACK == "127.0.0.1"
