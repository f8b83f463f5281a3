"""The page of the evidence in a real browser: wide and narrow, light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, expect

from blogtools.app.ports import Request
from blogtools.app.publish import Order
from blogtools.pipeline.holding import GATES
from blogtools.wiring import build_site, publish_site
from tests.browser import serving
from tests.evidence.support import finding, lighthouse, reports, verdict

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LOOK = """async () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(one => [one.id, one.nodes.map(node => node.html)]);
}"""
LANGUAGES = ("en", "de")


@pytest.fixture(scope="module", params=LANGUAGES)
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve a release with much evidence, and a few gates of which there is none."""
    root = tmp_path_factory.mktemp("look")
    (root / "posts").mkdir()
    (root / "docs").mkdir()
    (root / "gates").mkdir()
    (root / "posts" / "2026-01-01-first.md").write_text("# First\n\nHello.\n")
    theme = f"theme: {{name: material, language: {request.param}}}\n"
    (root / "mkdocs.yml").write_text(f"site_name: Tiny\n{theme}plugins: [blogtools]\n")
    accepted = (finding(accepted="known"),)
    given = {
        **reports(*GATES[:-2]),
        "sast.json": verdict("sast", accepted=accepted),
        "lighthouse.json": lighthouse("https://tiny.example/a/long/way/", performance=0.97, seo=1),
    }
    for name, data in given.items():
        (root / "gates" / name).write_bytes(data)
    past = [
        {
            "release": f"2026-11-{day:02}-0000000{day % 10}",
            "created": f"2026-11-{day:02}T10:00:00Z",
            "figures": {"coverage": 90 + day % 4, "tests": 100 + day, "vulnerabilities": day % 2},
        }
        for day in range(1, 20)
    ]
    build_site(Request(root / "mkdocs.yml", strict=True))
    order = Order(site=root / "site", to=root / "live", evidence=root / "gates")
    publish_site(root / "mkdocs.yml", order, build=False, live="")
    kept = {"version": 1, "releases": past}
    (root / "live" / "pipeline" / "history.json").write_text(json.dumps(kept))
    publish_site(root / "mkdocs.yml", order, build=False, live="")
    with serving(root / "live") as host:
        yield f"{host}pipeline/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_keeps_anybody_from_reading_the_evidence(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(address)
    expect(page.locator("svg.bt-plot").first).to_be_visible()
    colours = page.evaluate(
        "['.bt-line', '.bt-dot'].map(one => {"
        "const style = getComputedStyle(document.querySelector(one));"
        "return one === '.bt-line' ? style.stroke : style.fill})"
    )
    # The policy lets no style in but the site's own sheets; without them lines would be invisible.
    assert len(set(colours)) == 1
    assert colours[0] not in ("none", "rgb(0, 0, 0)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # axe comes past the policy, as a developer's tools do.
    page.evaluate(AXE)
    assert page.evaluate(LOOK) == []
    assert complaints == []
    context.close()
