"""The HTTP side of the dev server: files of the last good site, and the stream of news."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.types import Receive, Scope, Send

from blogtools.app.searching import FOLDER, LIST
from blogtools.app.serve import Index, Stage, State
from blogtools.model.diagnostic import UsageError

from .locate import Elsewhere, content_type, locate
from .pages import EVENTS, RESERVED, SCRIPT, failure, inject, message, missing, token

KEEP_ALIVE = 15.0
"""Seconds after which a silent stream says that it is still there: it finds readers who left."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HTML = "text/html; charset=utf-8"
PLAYED = ("audio/", "video/")
LONG = 10_000_000
"""Bytes beyond which a file is not read as a whole."""


def normal_base(base: str) -> str:
    """Return the path at which the site begins, with a slash at both ends.

    Args:
        base: The path of ``site_url``, in any spelling.
    """
    inner = base.strip("/")
    return f"/{inner}/" if inner else "/"


class Web:
    """The ASGI application.

    Every answer is computed from the state at that moment, so a request sees one site and not
    half of the next.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        base: str = "/",
        hosts: tuple[str, ...] = (),
        index: Index | None = None,
    ) -> None:
        """Serve what is on the stage.

        Args:
            stage: Holds the current state.
            base: The path at which the site begins.
            hosts: The host names that are answered; empty for all.
            index: Makes the site searchable when somebody searches.
        """
        self._stage = stage
        self._base = normal_base(base)
        self._hosts = hosts
        self._index, self._indexing = index, threading.Lock()
        self._indexed = Path()
        self._session = secrets.token_hex(4)
        self._script = files(__package__).joinpath("client.js").read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Args:
            scope: The request line and headers, as ASGI gives them.
            receive: Hands out the request's messages.
            send: Takes the answer's messages.
        """
        response = await self._answer(Request(scope, receive))
        response.headers["cache-control"] = "no-store"
        response.headers["x-content-type-options"] = "nosniff"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if not self._is_addressed(request):
            return PlainTextResponse("This server answers to localhost only", 403)
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Only GET and HEAD", 405, {"allow": "GET, HEAD"})
        path: str = request.scope["path"]
        if path.startswith(RESERVED):
            return self._reserved(request.method, path)
        state = await self._stage.settled()
        if state is None:
            return PlainTextResponse("The server is stopping", 503)
        searched = path.removeprefix(f"{self._base}{FOLDER}/")
        if self._index is not None and state.site is not None and searched != path:
            return await run_in_threadpool(self._searched, self._index, state.site, searched)
        # Not in a thread of its own, which would have to wait for its turns beside a build.
        return self._page(state, path, request.url.query)

    def _is_addressed(self, request: Request) -> bool:
        """Return whether the host is ours: another's name may point here to read the drafts."""
        if not self._hosts:
            return True
        try:
            name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        except ValueError:
            return False
        return name in self._hosts or name.endswith(".localhost")

    def _reserved(self, method: str, path: str) -> Response:
        if path == SCRIPT:
            return Response(self._script, media_type="text/javascript")
        if path != EVENTS:
            return PlainTextResponse("Nothing here", 404)
        stream = self._news() if method == "GET" else ""
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _news(self) -> AsyncIterator[str]:
        """Say what is shown at once, and again whenever it changes, until the server stops."""
        yield "retry: 500\n\n"
        known = 0
        while True:
            try:
                state = await asyncio.wait_for(self._stage.news(known), KEEP_ALIVE)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if state is None:
                return
            known = state.version
            yield f"data: {message(state, self._session)}\n\n"

    def _page(self, state: State, path: str, query: str) -> Response:
        if state.site is None:
            return Response(failure(state, self._session), 503, media_type=HTML)
        if path == "/" != self._base or f"{path}/" == self._base:
            return _redirect(self._base, query)
        if not path.startswith(self._base):
            return self._missing(state, path)
        match locate(state.site, path.removeprefix(self._base)):
            case Elsewhere(place):
                return _redirect(self._base + place, query)
            case Path() as file:
                with suppress(FileNotFoundError):  # when a build has just finished
                    return self._file(state, file)
        return self._missing(state, path)

    def _file(self, state: State, file: Path, status: int = 200) -> Response:
        if file.suffix.lower() not in (".html", ".htm"):
            return _sent(file, status)
        page = inject(file.read_bytes(), token(state, self._session))
        return Response(page, status, media_type=HTML)

    def _searched(self, index: Index, site: Path, path: str) -> Response:
        """Answer with a file of the index, which is brought up to date whenever a search begins."""
        with self._indexing:
            if path == LIST:
                try:
                    self._indexed = index(site)
                except (UsageError, OSError) as wrong:
                    return PlainTextResponse(str(wrong), 503)
            file = locate(self._indexed, path)
        if not isinstance(file, Path):
            return PlainTextResponse("Nothing here", 404)
        return _sent(file)

    def _missing(self, state: State, path: str) -> Response:
        page = locate(state.site, "404.html") if state.site else None
        if isinstance(page, Path):
            return self._file(state, page, 404)
        body = missing(path, self._base, token(state, self._session))
        return Response(body, 404, media_type=HTML)


def _sent(file: Path, status: int = 200) -> Response:
    """Return a file as it is at this moment: the next build may put another in its place.

    What is long, or plays, is sent as it is read, and also in parts: some browsers ask for those.
    """
    kind = content_type(file)
    if kind.startswith(PLAYED) or file.stat().st_size > LONG:
        return FileResponse(file, status, media_type=kind)
    return Response(file.read_bytes(), status, media_type=kind)


def _redirect(path: str, query: str) -> Response:
    """Redirect within the site; not for ever, as the next build may differ."""
    return RedirectResponse(quote(path) + (f"?{query}" if query else ""), 302)
