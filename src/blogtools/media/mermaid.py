"""Diagrams by Mermaid, in a Chromium that is started for it and asks nobody for anything.

No build comes here: what is drawn is recorded (`blogtools draw`).
"""

from __future__ import annotations

import base64
import json
import lzma
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from blogtools.content.drawings import Drawing, Wrong, flaw, line_of
from blogtools.model.diagnostic import UsageError

from . import browsers, letters
from .mermaid_settings import PAPER, SETTINGS

_BUNDLE = Path(__file__).parent / "vendor" / "mermaid" / "mermaid.min.js.xz"
_SCRIPT = Path(__file__).parent / "mermaid_page.js"
# Far more for each diagram than any takes.
_EACH = 5.0
_ON_LINE = re.compile(r"\bline (\d+)")
_POINTER = re.compile(r"-*\^$|\.\.\.")
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


def draw_here(sources: Sequence[str]) -> list[Drawing | Wrong]:
    """Draw some diagrams in the Chromium of this machine.

    Raises:
        UsageError: There is none, or it fails.
    """
    found = browsers.find()
    if not found.path:
        raise UsageError(f"there is no browser to draw diagrams: {found.missing}")
    try:
        return draw(sources, found.path)
    except browsers.BrowserFailed as failed:
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
        answers = browsers.answers(home / "page.html", browser, _EACH * len(sources))
    if len(answers) != len(sources):
        raise browsers.BrowserFailed("its answer is incomplete")
    return [_drawing(*one) for one in zip(sources, answers, strict=True)]


def _page(sources: Sequence[str]) -> str:
    asked = json.dumps({"sources": list(sources), "settings": SETTINGS, "paper": PAPER})
    nonce = secrets.token_hex(16)
    return _PAGE.format(
        nonce=nonce,
        faces="".join(_faces("".join(sources))),
        # Nothing of a source may end the element that it stands in.
        asked=asked.replace("<", "\\u003c"),
        pinned=browsers.BEGINNING,
    )


def _faces(text: str) -> Iterator[str]:
    for weight in (letters.REGULAR, letters.BOLD):
        data = base64.b64encode(letters.font(text, weight)).decode()
        yield _FACE.format(weight=weight, data=data)


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
