"""Dates of git's: a page is made again when its history changes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from .building import ONE, Site

DATES = "git-revision-date-localized: {enable_creation_date: true, type: iso_datetime}"
DAY = re.compile(r"title=\W*(\w+ \d+, \d+ [\d:]+ UTC)")
ABOUT = "about/index.html"


def git(folder: Path, *arguments: str, day: int = 1) -> None:
    moment = f"2026-02-{day:02}T12:00:00Z"
    environment = {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "ada@tiny.example" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": moment for who in ("AUTHOR", "COMMITTER")},
    }
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def commit(site: Site, day: int) -> None:
    git(site.root, "add", "-A", day=day)
    git(site.root, "commit", "--quiet", "--message", "Another", day=day)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site.of(tmp_path, "blogtools", DATES, files={".gitignore": "site\n.blogtools\nplain\n"})
    git(site.root, "init", "--quiet")
    commit(site, 1)
    return site


def test_one_page_for_one_edit(site: Site) -> None:
    site.begin(timeless=False)
    assert "2026-02-01 12:00" in site.page(ABOUT)
    assert "2026-02-01" not in site.page(ONE), "essays have dates of their own"


def test_a_commit_changes_the_pages_of_its_files(site: Site) -> None:
    site.right()
    site.edit("docs/about.md", "# About", "# About me")
    site.right()
    commit(site, 5)
    assert site.right().pages == [ABOUT], "no file has changed since, and its date has"
    assert "2026-02-05 12:00" in site.page(ABOUT)
    assert "2026-02-01 12:00" in site.page(ABOUT), "when it was made"

    site.edit("posts/two.md", "After", "Later")
    commit(site, 6)
    assert site.right().pages == ["posts/two/index.html"], "no date of a page has changed"

    git(site.root, "reset", "--quiet", "--soft", "HEAD~2")
    commit(site, 9)
    assert site.right().pages == [ABOUT]
    assert "2026-02-09 12:00" in site.page(ABOUT)


def test_a_template_that_shows_metadata_makes_the_build_whole(site: Site) -> None:
    shown = "{{ page.meta.git_site_revision_date_localized }}"
    site.write("overrides/main.html", '{% extends "base.html" %}\n' + shown + "\n")
    site.edit("mkdocs.yml", "name: material,", "name: material, custom_dir: overrides,")
    built = site.build()
    assert built.made is None
    assert "git-revision-date-localized (main.html shows metadata)" in built.said[-1]


def test_a_text_with_a_date_in_it(site: Site) -> None:
    site.edit("docs/about.md", "# About", "# About\n\n{{ git_creation_date_localized }}")
    site.write("posts/five.md", "---\ndate: 2026-01-05\n---\n\n# Five\n\n{{ git_X }}\n")
    commit(site, 3)
    site.right()
    assert site.page(ABOUT).count("2026-02-01 12:00") > 1


def test_an_essay_that_asks_for_a_date_shows_the_same_wherever_it_stands(site: Site) -> None:
    asked = "Made {{ git_revision_date_localized }}."
    site.edit("posts/one.md", "First.", asked)
    site.edit("mkdocs.yml", "type: iso_datetime", "type: iso_date")
    built = site.build()
    assert built.made is not None
    pages = site.page(ONE), site.page("index.html"), site.page("feed.xml")
    assert not any("git_revision_date_localized }}" in page for page in pages)
    assert len({DAY.findall(page)[0] for page in pages}) == 1
