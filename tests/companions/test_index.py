"""What pip tells of an index: which versions there are, and when each came out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from blogtools.companions import fetch
from blogtools.companions.archive import newest_day
from blogtools.companions.pip import known_versions, upload_day
from blogtools.model.companion import FetchError, Locked
from tests.companions.packages import write_wheel as write_tiny
from tests.companions.threefold import LICENCES, NAME, RELEASED, VERSIONS, write_sdist, write_wheel

_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class Index:
    """An index of one package, as a web server of this machine: what pip speaks to every day."""

    folder: Path
    uploaded: dict[str, str] = field(default_factory=dict)
    yanked: set[str] = field(default_factory=set)

    def listing(self) -> bytes:
        files = [self._file(path) for path in sorted(self.folder.iterdir())]
        page = {"meta": {"api-version": "1.1"}, "name": NAME, "files": files}
        return json.dumps(page).encode()

    def _file(self, path: Path) -> dict[str, object]:
        version = path.name.removesuffix(".tar.gz").split("-")[1]
        facts: dict[str, object] = {"filename": path.name, "url": f"/files/{path.name}"}
        facts |= {"hashes": {}, "yanked": version in self.yanked, "size": path.stat().st_size}
        if version in self.uploaded:
            facts["upload-time"] = f"{self.uploaded[version]}T23:30:00.000000Z"
        return facts


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, index: Index, *arguments: object) -> None:
        self._index = index
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path == f"/of-python/{NAME}/":
            self._answer(_JSON, self._index.listing())
        elif self.path.startswith("/files/"):
            name = self.path.removeprefix("/files/")
            self._answer("application/octet-stream", (self._index.folder / name).read_bytes())
        else:
            self.send_error(404)

    def _answer(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Make a web server of this machine the only index that pip asks."""
    (tmp_path / "files").mkdir()
    index = Index(tmp_path / "files")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, index)) as server:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/of-python/")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


def fill(index: Index) -> None:
    for version in VERSIONS:
        write_wheel(index.folder, version)
    index.uploaded = dict(RELEASED)


def test_versions_are_those_of_the_index_without_the_withdrawn_ones(web: Index) -> None:
    fill(web)
    assert known_versions(NAME) == ("2.0", "1.1", "1.0")
    web.yanked = {"2.0"}
    assert known_versions(NAME) == ("1.1", "1.0")


def test_an_index_that_does_not_know_a_package_is_a_clear_error(web: Index) -> None:
    with pytest.raises(FetchError, match="no-such-package cannot be fetched: No matching"):
        known_versions("no-such-package")


def test_pip_is_asked_for_the_day_of_the_upload(web: Index) -> None:
    fill(web)
    assert upload_day(NAME, "1.1", date(2024, 6, 20)) == date(2024, 6, 20)


@pytest.fixture
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as pip does, which takes a second for each of the many questions of a long search."""

    def known(_name: str, before: date) -> tuple[str, ...]:
        return tuple(v for v, day in RELEASED.items() if date.fromisoformat(day) < before)

    monkeypatch.setattr("blogtools.companions.pip.known_versions", known)


@pytest.mark.usefixtures("told_at_once")
@pytest.mark.parametrize(
    "guess", [None, *(date(2024, 6, 20) + timedelta(days) for days in (-400, -19, -1, 0, 1, 400))]
)
def test_the_day_of_the_upload_is_found_out_whatever_the_guess(guess: date | None) -> None:
    assert upload_day(NAME, "1.1", guess) == date(2024, 6, 20)


def test_an_index_that_tells_no_days_is_no_error(web: Index) -> None:
    fill(web)
    web.uploaded = {}
    assert upload_day(NAME, "1.1", date(2024, 6, 20)) is None


def test_files_on_the_disk_have_no_day_of_upload(index: Path) -> None:
    write_wheel(index, "1.1")
    assert upload_day(NAME, "1.1", date(2024, 6, 20)) is None


@pytest.mark.parametrize(("version", "late"), [("1.0", 3), ("2.0", 0)])
def test_a_version_is_locked_with_the_day_of_its_upload_and_its_licence(
    web: Index, tmp_path: Path, version: str, late: int
) -> None:
    fill(web)
    day = date.fromisoformat(RELEASED[version]) + timedelta(days=late)
    web.uploaded[version] = day.isoformat()
    locked = fetch.resolve(NAME, version, tmp_path / "cache")
    assert locked.filename == f"threefold-{version}-py3-none-any.whl"
    assert (locked.released, locked.licence) == (day.isoformat(), "MIT")
    assert LICENCES[version]


def test_where_nobody_tells_the_day_is_that_of_the_newest_file(index: Path, tmp_path: Path) -> None:
    write_sdist(index, "1.1")
    locked = fetch.resolve(NAME, "1.1", tmp_path / "cache")
    assert (locked.released, locked.licence) == (RELEASED["1.1"], "MIT")


def test_days_that_are_made_up_are_no_days(tmp_path: Path) -> None:
    # The first day that a zip file can have, which tools give that make the same bytes each time.
    tiny = write_tiny(tmp_path)
    assert newest_day(tmp_path / tiny.filename) is None
    (tmp_path / "damaged.whl").write_bytes(b"no zip")
    assert newest_day(tmp_path / "damaged.whl") is None


@pytest.mark.usefixtures("told_at_once")
def test_what_an_older_lock_does_not_know_is_added_and_its_file_stays(
    web: Index, tmp_path: Path
) -> None:
    fill(web)
    old = Locked(
        NAME, "2.0", *(getattr(write_wheel(web.folder, "2.0"), f) for f in ("filename", "sha256"))
    )
    new = fetch.complete(old, tmp_path / "cache")
    assert (new.released, new.licence) == (RELEASED["2.0"], "MIT")
    assert (new.filename, new.sha256) == (old.filename, old.sha256)
