"""Links from essays to the pages of a version's guide, and which of two same pages is canonical."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from blogtools.app.shelving import own_pages
from blogtools.cli import main
from blogtools.model.companion import Companion, guide_url, packages
from tests.companions.threefold import write_repository
from tests.site.support import essay, succeed, write

CONFIG = """\
site_name: Guides
site_url: https://guides.example/
theme: {name: material}
plugins:
  - blogtools:
      workers: 1
      companions:
        - name: threefold
          source: git
          repository: ../code
          versions: ["1.0", "2.0"]
          modules: [threefold]
          guide: docs
        - name: here
          source: checkout
          path: src
          modules: [here]
          guide: docs/guide
"""
GOOD = """\
[A](/reference/threefold/1.0/guide/usage/#folding), [b](../../reference/threefold/2.0/guide/),
[c](/reference/here/dev/guide/start/), [d](/reference/threefold/latest/guide/usage/),
[e](/reference/threefold/1.0/guide/images/sheet.svg).
"""
BAD = "[A](/reference/threefold/1.0/guide/usge/), [b](/reference/here/dev/guide/about/)."


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guides")
    write_repository(folder / "code")
    files = {
        "mkdocs.yml": CONFIG,
        "src/here/__init__.py": '"""Here."""\n',
        "docs/about.md": "# About\n",
        "docs/guide/start.md": "# Start\n",
        "posts/good.md": essay("Good", body=GOOD),
        "posts/bad.md": essay("Bad", body=BAD),
    }
    blog = write(folder / "blog", files)
    succeed(blog, "blogtools", "reference", "update")
    return blog


def test_links_to_the_guide_of_a_version_are_checked(blog: Path) -> None:
    with chdir(blog):
        done = CliRunner().invoke(main, ["check", "--format", "json"])
    found = json.loads(done.stdout)["diagnostics"]
    assert [(one["path"], one["code"], one["column"]) for one in found] == [
        ("posts/bad.md", "link/not-found", 5),
        ("posts/bad.md", "link/not-found", 48),
    ]


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("index.md", ""),
        ("README.md", ""),
        ("start.md", "start/"),
        ("more/index.md", "more/"),
        ("more/readme.md", "more/readme/"),
        ("more/deep.markdown", "more/deep/"),
        ("images/a.svg", "images/a.svg"),
    ],
)
def test_each_file_of_a_guide_has_the_address_that_mkdocs_gives_it(file: str, address: str) -> None:
    companion = Companion("pkg", "git", "1.0", ("pkg",), guide="docs")
    assert guide_url(companion, file) == f"reference/pkg/1.0/guide/{address}"


def test_pages_of_a_working_tree_that_are_the_sites_own_are_canonical_there() -> None:
    dev = Companion("pkg", "checkout", "dev", ("pkg",), guide="docs/guide")
    tag = Companion("pkg", "checkout", "1.0", ("pkg",), guide="docs/guide")
    files = {
        "docs/guide/start.md": "guide/start/",
        "docs/guide/index.md": "guide/",
        "docs/guide/a.svg": "guide/a.svg",
        "docs/guides/no.md": "guides/no/",
        "docs/index.md": "",
    }
    assert own_pages(packages((dev, tag)), files) == {
        "reference/pkg/dev/guide/start/": "guide/start/",
        "reference/pkg/dev/guide/": "guide/",
    }
