"""Previews: marked, readable from any folder, and never what is live."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from blogtools.cli import main
from tests.evidence.support import reports

CONFIG = """\
site_name: Tiny
site_url: https://tiny.example/blog/
theme: {name: material}
plugins: [blogtools]
"""
SOURCES: Mapping[str, str] = {
    "mkdocs.yml": CONFIG,
    "docs/about.md": "# About\n\nMore.\n",
    "posts/2026-01-01-first.md": (
        "---\ntags: [A]\naliases: [old/]\n---\n# First\n\nSee [the second](2026-01-02-second.md).\n"
    ),
    "posts/2026-01-02-second.md": "---\nlang: de\n---\n# Zweiter\n\nText.\n",
    "posts/2026-01-03-draft.md": "---\ndraft: true\n---\n# Idea\n\nA secret thought of mine.\n",
    "posts/2099-01-01-later.md": "# Later\n\nThis comes out much later than that.\n",
}


class Blog:
    """A blog that can be previewed again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in SOURCES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def publish(self, *options: str) -> Result:
        asked = ["publish", "-f", str(self.root / "mkdocs.yml"), *options]
        return CliRunner().invoke(main, asked, catch_exceptions=False)

    def pages(self) -> dict[str, str]:
        folder = self.root / "preview"
        return {
            file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*.html")
        }


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Blog:
    """Return a blog of which one release is live, with a preview of a change."""
    made = Blog(tmp_path_factory.mktemp("blog"))
    done = made.publish("--to", str(made.root / "public"))
    assert done.exit_code == 0, done.output
    made.write("posts/2026-01-04-new.md", "# New\n\nOne two three four.\n")
    for name, data in reports("lint").items():
        made.write(f"reports/{name}", data.decode())
    return made


@pytest.fixture(scope="module")
def summary(blog: Blog) -> str:
    """Return the summary of the preview."""
    root = blog.root
    done = blog.publish(
        *("--preview", "--to", str(root / "preview"), "--live", str(root / "public")),
        *("--evidence", str(root / "reports"), "--summary", str(root / "summary.md")),
    )
    assert done.exit_code == 0, done.output
    return (root / "summary.md").read_text()


def test_every_page_is_marked_and_kept_out_of_searches(blog: Blog, summary: str) -> None:
    pages = blog.pages()
    assert {"index.html", "404.html", "old/index.html", "about/index.html"} < pages.keys()
    for path, text in pages.items():
        assert text.count('<meta name="robots" content="noindex">') == 1, path
        assert text.count('<p class="bt-preview" role="note">') == 1, path
    assert summary
    assert "Vorschau:" in pages["posts/second/index.html"]
    styles = (blog.root / "preview" / "assets" / "release.css").read_text()
    assert ".bt-preview {" in styles


def test_every_link_of_every_page_leads_to_a_file_of_the_preview(blog: Blog, summary: str) -> None:
    assert summary
    folder, looked = blog.root / "preview", 0
    for path, text in blog.pages().items():
        for target in re.findall(r'<(?:a|link|script|img)\b[^>]*?\s(?:href|src)="([^"]*)"', text):
            place = target.partition("#")[0].partition("?")[0]
            if ":" in place or not place:
                continue
            looked += 1
            assert not place.startswith("/"), (path, target)
            assert (folder / path).parent.joinpath(place).resolve().is_file(), (path, target)
    assert looked > 200


def test_what_is_live_stays_as_it_was(blog: Blog, summary: str) -> None:
    assert summary
    assert not list((blog.root / "public").rglob("*new*"))
    assert not (blog.root / "preview" / "release.json").exists()


def test_no_byte_of_a_draft_is_in_a_preview(blog: Blog, summary: str) -> None:
    assert "Idea" in summary
    for file in (blog.root / "preview").rglob("*"):
        assert not file.is_file() or b"secret thought" not in file.read_bytes(), file


def test_the_summary_tells_of_new_pages_with_their_words(summary: str) -> None:
    (row,) = [line for line in summary.splitlines() if line.startswith("| `/posts/new/`")]
    assert row.startswith("| `/posts/new/` | New | ")
    assert "Compared" not in summary
    assert ": 1 added, " in summary


def test_the_summary_tells_of_drafts_sizes_checks_and_drift(summary: str) -> None:
    assert "| `posts/2026-01-03-draft.md` | Idea | draft |" in summary
    assert "| `posts/2099-01-01-later.md` | Later | 2099-01-01 |" in summary
    assert "### Checks: 1 of 12 gates passed" in summary
    assert "| redirects | " in summary
    assert "### Drift: none" in summary


def test_a_preview_of_what_could_not_be_published_is_made_and_fails(
    blog: Blog, summary: str
) -> None:
    assert summary
    root = blog.root
    lost = root / "posts" / "2026-01-02-second.md"
    kept, first = lost.read_text(), root / "posts" / "2026-01-01-first.md"
    linked = first.read_text()
    try:
        lost.unlink()
        first.write_text(linked.replace("See [the second](2026-01-02-second.md).", "Nothing."))
        done = blog.publish(
            *("--preview", "--to", str(root / "lacking"), "--live", str(root / "public"))
        )
    finally:
        lost.write_text(kept)
        first.write_text(linked)
    assert done.exit_code == 1
    assert "It could not be published: " in done.output
    assert "/posts/second/ was published by " in done.output.replace("\\", "")
    assert (root / "lacking" / "index.html").is_file()


def test_a_preview_never_replaces_what_is_live(blog: Blog) -> None:
    done = blog.publish("--preview", "--to", str(blog.root / "public"))
    assert done.exit_code == 2
    assert "is what is live; put the preview elsewhere with --to" in done.output
