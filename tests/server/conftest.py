"""A blog without an engine: its "build" copies pages, and fails where one says BROKEN."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import pytest

from blogtools.app.serve import BuildResult, Ignored, Index, QuickLook
from blogtools.model.diagnostic import Diagnostic
from blogtools.server.running import DevServer, listen
from blogtools.server.watching import Watcher

PATIENCE = 5.0


@dataclass
class Blog:
    """Sources in a folder, and a build that needs no MkDocs."""

    root: Path
    reports: Queue[BuildResult] = field(default_factory=Queue)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.posts.mkdir(parents=True)

    @property
    def posts(self) -> Path:
        return self.root / "posts"

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.posts / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def rebuild(self) -> BuildResult:
        broken = [file for file in self.posts.rglob("*.html") if "BROKEN" in file.read_text()]
        if broken:
            return BuildResult(diagnostics=tuple(map(self._finding, broken)))
        site = self.root / "sites" / str(next(self.numbers))
        shutil.copytree(self.posts, site)
        return BuildResult(site=site)

    def _finding(self, file: Path) -> Diagnostic:
        path = file.relative_to(self.root).as_posix()
        reason = file.read_text().partition("BROKEN")[2].strip()
        return Diagnostic(path, 4, 13, "test/broken", reason or "It is broken", "Mend it")


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    """Speaks plain HTTP: paths are sent as they are, never tidied up."""

    url: str

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        connection = self.connect()
        try:
            connection.request(method, path, headers=headers)
            reply = connection.getresponse()
            named = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, named, reply.read())
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)

    @contextmanager
    def news(self) -> Iterator[Callable[[], dict[str, Any]]]:
        """Open the stream of events, and yield what waits for the next one."""
        connection = self.connect()
        connection.request("GET", "/__blogtools__/events")
        stream = connection.getresponse()

        def following() -> dict[str, Any]:
            for line in iter(stream.readline, b""):
                if line.startswith(b"data: "):
                    news: dict[str, Any] = json.loads(line[6:])
                    return news
            raise EOFError("the stream has ended")

        try:
            yield following
        finally:
            stream.close()
            connection.close()


Serving = Callable[..., AbstractContextManager[Client]]


@contextmanager
def serving_blog(
    blog: Blog,
    *,
    base: str = "/",
    port: int = 0,
    wait: bool = True,
    index: Index | None = None,
    quick_look: QuickLook | None = None,
) -> Iterator[Client]:
    ready: Queue[str] = Queue()
    server = DevServer(
        listen("127.0.0.1", port),
        blog.rebuild,
        Watcher([blog.posts]),
        ignored=Ignored.of([blog.posts], []),
        base=base,
        on_ready=ready.put,
        report=blog.reports.put,
        index=index,
        quick_look=quick_look,
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=[server.run()])
    thread.start()
    try:
        yield Client(ready.get(timeout=PATIENCE) if wait else server.url)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(PATIENCE)
        assert not thread.is_alive()
        loop.close()


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path / "blog")


@pytest.fixture
def serving(blog: Blog) -> Serving:
    def start(**options: Any) -> AbstractContextManager[Client]:
        return serving_blog(blog, **options)

    return start


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition, and fail when it does not come about in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


@pytest.fixture
def wait() -> Callable[..., None]:
    return until
