"""The index of a finished site: in shards that are kept, and the same bytes each time."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from blogtools.app.searching import Indexed, index_site
from blogtools.content import searching
from blogtools.model.diagnostic import UsageError
from tests.site.support import write

TAGS = [f"Tag {number}" for number in range(9)]


def essay(number: int, year: int, words: str = "") -> str:
    tags = "".join(f'<a data-pagefind-filter="tag">{TAGS[(number * n) % 9]}</a>' for n in (1, 2))
    day = f'<time datetime="{year}-01-01" data-pagefind-meta="date[datetime]">x</time>'
    body = f"<div data-pagefind-body><p>Essay word{number} {words}</p></div>"
    return f'<html lang="en"><body><h1>Essay {number}</h1>{day}{tags}{body}</body></html>'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a site whose shards hold four essays."""
    monkeypatch.setattr(searching, "FULL", 4)
    years = {number: 2024 if number < 5 else 2025 for number in range(10)}
    pages = {f"posts/{n}/index.html": essay(n, year) for n, year in years.items()}
    page = "<html lang='en'><body><h1>P</h1><p data-pagefind-body>Guide</p></body></html>"
    files = {"guide/index.html": page, "index.html": "<html lang=en><body>Home</body></html>"}
    return write(tmp_path / "site", {**pages, **files})


def indexed(site: Path, kept: str = "kept") -> Indexed:
    return index_site(site, site.parent / "index", site.parent / kept)


def files(folder: Path) -> dict[str, bytes]:
    there = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in there}


def said(folder: Path) -> str:
    """Return everything that an index holds, unpacked."""
    packed = [data for data in files(folder).values() if data[:2] == b"\x1f\x8b"]
    return b"".join(map(gzip.decompress, packed)).decode("utf-8", "replace")


def test_the_same_site_gives_the_same_bytes(site: Path) -> None:
    assert indexed(site).made == 3
    before = files(site.parent / "index")
    assert len(before) > 20
    assert indexed(site, "elsewhere").made == 3
    assert files(site.parent / "index") == before


def test_only_the_shard_in_which_something_changed_is_made(site: Path) -> None:
    indexed(site)
    assert indexed(site).made == 0
    write(site, {"posts/9/index.html": essay(9, 2025, "plumbeous")})
    assert indexed(site).made == 1
    assert "plumbeous" in said(site.parent / "index")
    write(site, {"posts/9/index.html": essay(9, 2025)})
    assert indexed(site).made == 1
    assert "plumbeous" not in said(site.parent / "index")


def test_a_changed_frame_makes_no_shard(site: Path) -> None:
    indexed(site)
    for page in site.rglob("*.html"):
        page.write_text(page.read_text().replace("</body>", "<footer>Frame</footer></body>"))
    assert indexed(site).made == 0


def test_what_is_kept_may_be_deleted_and_may_be_damaged(site: Path) -> None:
    indexed(site)
    before = files(site.parent / "index")
    kept = site.parent / "kept"
    next(kept.glob("seen-*")).write_bytes(b"nonsense")
    assert indexed(site).made == 0
    shutil.rmtree(kept)
    assert indexed(site).made == 3
    assert files(site.parent / "index") == before


def test_shards_that_the_site_no_longer_has_are_not_kept(site: Path) -> None:
    indexed(site)
    shutil.rmtree(site / "guide")
    assert indexed(site).shards == 2
    assert len([one for one in (site.parent / "kept").iterdir() if one.is_dir()]) == 2


def test_the_list_says_what_to_choose_from(site: Path) -> None:
    indexed(site)
    listed = json.loads((site.parent / "index/shards.json").read_text())
    assert listed["language"] == "en"
    assert [one["kind"] for one in listed["shards"]] == ["essay", "essay", "page"]
    assert [one.get("years") for one in listed["shards"]] == [["2025"], ["2024"], None]
    assert set(listed["shards"][0]["tags"]) <= set(TAGS)
    assert listed["shards"][0]["at"] == ""
    there = site.parent / "index" / listed["shards"][1]["at"]
    assert (there / "pagefind-entry.json").is_file()
    assert not (there / "pagefind.js").exists(), "what all shards need is there once"


def test_a_site_in_which_nothing_is_found_has_an_empty_list(tmp_path: Path) -> None:
    write(tmp_path / "site", {"index.html": "<p>Nothing</p>"})
    assert indexed(tmp_path / "site").pages == 0
    assert json.loads((tmp_path / "index/shards.json").read_text())["shards"] == []


def test_what_is_no_index_is_never_replaced(site: Path) -> None:
    write(site.parent / "index", {"mine.txt": "Mine"})
    with pytest.raises(UsageError, match="no index"):
        indexed(site)
    assert files(site.parent / "index") == {"mine.txt": b"Mine"}


def test_no_site_is_told_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="blogtools build"):
        indexed(tmp_path / "none")
