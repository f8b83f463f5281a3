"""Pictures of each kind of page, as readers meet them: `python -m benchmarks.screenshots --help`.

One sheet a kind, with four screens: wide and narrow, light and dark. They are for eyes: no figure
says whether a page looks made by somebody who cares.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import FLAGS, executable, serving

_HERE = Path(__file__).parent
#: A page of each kind on this repository's own site.
KINDS: Mapping[str, str] = {
    "home": "",
    "essay": "posts/fitting-metalogs/",
    "tag": "tags/verification/",
    "series": "series/how-this-site-is-made/",
    "archive": "archive/",
    "reference": "reference/metalog-jax/2.1.0/metalog_jax/metalog/",
    "search": "posts/build-only-what-changed/",
    "not-found": "404.html",
}
#: What is typed into the dialog of search.
ASKED = "metalog"
WIDE, NARROW, HEIGHT = 1440, 390, 900
#: How long results are given to come in, in milliseconds.
_ANSWERED = 2000
#: How large a screen is on its sheet.
_SCALE = 0.45
_GAP = 18
_QUALITY = 58
_BETWEEN = (128, 128, 128)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures.

    Args:
        arguments: The command line, by default that of the process.

    Returns:
        0, or 1 if a page could not be had.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screenshots", description=__doc__)
    parser.add_argument("site", type=Path, help="the folder of the site")
    parser.add_argument("--to", type=Path, default=_HERE / "screenshots", help="where they go")
    parser.add_argument("--kind", action="append", choices=[*KINDS], help="only these kinds")
    options = parser.parse_args(arguments)
    kinds = {name: KINDS[name] for name in options.kind or KINDS}
    if missing := [url for url in kinds.values() if not _file(options.site, url).is_file()]:
        sys.stderr.write(f"{options.site} has no {', '.join(missing)}\n")
        return 1
    options.to.mkdir(parents=True, exist_ok=True)
    for name, data in sheets(options.site, kinds):
        (options.to / f"{name}.webp").write_bytes(data)
        sys.stderr.write(f"{name}: {len(data) / 1000:.0f} kB\n")
    return 0


def _file(site: Path, url: str) -> Path:
    return site / url / "index.html" if url.endswith("/") or not url else site / url


def sheets(site: Path, kinds: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield a sheet of pictures for each kind of page.

    Args:
        site: The folder of the site.
        kinds: The address of a page of each kind, relative to the site.

    Yields:
        The name of the kind, and the picture as WebP.
    """
    with serving(site) as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=list(FLAGS), ignore_default_args=["--headless"]
        )
        for name, url in kinds.items():
            screens = [
                _screen(browser, home + url, width, scheme, searching=name == "search")
                for scheme in ("light", "dark")
                for width in (WIDE, NARROW)
            ]
            yield name, sheet(screens)
        browser.close()


def _screen(browser: Browser, address: str, width: int, scheme: str, *, searching: bool) -> bytes:
    """Return what a reader sees first of a page."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    # On a first visit, fonts may come too late to be shown.
    for _ in range(2):
        page.goto(address, wait_until="networkidle")
    if searching:
        _search(page)
    taken = page.screenshot()
    context.close()
    return taken


def _search(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type(ASKED)
    page.locator("dialog[open] [role=status]:not(:empty)").wait_for()
    # Parts of the index answer one after the other.
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(_ANSWERED)


def sheet(screens: Sequence[bytes]) -> bytes:
    """Return screens beside each other, two a row, as one picture in WebP.

    Args:
        screens: Pictures as PNG: wide and narrow, wide and narrow.
    """
    images = [Image.open(io.BytesIO(screen)).convert("RGB") for screen in screens]
    small = [
        one.resize(
            (round(one.width * _SCALE), round(one.height * _SCALE)), Image.Resampling.LANCZOS
        )
        for one in images
    ]
    across = small[0].width + small[1].width + 3 * _GAP
    down = 2 * small[0].height + 3 * _GAP
    whole = Image.new("RGB", (across, down), _BETWEEN)
    for place, one in enumerate(small):
        left = _GAP if place % 2 == 0 else small[0].width + 2 * _GAP
        whole.paste(one, (left, _GAP + place // 2 * (one.height + _GAP)))
    written = io.BytesIO()
    whole.save(written, "WEBP", quality=_QUALITY, method=6)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
