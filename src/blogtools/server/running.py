"""Binds the port, and runs the web server and the build loop side by side until told to stop."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import InvalidStateError
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from blogtools.app.serve import (
    BuildResult,
    Changes,
    Ignored,
    Index,
    QuickLook,
    Rebuild,
    Report,
    Stage,
    serve,
)
from blogtools.model.diagnostic import UsageError

from .web import LOOPBACK, Web, normal_base

STOPPING = 1
"""Whole seconds that open requests are given to end when the server stops."""

MOST = 65535
"""The highest port."""


class DevServer:
    """One run of the development server, on a socket that listens already."""

    def __init__(
        self,
        listener: socket.socket,
        rebuild: Rebuild,
        changes: Changes,
        *,
        ignored: Ignored,
        base: str = "/",
        on_ready: Callable[[str], None],
        report: Report,
        quick_look: QuickLook | None = None,
        index: Index | None = None,
    ) -> None:
        """Put the parts together; nothing runs yet.

        Args:
            listener: Where to answer.
            rebuild: Builds the site.
            changes: Says what was touched.
            ignored: What is no reason to build.
            base: The path at which the site begins.
            on_ready: Told the site's URL once, after the first build.
            report: Told about each build.
            quick_look: Shows a changed file without a build, where it can.
            index: Makes the site searchable.
        """
        host, port = listener.getsockname()[:2]
        self.url = url_of_site(host, port, base)
        self._listener = listener
        self._rebuild, self._changes, self._ignored = rebuild, changes, ignored
        self._quick_look = quick_look
        self._on_ready, self._tell = on_ready, report
        self._stage = Stage()
        hosts = LOOPBACK if host in LOOPBACK else ()
        self._web = web_server(Web(self._stage, base=base, hosts=hosts, index=index))

    async def run(self) -> None:
        """Serve until `stop` is called.

        Raises:
            Exception: What the source of changes or a callback raises.
        """
        building = asyncio.create_task(self._build())
        try:
            await self._web.serve(sockets=[self._listener])
        finally:
            self._stage.close()
            building.cancel()
            with suppress(asyncio.CancelledError):
                await building
            await self._hang_up()

    def stop(self) -> None:
        """End all streams and stop; a second time, also without waiting for open requests."""
        self._web.force_exit = self._web.should_exit
        self._web.should_exit = True
        self._stage.close()

    async def _hang_up(self) -> None:
        """Close what uvicorn leaves open: a reader who takes nothing, or came while it stopped."""
        for connection in tuple(self._web.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # The loop closes the sockets in its next round.

    async def _build(self) -> None:
        """Run the build loop, and let its end by an error be the server's end."""
        try:
            await serve(
                self._rebuild,
                self._changes,
                self._stage,
                report=self._report,
                ignored=self._ignored,
                quick_look=self._quick_look,
            )
        except Exception:
            self.stop()
            raise

    def _report(self, result: BuildResult) -> None:
        self._tell(result)
        if self._stage.state.version == 1:
            self._on_ready(self.url)


class _Uvicorn(uvicorn.Server):
    """Leaves the signals alone: uvicorn raises them again, which would end the whole process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


def web_server(app: ASGIApp) -> _Uvicorn:
    """Return a server that runs until it is told to stop."""
    # Every choice is made here, not by which accelerators happen to be installed.
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOPPING,
    )
    return _Uvicorn(config)


def run_until_stopped(
    rebuild: Rebuild,
    changes: Changes,
    *,
    watch: Sequence[Path],
    ignore: Sequence[Path],
    address: tuple[str, int],
    base: str,
    on_ready: Callable[[str], None],
    report: Report,
    quick_look: QuickLook | None = None,
    index: Index | None = None,
) -> None:
    """Take the port, then build and serve until a signal.

    Args:
        rebuild: Builds the site.
        changes: Says what was touched.
        watch: What is watched.
        ignore: Folders whose changes are no reason to build.
        address: Host and port.
        base: The path at which the site begins.
        on_ready: Told the site's URL once.
        report: Told about each build.
        quick_look: Shows a changed file without a build, where it can.
        index: Makes the site searchable.

    Raises:
        UsageError: When the port cannot be had; before anything is built.
    """
    with listen(*address) as listener:
        server = DevServer(
            listener,
            rebuild,
            changes,
            ignored=Ignored.of(watch, ignore),
            base=base,
            on_ready=on_ready,
            report=report,
            quick_look=quick_look,
            index=index,
        )
        with suppress(KeyboardInterrupt):  # Before or after the signals are ours.
            asyncio.run(_run(server))


async def _run(server: DevServer) -> None:
    loop = asyncio.get_running_loop()
    with on_signal(lambda: loop.call_soon_threadsafe(server.stop)), _without_stumbling():
        await server.run()


@contextmanager
def on_signal(stop: Callable[[], object]) -> Iterator[None]:
    """Stop in good order on Ctrl-C and SIGTERM, so that callers can clean up behind us."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner = os.getpid()

    def handle(number: int, _frame: object) -> None:
        # A build's forked processes inherit this: what stops them must not be lost in here.
        if os.getpid() == owner:
            stop()
        else:
            os._exit(128 + number)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _without_stumbling() -> Iterator[None]:
    """Keep Python from showing how its own thread fails where the workers of a build are ended.

    Before 3.12 that thread says of all that was asked of them that they are gone, and fails at what
    the build has given up meanwhile.
    """
    usual = threading.excepthook

    def hook(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_type is not InvalidStateError:
            usual(failed)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = usual


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: A name or an address.
        port: The port; 0 takes a free one.

    Raises:
        UsageError: When that is not possible, with the way out.
    """
    if not 0 <= port <= MOST:  # The system would take the rest of a division instead.
        raise UsageError(f"there is no port {port}; choose one from 0 to {MOST} with --port")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return _bound(socket.socket(family, kind, protocol), address)
    except OSError as failure:
        raise UsageError(_refusal(host, port, failure)) from failure


def _bound(listener: socket.socket, address: object) -> socket.socket:
    """Bind and listen at once, so that a second server on this port is told now, not later."""
    try:
        if hasattr(signal, "SIGHUP"):  # Not on Windows, where the option lets two servers share.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)  # type: ignore[arg-type]  # whatever getaddrinfo said
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def _refusal(host: str, port: int, failure: OSError) -> str:
    if failure.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is already in use; "
            f"choose another one with --port {port % MOST + 1}, or any free one with --port 0"
        )
    if failure.errno == errno.EACCES:
        return f"port {port} is reserved for the system; choose one above 1023 with --port"
    return f"cannot listen on {host}, port {port}: {failure}; choose another port with --port"


def url_of_site(host: str, port: int, base: str) -> str:
    """Return the address of a site that is served at a path of this machine."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}{normal_base(base)}"
