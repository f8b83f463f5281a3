"""Figures of plotly, drawn by plotly's own script in a Chromium that asks nobody for anything."""

from __future__ import annotations

import json
import secrets
import tempfile
from pathlib import Path

from . import browsers

#: Stands for the colour of text and axes; the script writes it as `rgb(27, 28, 29)`.
_FOREGROUND = "#1b1c1d"
_WRITTEN = "rgb(27, 28, 29)"
_GRID = "rgba(128, 128, 128, 0.3)"
_WIDTH, _HEIGHT = 700, 450
_PATIENCE = 30.0
_SCRIPT = Path(__file__).parent / "plots_page.js"
_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
 style-src 'unsafe-inline'; script-src 'nonce-{nonce}'">
<body><div id="plot"></div>
<script type="application/json" id="asked" nonce="{nonce}">{asked}</script>
<script nonce="{nonce}">{pinned}</script>
<script nonce="{nonce}" src="plotly.js"></script>
<script nonce="{nonce}" src="page.js"></script>
"""


class PlotFailed(Exception):
    """A figure cannot be drawn; the message says why."""


def drawn(spec: str, script: Path, light: str, dark: str) -> tuple[str, str]:
    """Draw a figure for light pages and for dark ones.

    Args:
        spec: The figure as plotly writes it, JSON with `data` and `layout`.
        script: The script of the very plotly that wrote it.
        light: The colour of text and axes on light pages; what the figure itself paints stays.
        dark: The same on dark pages.

    Returns:
        Two pictures, as SVG.

    Raises:
        PlotFailed: There is no browser, or it draws nothing.
    """
    found = browsers.find()
    if not found.path:
        raise PlotFailed(f"there is no browser to draw a figure of plotly: {found.missing}")
    try:
        answer = _answer(spec, script, found.path)
    except (browsers.BrowserFailed, OSError, ValueError) as failed:
        raise PlotFailed(f"the figure of plotly cannot be drawn: {failed}") from failed
    if "svg" not in answer:
        raise PlotFailed(f"the figure of plotly cannot be drawn: {answer.get('error')}")
    svg = f"{answer['svg']}\n"
    return svg.replace(_WRITTEN, light), svg.replace(_WRITTEN, dark)


def _answer(spec: str, script: Path, browser: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="blogtools-plot-") as folder:
        home = Path(folder)
        (home / "plotly.js").write_bytes(script.read_bytes())
        (home / "page.js").write_bytes(_SCRIPT.read_bytes())
        (home / "page.html").write_text(_page(spec), "utf-8")
        (answer,) = browsers.answers(home / "page.html", browser, _PATIENCE)
    return dict(answer)


def _page(spec: str) -> str:
    asked = {"spec": json.loads(spec), "ink": _FOREGROUND, "grid": _GRID}
    text = json.dumps({**asked, "width": _WIDTH, "height": _HEIGHT})
    return _PAGE.format(
        nonce=secrets.token_hex(16),
        # Nothing of a figure may end the element that it stands in.
        asked=text.replace("<", "\\u003c"),
        pinned=browsers.BEGINNING,
    )
