"""A large blog builds as it is: somebody else's, where it is there, and one of our own."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.site.html import Page
from tests.site.support import CONFIG, ROOT, Command, essay, without_progress, write

#: 743 posts of somebody else's, which are no part of this repository.
GIVEN = Path(os.environ.get("BLOGTOOLS_CORPUS") or ROOT.parent / "shared" / "corpora" / "rust-blog")
PER_PAGE = 10


@dataclass(frozen=True)
class Built:
    """A corpus as it was built."""

    posts: Path
    site: Path
    result: CompletedProcess[str]

    @property
    def dates(self) -> dict[str, str]:
        """Return the day of each essay by its slug, both from the name of its file."""
        stems = sorted(file.stem for file in self.posts.glob("*.md"))
        return {_slug(stem): stem[:10] for stem in stems}


def _slug(stem: str) -> str:
    return re.sub(r"[\W_]+", "-", stem[11:].casefold()).strip("-")


def _write_own(posts: Path) -> None:
    """Write a blog of ten years, most of whose essays link to the one before."""
    kinds = ("tags: [Release]", "tags: [Release, Compiler]\nauthors: [Ada, Grace]", "series: Notes")
    for number in range(130):
        day = f"{2010 + number // 13}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        before = (
            f"{2010 + (number - 1) // 13}-{(number - 1) % 12 + 1:02}-{(number - 1) % 28 + 1:02}"
        )
        link = f"[before]({before}-Essay_no-{number - 1}.md#notes)" if number else "nothing"
        body = f"After {link}.\n\n## Notes\n\n```rust\nfn main() {{}}\n```\n\nWord{number % 7}."
        text = essay(f"Essay {number}", day, body).replace(
            "\n---\n", f"\n{kinds[number % 3]}\n---\n"
        )
        write(posts, {f"{day}-Essay_no-{number}.md": text})


@pytest.fixture(scope="module", params=["own", *(["given"] if GIVEN.is_dir() else [])])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    blog = tmp_path_factory.mktemp(f"corpus-{request.param}")
    if request.param == "given":
        shutil.copytree(GIVEN, blog / "posts")
    else:
        _write_own(blog / "posts")
    write(blog, {"mkdocs.yml": CONFIG})
    # 1 January 2030: after every essay.
    result = Command(("blogtools", "build"), blog, {"SOURCE_DATE_EPOCH": "1893456000"}).run()
    return Built(blog / "posts", blog / "site", result)


def test_it_builds_without_errors(built: Built) -> None:
    assert built.result.returncode == 0, built.result.stderr[-2000:]
    assert "Traceback" not in built.result.stderr


def test_every_warning_names_a_line_of_an_essay_and_what_to_do(built: Built) -> None:
    *findings, _count = without_progress(built.result.stderr).splitlines() or [""]
    pattern = r"posts/[^:]+\.md:\d+:\d+: warning: .* has no anchor '#[^']+'\. \S.*"
    assert [line for line in findings if not re.fullmatch(pattern, line)] == []


def test_every_essay_has_its_page(built: Built) -> None:
    pages = {file.parent.name for file in (built.site / "posts").glob("*/index.html")}
    assert pages == set(built.dates)
    assert len(pages) == len(list(built.posts.glob("*.md")))


def test_home_lists_every_essay_once_the_newest_first(built: Built) -> None:
    count = -(-len(built.dates) // PER_PAGE)
    urls = ["", *(f"page/{number}/" for number in range(2, count + 1))]
    pages = [Page(built.site, url) for url in urls]
    assert not (built.site / f"page/{count + 1}").exists()
    listed = [
        [h.rstrip("/").split("/")[-1] for h in p.values(".bt-item h2 a", "href")] for p in pages
    ]
    assert [len(slugs) for slugs in listed[:-1]] == [PER_PAGE] * (count - 1)
    slugs = [slug for page in listed for slug in page]
    assert sorted(slugs) == sorted(built.dates)
    dates = [built.dates[slug] for slug in slugs]
    assert dates == sorted(dates, reverse=True)
    assert all(len(page.texts(".bt-pages [aria-current=page]")) == 1 for page in pages)


def test_the_archive_counts_every_essay(built: Built) -> None:
    rows = (
        text.split() for text in Page(built.site, "archive/").texts(".bt-terms li, .bt-shelf > h2")
    )
    assert {year: int(count) for year, count in rows} == Counter(
        day[:4] for day in built.dates.values()
    )
