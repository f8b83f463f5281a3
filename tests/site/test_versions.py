"""References by version, as an author and a pipeline have them: real git, real commands."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.companions import threefold
from tests.companions.threefold import VERSIONS, write_repository
from tests.site.support import (
    Command,
    differing,
    essay,
    replace_in,
    run,
    run_all,
    succeed,
    tree,
    write,
)

CONFIG = """\
site_name: Versions
site_url: https://versions.example/
docs_dir: pages
theme: {name: material}
plugins:
  - blogtools:
      companions:
        - name: threefold
          source: git
          repository: ../code
          versions: [newest 2, "1.0"]
          modules: [threefold]
          guide: docs
        - name: mine
          source: checkout
          versions:
            - dev
            - ">=2"
          modules: [threefold]
          path: src
"""
TREES = [f"reference/threefold/{version}/" for version in VERSIONS]
REFERENCE = ("blogtools", "reference")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a repository and a blog, locked and built: look, and change nothing."""
    folder = tmp_path_factory.mktemp("versions")
    write_repository(folder / "code")
    blog = write_repository(folder / "blog")
    text = essay("On folding", body="Begin with [fold][threefold.folds.fold].")
    write(blog, {"mkdocs.yml": CONFIG, "posts/folding.md": text})
    succeed(blog, *REFERENCE, "update")
    succeed(blog, "blogtools", "build", "--strict")
    return folder


@pytest.fixture
def blog(world: Path, tmp_path: Path) -> Path:
    """Return a copy of the blog beside a copy of the repository, its references built already."""
    shutil.copytree(world / "code", tmp_path / "code")
    return shutil.copytree(world / "blog", tmp_path / "blog")


@pytest.fixture
def fresh(blog: Path) -> Path:
    """Return the same blog on a machine that has built nothing yet."""
    shutil.rmtree(blog / ".blogtools")
    shutil.rmtree(blog / "site")
    return blog


def test_every_version_has_a_tree_of_its_own(world: Path) -> None:
    site = world / "blog/site"
    for folder in (*TREES, "reference/mine/dev/", "reference/mine/2.0/"):
        assert (site / folder / "threefold/folds/index.html").is_file()
        assert (site / folder / "objects.inv").is_file()
    assert (site / "reference/threefold/1.0/guide/usage/index.html").is_file()
    assert not (site / "reference/mine/2.0/guide").exists()
    squash = [folder for folder in TREES if "threefold.scales.squash" in _inventory(site / folder)]
    assert squash == TREES[:2]


def _inventory(folder: Path) -> str:
    return (folder / "threefold/scales/index.html").read_text("utf-8")


def test_a_list_is_a_table_of_what_is_there(blog: Path) -> None:
    assert succeed(blog, *REFERENCE, "list").splitlines() == [
        "package    version  released    licence  state",
        "threefold  2.0      2025-03-05  MIT      built",
        "threefold  1.1      2024-06-20  MIT      built",
        "threefold  1.0      2024-01-10  MIT      built",
        "mine       dev      -           -        built",
        "mine       2.0      2025-03-05  MIT      built",
    ]


def test_the_lock_decides_and_a_build_asks_nobody(blog: Path) -> None:
    before = tree(blog / "site")
    threefold.git(blog.parent / "code", "tag", "v3.0")
    shutil.rmtree(blog / "site")
    succeed(blog, "blogtools", "build", "--strict")
    assert tree(blog / "site") == before
    shutil.move(blog.parent / "code", blog.parent / "elsewhere")
    succeed(blog, "blogtools", "build", "--strict", "-d", "site-offline")
    assert tree(blog / "site-offline") == before


def test_an_update_takes_the_newest_and_leaves_what_is_locked_as_it_is(blog: Path) -> None:
    before = (blog / "companions.lock").read_text("utf-8")
    assert succeed(blog, *REFERENCE, "update") == "Nothing to change.\n"
    threefold.git(blog.parent / "code", "tag", "v3.0")
    said = succeed(blog, *REFERENCE, "update").splitlines()
    commit = threefold.git(blog.parent / "code", "rev-parse", "v3.0")[:12]
    assert said == [f"Locked threefold 3.0 (v3.0, commit {commit})", "Dropped threefold 1.1"]
    after = (blog / "companions.lock").read_text("utf-8")
    entries = set(f"{before}\n".split("\n\n")) - set(f"{after}\n".split("\n\n"))
    assert [text for text in entries if 'version = "1.1"' not in text] == []


def test_a_wish_that_is_not_locked_is_an_error_at_its_line(blog: Path) -> None:
    replace_in(blog / "mkdocs.yml", '- ">=2"', '- ">=3"')
    failed = run(blog, "blogtools", "check")
    line = CONFIG.splitlines().index('            - ">=2"') + 1
    assert failed.returncode == 1
    assert failed.stdout.startswith(f"mkdocs.yml:{line}:15: mine >=3 is not locked, only 2.0.")
    assert "blogtools reference update" in failed.stdout


