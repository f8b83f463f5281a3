"""The Chromium of this machine, and what a page in it answers."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Seconds for a browser to start.
_START = 60.0
_ANSWER = re.compile(r'<pre id="answer">([^<]*)</pre>')
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    "--lang=en-US",
    # Timers go at once, and the page is over when nothing is left to do.
    "--virtual-time-budget=1000000",
    "--dump-dom",
)
#: What each page begins with. What depends on the moment or on chance is the same for each picture,
#: with others and alone; `answered` puts what came of it into the page.
BEGINNING = """
var begin;
(() => {
  const moment = Date.UTC(2000, 0, 1), Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(moment); }
    static now() { return moment; }
  };
  let seed = 1;
  begin = () => { seed = 1; };
  Math.random = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
})();
const answered = (told) => {
  const answer = document.createElement("pre");
  answer.id = "answer";
  const bytes = new TextEncoder().encode(JSON.stringify(told));
  answer.textContent = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  document.body.replaceChildren(answer);
};
"""


class BrowserFailed(Exception):
    """The browser cannot be started, takes too long, or answers nothing."""


class Browser(Struct, frozen=True):
    """What was looked for, and what of it is there.

    Attributes:
        asked: The programs that would do.
        path: The first that is there; empty if none is.
    """

    asked: tuple[str, ...]
    path: str

    @property
    def missing(self) -> str:
        """Return what there is not, and the way out."""
        names = " nor ".join(self.asked)
        return f"{names}. Install Chromium, or name one in the environment variable CHROMIUM"


def find(given: str = "") -> Browser:
    """Look for a Chromium: the one that is given, or named by $CHROMIUM, or one on the PATH."""
    named = given or os.environ.get("CHROMIUM", "")
    names = (named,) if named else _NAMES
    return Browser(names, next(filter(None, map(shutil.which, names)), "") or "")


def answers(page: Path, browser: str, seconds: float) -> list[Any]:
    """Open a page, and return what it has written into itself: JSON in base64, in `#answer`.

    Args:
        page: The page; the folder that it lies in is the browser's.
        browser: The program of a Chromium.
        seconds: How long that may take, besides its start.

    Raises:
        BrowserFailed: The browser cannot be started, takes too long, or the page answers nothing.
    """
    dumped, said = _dumped(page, browser, _START + seconds)
    if (found := _ANSWER.search(dumped)) is None:
        raise BrowserFailed((said.strip().splitlines() or ["it answers nothing"])[-1])
    try:
        return list(json.loads(base64.b64decode(found[1], validate=True)))
    except (ValueError, TypeError, binascii.Error) as failed:
        raise BrowserFailed(f"its answer is none: {failed}") from None


def _dumped(page: Path, browser: str, seconds: float) -> tuple[str, str]:
    """Return the page as it is at last, and what the browser said of its own."""
    command = [browser, *_FLAGS, f"--user-data-dir={page.with_name('profile')}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium has none for root
    try:
        # A group of its own: a browser is many processes, and all of them have to end.
        process = subprocess.Popen(
            [*command, page.as_uri()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TZ": "UTC"},
            start_new_session=True,
        )
    except OSError as failed:
        raise BrowserFailed(str(failed)) from failed
    try:
        shown, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BrowserFailed(f"it was not done after {seconds:.0f} seconds") from None
    finally:
        _end(process)
    return shown.decode("utf-8", "replace"), said.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
