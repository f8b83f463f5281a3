"""Small sites that are made by hand, and what publishes them: no generator takes part."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from blogtools.app.publish import Live, Order, Origin, Published, publish
from blogtools.app.verify import verified
from blogtools.model.project import Project
from blogtools.server.release import ReleaseWeb
from blogtools.server.running import listen, web_server
from tests.app.support import blog

CREATED = datetime(2026, 11, 28, 12, tzinfo=UTC)
#: Long enough to be worth a compressed sibling.
FILLER = "".join(
    f"<p>Paragraph {number} of a text that goes on for a while.</p>\n" for number in range(20)
)


def page(text: str = "", title: str = "T") -> str:
    """Return a page."""
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!doctype html>\n<html lang="en">{head}<body>{text}\n{FILLER}</body></html>\n'


def site(version: str = "one") -> dict[str, str]:
    """Return the files of a site, each of which says of which version it is."""
    links = '<a href="posts/a/">A</a> <a href="posts/b/#there">B</a>'
    look = f'<link rel="stylesheet" href="assets/look.{version}.css">'
    return {
        "index.html": page(f"{look}{links}<p>version={version}</p>"),
        "404.html": page(f"<p>version={version}</p>"),
        "posts/a/index.html": page(f'<a href="../../">Home</a><p>version={version}</p>'),
        "posts/b/index.html": page(f'<h2 id="there">There</h2><p>version={version}</p>'),
        f"assets/look.{version}.css": "p { color: black }\n" * 50,
        "feed.xml": f"<feed>version={version}</feed>\n",
        "robots.txt": "User-agent: *\nAllow: /\n",
    }


class Blog:
    """A project with a site that was built already."""

    def __init__(self, root: Path, **options: Any) -> None:
        """Make it, with options of the configuration."""
        self.root = root
        self.options = options
        self.site, self.to = root / "site", root / "public"
        self.build(site())
        self.posts: dict[str, str] = {}

    def build(self, files: Mapping[str, str | bytes]) -> None:
        """Put another site in the place of the built one, as a build does: whole."""
        new = self.root / "new"
        for path, text in files.items():
            file = new / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        shutil.rmtree(self.site, ignore_errors=True)
        new.rename(self.site)

    @property
    def project(self) -> Project:
        """Return the project as it is now."""
        files = {"posts/.keep": "", **self.posts}
        return blog(self.root, files, url="", **self.options)

    def publish(self, live: Live | None = None, **order: Any) -> Published:
        """Publish it."""
        return self.publisher(live, **order)()

    def publisher(self, live: Live | None = None, **order: Any) -> Callable[[], Published]:
        """Return what publishes it as it is now, and does nothing else."""
        origin = Origin(created=CREATED, commit="c" * 40)
        wanted = Order(self.site, self.to, **{"search": False, **order})
        return partial(publish, self.project, wanted, origin, live)

    @property
    def home(self) -> Path:
        """Return where releases are kept."""
        return self.root / ".public.releases"

    def text(self, path: str) -> str:
        """Return what readers are shown."""
        return (self.to / path).read_text()


def must_be_whole(folder: Path, key: Path | None = None) -> str:
    """Assert that a site is just what its manifest says; return the release's name."""
    found = verified(str(folder), key)
    assert found.differences == ()
    return found.manifest.release


class Reader:
    """Asks a server on this machine."""

    def __init__(self, port: int) -> None:
        """Take the server's port."""
        self.port = port

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        """Return an answer and its body; headers have low lines for hyphens."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers=named)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@contextmanager
def serving(folder: Path, base: str = "/") -> Iterator[Reader]:
    """Show a release on a free port of the loopback device."""
    with listen("127.0.0.1", 0) as listener:
        server = web_server(ReleaseWeb(folder, base=base))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Reader(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()
