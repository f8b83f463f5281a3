"""A release on a local port, as GitLab Pages would show it: nothing is built, nothing is added."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from blogtools.model.release import CODINGS, MANIFEST, url_of
from blogtools.publishing import rules
from blogtools.publishing.permanence import reason_of
from blogtools.publishing.placing import read_manifest
from blogtools.publishing.rules import Rule

from .locate import Elsewhere, content_type, locate
from .running import listen, on_signal, url_of_site, web_server
from .web import normal_base

_REWRITE, _GONE, _NOT_FOUND = 200, 410, 404
# What is larger is not read into memory; it does not change its place with the release either.
_LARGE = 8 * 1024**2
# How often an answer begins again because another release went live meanwhile.
_ATTEMPTS = 5


class Facts(Struct, frozen=True):
    """What a release says of itself, apart from its files.

    Attributes:
        inode: Of its folder: another one is another release.
        rules: What leads on where there is no file.
        gone: Why addresses are gone.
    """

    inode: int
    rules: tuple[Rule, ...]
    gone: dict[str, str]

    @classmethod
    def of(cls, folder: Path) -> Facts:
        """Read them; nothing of what is not there."""
        inode = folder.stat().st_ino
        file = folder / rules.FILE
        text = file.read_text("utf-8", "replace") if file.is_file() else ""
        known = (folder / MANIFEST).is_file()
        gone = read_manifest(folder / MANIFEST).gone if known else {}
        return cls(inode, rules.parse(text), dict(gone))


class ReleaseWeb:
    """The ASGI application."""

    def __init__(self, folder: Path, *, base: str = "/") -> None:
        """Show what is in a folder, whatever is put there while it is shown.

        Args:
            folder: The release.
            base: The path at which the site begins.
        """
        self._folder = folder
        self._base = normal_base(base)
        self._facts = Facts(-1, (), {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Args:
            scope: The request line and headers, as ASGI gives them.
            receive: Hands out the request's messages.
            send: Takes the answer's messages.
        """
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD"):
            response: Response = PlainTextResponse("Only GET and HEAD", 405, {"allow": "GET, HEAD"})
        else:
            response = await run_in_threadpool(self._whole, request)
        response.headers["cache-control"] = "no-store"
        response.headers["vary"] = "Accept-Encoding"
        await response(scope, receive, send)

    def _whole(self, request: Request) -> Response:
        """Return an answer of one release, and not the half of one and the half of the next."""
        for _ in range(_ATTEMPTS):
            with suppress(OSError):
                inode = self._folder.stat().st_ino
                if self._facts.inode != inode:
                    self._facts = Facts.of(self._folder)
                response = self._answer(request.scope["path"], request)
                if self._folder.stat().st_ino == inode == self._facts.inode:
                    return response
        return PlainTextResponse("There is no release", 503)

    def _answer(self, path: str, request: Request) -> Response:
        if f"{path}/" == self._base:
            return _lead(self._base, request.url.query, 302)
        if not path.startswith(self._base):
            return PlainTextResponse("There is no site", _NOT_FOUND)
        inside = path.removeprefix(self._base)
        if inside == rules.FILE:
            return self._told()
        found = self._found(inside)
        if isinstance(found, Elsewhere):
            return _lead(self._base + found.path, request.url.query, 302)
        if found is not None:
            return self._file(found, request, self._status(found))
        return self._ruled(path, request) or self._missing(inside, request)

    def _found(self, inside: str) -> Path | Elsewhere | None:
        """Find the file of an address; a page's may leave out its ``.html``."""
        found = locate(self._folder, inside)
        if found is None and inside and not inside.endswith("/"):
            found = locate(self._folder, f"{inside}.html")
        return found

    def _status(self, file: Path) -> int:
        url = url_of(file.relative_to(self._folder).as_posix())
        return _GONE if reason_of(url, self._facts.gone) else 200

    def _ruled(self, path: str, request: Request) -> Response | None:
        """Follow the first rule about a path."""
        found = rules.first(self._facts.rules[: rules.MOST_RULES], path)
        if found is None:
            return None
        rule, target = found
        if rule.status != _REWRITE:
            return _lead(target, request.url.query, rule.status)
        file = self._found(target.removeprefix(self._base))
        return self._file(file, request) if isinstance(file, Path) else None

    def _missing(self, inside: str, request: Request) -> Response:
        status = _GONE if reason_of(inside, self._facts.gone) else _NOT_FOUND
        page = locate(self._folder, "404.html")
        if isinstance(page, Path):
            return self._file(page, request, status)
        return PlainTextResponse("There is no page here", status)

    def _file(self, file: Path, request: Request, status: int = 200) -> Response:
        kind = content_type(file)
        coding, sibling = _sibling(file, request.headers.get("accept-encoding", ""))
        headers = {"content-encoding": coding} if coding else {}
        if sibling.stat().st_size > _LARGE:
            return FileResponse(sibling, status, headers, media_type=kind)
        return Response(sibling.read_bytes(), status, headers, media_type=kind)

    def _told(self) -> Response:
        """Return the rules as GitLab Pages tells them, in place of their file."""
        known = self._facts.rules
        wrong = dict(rules.mistakes(known, len(rules.written(known))))
        said = [f"{len(known)} rules"]
        for number, rule in enumerate(known, start=1):
            error = wrong.get(rule.line)
            said.append(f"rule {number}: {f'error: {error}' if error else 'valid'}")
        return PlainTextResponse("\n".join(said) + "\n")


def _sibling(file: Path, accepted: str) -> tuple[str, Path]:
    """Return the best form of a file that a reader takes, and its coding."""
    asked = _codings(accepted)
    for coding, end in CODINGS.items():
        sibling = file.with_name(file.name + end)
        if coding in asked and sibling.is_file():
            return coding, sibling
    return "", file


def _codings(accepted: str) -> frozenset[str]:
    """Return the codings that a header allows: those that it does not weigh with nothing."""
    found = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(name.strip())
    return frozenset(found)


def _lead(path: str, query: str, status: int) -> Response:
    to = quote(path, safe="/:?&=#%@+,;~!$'()*[]")
    return Response(status_code=status, headers={"location": to + (f"?{query}" if query else "")})


def run_release(
    folder: Path, *, host: str, port: int, base: str, on_ready: Callable[[str], None]
) -> None:
    """Show a release until Ctrl-C or SIGTERM.

    Args:
        folder: The release.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        base: The path at which the site begins.
        on_ready: Told the site's URL.

    Raises:
        UsageError: When the port cannot be had.
    """
    with listen(host, port) as listener:
        server = web_server(ReleaseWeb(Path(os.path.abspath(folder)), base=base))
        name, taken = listener.getsockname()[:2]
        url = url_of_site(name, taken, base)

        def stop() -> None:
            server.force_exit = server.should_exit
            server.should_exit = True

        async def show() -> None:
            loop = asyncio.get_running_loop()
            with on_signal(lambda: loop.call_soon_threadsafe(stop)):
                on_ready(url)
                await server.serve(sockets=[listener])

        with suppress(KeyboardInterrupt):
            asyncio.run(show())
