"""Diagrams by Mermaid, in a Chromium that is started for it and asks nobody for anything.

No build comes here: what is drawn is recorded (`blogtools draw`).
"""

from __future__ import annotations

import base64
import binascii
import json
import lzma
import os
import re
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from blogtools.content.drawings import Drawing, Wrong, flaw, line_of
from blogtools.model.diagnostic import UsageError

from . import browsers, letters
from .mermaid_settings import PAPER, SETTINGS

_BUNDLE = Path(__file__).parent / "vendor" / "mermaid" / "mermaid.min.js.xz"
_SCRIPT = Path(__file__).parent / "mermaid_page.js"
# The start of a browser, and far more for each diagram than any takes.
_START, _EACH = 60.0, 5.0
_ANSWER = re.compile(r'<pre id="answer">([^<]*)</pre>')
_ON_LINE = re.compile(r"\bline (\d+)")
_POINTER = re.compile(r"-*\^$|\.\.\.")
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
# What depends on the moment or on chance is the same for each diagram, with others and alone.
_PINNED = """
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
"""
_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; font-src data:;
 style-src 'unsafe-inline'; script-src 'nonce-{nonce}'">
<style>
{faces}
* {{ font-family: Measure !important; }}
body {{ margin: 0; width: 720px; font-size: 16px; }}
</style>
<body><div id="host"></div>
<script type="application/json" id="asked" nonce="{nonce}">{asked}</script>
<script nonce="{nonce}">{pinned}</script>
<script nonce="{nonce}" src="mermaid.min.js"></script>
<script nonce="{nonce}" src="page.js"></script>
"""
_FACE = (
    "@font-face {{ font-family: Measure; font-weight: {weight};"
    " src: url(data:font/ttf;base64,{data}); }}"
)


class BrowserFailed(Exception):
    """The browser cannot be started, takes too long, or answers nothing."""


def draw_here(sources: Sequence[str]) -> list[Drawing | Wrong]:
    """Draw some diagrams in the Chromium of this machine.

    Raises:
        UsageError: There is none, or it fails.
    """
    found = browsers.find()
    if not found.path:
        names = " nor ".join(found.asked)
        raise UsageError(
            f"there is no browser to draw diagrams: {names}. Install Chromium, "
            "or name one in the environment variable CHROMIUM"
        )
    try:
        return draw(sources, found.path)
    except BrowserFailed as failed:
        raise UsageError(f"the browser {found.path} cannot draw diagrams: {failed}") from failed


def draw(sources: Sequence[str], browser: str) -> list[Drawing | Wrong]:
    """Draw some diagrams.

    Args:
        sources: What they are drawn from.
        browser: The program of a Chromium.

    Returns:
        For each a drawing, or what is wrong with it.

    Raises:
        BrowserFailed: None of them could be drawn.
    """
    with tempfile.TemporaryDirectory(prefix="blogtools-draw-") as folder:
        home = Path(folder)
        (home / "mermaid.min.js").write_bytes(lzma.decompress(_BUNDLE.read_bytes()))
        (home / "page.js").write_bytes(_SCRIPT.read_bytes())
        (home / "page.html").write_text(_page(sources), "utf-8")
        answers = _answers(_dumped(home, browser, _START + _EACH * len(sources)))
    if len(answers) != len(sources):
        raise BrowserFailed("its answer is incomplete")
    return [_drawing(*one) for one in zip(sources, answers, strict=True)]


def _page(sources: Sequence[str]) -> str:
    asked = json.dumps({"sources": list(sources), "settings": SETTINGS, "paper": PAPER})
    nonce = secrets.token_hex(16)
    return _PAGE.format(
        nonce=nonce,
        faces="".join(_faces("".join(sources))),
        # Nothing of a source may end the element that it stands in.
        asked=asked.replace("<", "\\u003c"),
        pinned=_PINNED,
    )


def _faces(text: str) -> Iterator[str]:
    for weight in (letters.REGULAR, letters.BOLD):
        data = base64.b64encode(letters.font(text, weight)).decode()
        yield _FACE.format(weight=weight, data=data)


def _answers(dumped: tuple[str, str]) -> list[Any]:
    """Return what was written into the page."""
    page, said = dumped
    if (found := _ANSWER.search(page)) is None:
        raise BrowserFailed((said.strip().splitlines() or ["it answers nothing"])[-1])
    try:
        return list(json.loads(base64.b64decode(found[1], validate=True)))
    except (ValueError, TypeError, binascii.Error) as failed:
        raise BrowserFailed(f"its answer is none: {failed}") from None


def _dumped(home: Path, browser: str, seconds: float) -> tuple[str, str]:
    """Return the page as it is at last, and what the browser said of its own."""
    command = [browser, *_FLAGS, f"--user-data-dir={home / 'profile'}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium has none for root
    try:
        # A group of its own: a browser is many processes, and all of them have to end.
        process = subprocess.Popen(
            [*command, (home / "page.html").as_uri()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TZ": "UTC"},
            start_new_session=True,
        )
    except OSError as failed:
        raise BrowserFailed(str(failed)) from failed
    try:
        page, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BrowserFailed(f"it was not done after {seconds:.0f} seconds") from None
    finally:
        _end(process)
    return page.decode("utf-8", "replace"), said.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _drawing(source: str, answer: Mapping[str, Any]) -> Drawing | Wrong:
    if "error" in answer:
        said = str(answer["error"]).strip()
        found = _ON_LINE.search(said)
        line = int(found[1]) if found else int(answer["line"])
        return Wrong(_words(said), line_of(source, line))
    drawing = Drawing(str(answer["svg"]), str(answer["title"]), str(answer["desc"]))
    return Wrong(f"it cannot be shown: {wrong}") if (wrong := flaw(drawing.svg)) else drawing


def _words(said: str) -> str:
    """Return what Mermaid says on one line, without the picture of where that is."""
    lines = [line for line in said.splitlines() if not _POINTER.match(line)]
    return " ".join(" ".join(lines).split()).rstrip(".")
