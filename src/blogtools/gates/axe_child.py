"""Open pages in a browser and have axe look at them for what keeps people from reading.

A program of its own: ``python -m blogtools.gates.axe_child BROWSER FOLDER PREFIX``, with one path a
line on its standard input. Serves the folder on the loopback device alone, under PREFIX; the pages
can ask nobody else. Prints a JSON object: axe's version, and the violations of each page by path.
"""

from __future__ import annotations

import json
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, Route, sync_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_RUN = """
async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  const violations = found.violations.map(one => ({
    id: one.id, impact: one.impact, help: one.help, url: one.helpUrl,
    nodes: one.nodes.map(node => ({html: node.html, target: node.target.flat().join(" ")})),
  }));
  return {version: axe.version, passes: found.passes.length, violations: violations};
}
"""


class _Silent(SimpleHTTPRequestHandler):
    """Serves a folder under a prefix, and writes no log."""

    prefix = "/"

    def translate_path(self, path: str) -> str:
        """Return the file of a path."""
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _looked_at(page: Page, origin: str, prefix: str, path: str, axe: str) -> dict[str, Any]:
    page.goto(f"{origin}{prefix}{quote(path)}", wait_until="load")
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate(_RUN)
    return found


def main() -> None:
    """Look at every page that is named."""
    browser, folder, prefix = sys.argv[1:]
    paths = [line for line in sys.stdin.read().splitlines() if line]
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    handler = type("_Prefixed", (_Silent,), {"prefix": prefix})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"

    def loopback(route: Route) -> None:
        if route.request.url.startswith((origin, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=browser, args=list(_FLAGS))
        # Animations are still when axe measures contrast; scripts of pages cannot keep it out.
        context = running.new_context(bypass_csp=True, reduced_motion="reduce")
        context.route("**/*", loopback)
        page = context.new_page()
        found = {path: _looked_at(page, origin, prefix, path, axe) for path in paths}
        running.close()
    server.shutdown()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
