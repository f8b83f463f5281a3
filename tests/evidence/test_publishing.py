"""Publishing with evidence: the page is filled from the reports, and goes on from what is live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from blogtools.app.ports import Request
from blogtools.app.publish import Order, Published
from blogtools.wiring import build_site, publish_site
from tests.evidence.support import lighthouse, reports

CONFIG = """\
site_name: Tiny
site_url: https://tiny.example/
theme: {name: material}
plugins: [blogtools]
"""


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small blog, built."""
    root = tmp_path_factory.mktemp("blog")
    (root / "mkdocs.yml").write_text(CONFIG)
    (root / "docs").mkdir()
    (root / "posts").mkdir()
    (root / "posts" / "2026-01-01-first.md").write_text("# First\n\nHello.\n")
    build_site(Request(root / "mkdocs.yml", strict=True))
    return root


def folder(place: Path, *gates: str) -> Path:
    """Return a folder of reports."""
    place.mkdir()
    for name, data in {**reports(*gates), "lighthouse.json": lighthouse("/", seo=1)}.items():
        (place / name).write_bytes(data)
    return place


def published(blog: Path, to: Path, evidence: Path | None = None, live: str = "") -> Published:
    order = Order(site=blog / "site", to=to, evidence=evidence)
    return publish_site(blog / "mkdocs.yml", order, build=False, live=live)


def history(site: Path) -> Any:
    return json.loads((site / "pipeline" / "history.json").read_bytes())["releases"]


def test_a_release_has_its_evidence_and_the_reports_beside_it(blog: Path, tmp_path: Path) -> None:
    made = published(blog, tmp_path / "public", folder(tmp_path / "reports", "test", "sbom"))
    site = tmp_path / "public"
    page = (site / "pipeline" / "index.html").read_text()
    assert "2 of 12 gates of the pipeline let this release through." in page
    assert f"<code>sha256:{made.manifest.digest}</code>" in page
    assert made.manifest.release in (site / "assets" / "release.css").read_text()
    for name in ("test.json", "sbom.json", "gl-sbom.cdx.json", "lighthouse.json"):
        assert f'href="reports/{name}"' in page
        assert f"pipeline/reports/{name}" in made.manifest.files
    assert [one["release"] for one in history(site)] == [made.manifest.release]


def test_what_a_release_passed_does_not_change_its_name(blog: Path, tmp_path: Path) -> None:
    first = published(blog, tmp_path / "a", folder(tmp_path / "reports", "lint"))
    second = published(blog, tmp_path / "b")
    assert first.manifest.release == second.manifest.release
    assert (
        first.manifest.files["pipeline/index.html"] != second.manifest.files["pipeline/index.html"]
    )


def test_without_reports_the_page_says_that_there_are_none(blog: Path, tmp_path: Path) -> None:
    published(blog, tmp_path / "public")
    page = (tmp_path / "public" / "pipeline" / "index.html").read_text()
    assert "0 of 12 gates" in page
    assert "bt-passed" not in page
    assert not (tmp_path / "public" / "pipeline" / "reports").exists()


def test_the_history_goes_on_from_what_is_live_elsewhere(blog: Path, tmp_path: Path) -> None:
    published(blog, tmp_path / "live")
    before = history(tmp_path / "live")
    before[0]["release"] = "2026-11-01-00000000"
    kept = {"version": 1, "releases": before}
    (tmp_path / "live" / "pipeline" / "history.json").write_text(json.dumps(kept))
    published(blog, tmp_path / "public", live=str(tmp_path / "live"))
    assert history(tmp_path / "public")[0]["release"] == "2026-11-01-00000000"
    assert len(history(tmp_path / "public")) == 2


def test_the_history_goes_on_at_the_place_itself(blog: Path, tmp_path: Path) -> None:
    published(blog, tmp_path / "public")
    made = published(blog, tmp_path / "public")
    # The very same release is kept once.
    assert [one["release"] for one in history(tmp_path / "public")] == [made.manifest.release]