def test_an_edited_docstring_changes_the_working_tree_alone(blog: Path) -> None:
    before = tree(blog / "site")
    replace_in(blog / "src/threefold/folds.py", "Add up neighbours", "Sum up neighbours")
    succeed(blog, "blogtools", "build", "--strict")
    after = tree(blog / "site")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        "reference/mine/dev/threefold/index.html",
        "reference/mine/dev/threefold/folds/index.html",
    }


def test_references_built_anew_by_two_processes_at_once_and_merged_equal_one_build(
    fresh: Path, world: Path, tmp_path: Path
) -> None:
    runners = [shutil.copytree(fresh, tmp_path / f"runner{n}/blog") for n in range(2)]
    for runner in runners:
        shutil.copytree(tmp_path / "code", runner.parent / "code")
    wanted = [("threefold@1.0", "mine@dev"), ("threefold@1.1", "threefold@2.0", "mine@2.0")]
    made = run_all(
        Command((*REFERENCE, "build", *names, "--to", "trees"), runner)
        for runner, names in zip(runners, wanted, strict=True)
    )
    assert [done.returncode for done in made] == [0, 0], made
    shutil.rmtree(tmp_path / "code")
    taken = succeed(fresh, *REFERENCE, "absorb", *(str(runner / "trees") for runner in runners))
    assert sorted(taken.splitlines()) == [
        "Took in mine 2.0",
        "Took in mine dev",
        "Took in threefold 1.0",
        "Took in threefold 1.1",
        "Took in threefold 2.0",
    ]
    # Without the repository: all that the site needs of it came with the trees.
    succeed(fresh, "blogtools", "build", "--strict")
    assert differing(fresh / "site", world / "blog/site") == []


def test_the_same_version_may_be_built_by_two_processes_at_once(fresh: Path, world: Path) -> None:
    made = run_all([Command((*REFERENCE, "build", "threefold@2.0"), fresh)] * 2)
    assert [done.returncode for done in made] == [0, 0], made
    folders = [path.name for path in (fresh / ".blogtools/references").iterdir()]
    assert len(folders) == 1
    built, other = (
        blog / ".blogtools/references" / folders[0] / "site" for blog in (fresh, world / "blog")
    )
    assert differing(built, other) == []


def test_a_tree_that_this_blog_would_build_otherwise_is_refused(blog: Path, tmp_path: Path) -> None:
    succeed(blog, *REFERENCE, "build", "mine@dev", "--to", str(tmp_path / "trees"))
    replace_in(blog / "src/threefold/folds.py", "Add up neighbours", "Sum up neighbours")
    shutil.rmtree(blog / ".blogtools/references")
    refused = run(blog, *REFERENCE, "absorb", str(tmp_path / "trees"))
    assert refused.returncode == 1
    assert "is not the reference of mine dev as it is wanted here" in refused.stderr
    assert not (blog / ".blogtools/references").exists()


def test_a_folder_without_trees_is_wrong_usage(blog: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused = run(blog, *REFERENCE, "absorb", str(tmp_path / "empty"))
    assert refused.returncode == 2
    assert "there are no references in" in refused.stderr


def test_trees_that_are_handed_out_again_take_the_place_of_the_old_ones(
    blog: Path, tmp_path: Path
) -> None:
    build = (*REFERENCE, "build", "threefold@1.0", "--to", str(tmp_path / "out"))
    assert succeed(blog, *build) == succeed(blog, *build)
    assert succeed(blog, *build) == f"Built threefold 1.0: {tmp_path / 'out/threefold/1.0'}\n"
    assert sorted(path.name for path in (tmp_path / "out/threefold").iterdir()) == ["1.0"]
    assert set(json.loads((tmp_path / "out/threefold/1.0/keys.json").read_bytes())) == {
        "inventory",
        "tree",
    }


def test_a_name_that_is_no_companion_is_wrong_usage_that_names_all(blog: Path) -> None:
    refused = run(blog, *REFERENCE, "build", "threefold@1.0", "threefold@9.9")
    assert refused.returncode == 2
    assert "no companion is called threefold@9.9; there is threefold@2.0" in refused.stderr


def test_a_blog_under_git_is_left_as_it_was(blog: Path) -> None:
    def state() -> str:
        shown = ("status", "--porcelain", "--ignored"), ("show-ref",), ("config", "--list")
        return "\n".join(threefold.git(blog, *each) for each in shown)

    before = state()
    shutil.rmtree(blog / ".blogtools")
    succeed(blog, *REFERENCE, "build", "mine@2.0")
    assert state() == before


def test_git_is_not_needed_once_everything_is_there(blog: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    found = subprocess.run(["which", "git"], capture_output=True, check=True)
    assert found.stdout
    built = run(blog, "blogtools", "build", "--strict", "-d", "again", PATH=str(tmp_path / "bin"))
    assert built.returncode == 0, built.stderr
