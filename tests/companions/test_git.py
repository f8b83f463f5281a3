"""Real git: tags are locked as commits, and read without running or checking out anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from pydantic import TypeAdapter

from blogtools.companions import git
from blogtools.companions.origins import Origins
from blogtools.companions.sources import Sources
from blogtools.model.companion import CompanionOptions, FetchError, IntegrityError, Locked
from tests.companions import threefold
from tests.companions.threefold import RELEASED, VERSIONS, source, write_repository


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_repository(tmp_path_factory.mktemp("code") / "threefold")


@pytest.fixture
def project(tmp_path: Path, code: Path) -> Path:
    """Return a blog's folder with a repository of its own, to change as a test likes."""
    shutil.copytree(code, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture(autouse=True)
def _without_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def entry(versions: object, repository: Path | str = "", **more: object) -> CompanionOptions:
    given = {
        "name": "threefold",
        "source": "git" if repository else "checkout",
        "repository": str(repository),
        "versions": versions,
        "modules": ["threefold"],
        **more,
    }
    return TypeAdapter(CompanionOptions).validate_python(given)


def origins(root: Path) -> Origins:
    return Origins(Sources(root, root / ".blogtools/companions"))


def resolved(root: Path, version: str, repository: Path | str = "", **more: object) -> Locked:
    return origins(root).resolve(entry(version, repository, **more), version)


def test_the_versions_of_a_repository_are_its_tags_the_newest_first(
    code: Path, tmp_path: Path
) -> None:
    assert origins(tmp_path).versions(entry("newest 9", code)) == ("2.0", "1.1", "1.0")
    assert origins(code).versions(entry("newest 9")) == ("2.0", "1.1", "1.0")
    assert origins(tmp_path).versions(entry("newest 9", code, tag="rel-{version}")) == ()


@pytest.mark.parametrize(
    ("tag", "template", "version"),
    [
        ("v1.0", "v{version}", "1.0"),
        ("1.0", "v{version}", None),
        ("pkg-1.0-final", "pkg-{version}-final", "1.0"),
        ("pkg@1.0", "pkg@{version}", "1.0"),
        ("vx.0", "v+{version}", None),
    ],
)
def test_a_tag_is_a_version_as_the_configuration_says(
    tag: str, template: str, version: str | None
) -> None:
    assert git.version_of(tag, template) == version


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tag_is_locked_with_commit_day_digest_and_licence(
    code: Path, tmp_path: Path, version: str
) -> None:
    locked = resolved(tmp_path, version, code)
    assert locked.commit == threefold.git(code, "rev-parse", f"v{version}^{{commit}}")
    assert (locked.tag, locked.repository) == (f"v{version}", str(code))
    assert (locked.released, locked.licence) == (RELEASED[version], "MIT")
    assert len(locked.sha256) == 64
    assert resolved(code, version).sha256 == locked.sha256


def test_a_locked_commit_becomes_a_folder_of_its_very_files(code: Path, tmp_path: Path) -> None:
    locked = resolved(tmp_path, "1.1", code)
    sources = Sources(tmp_path, tmp_path / ".blogtools/companions")
    folder = sources.folder(entry("1.1", code).at("1.1"), locked)
    assert folder.name == "src"
    for path, text in source("1.1").items():
        assert (folder / path).read_text("utf-8") == text
    assert sources.is_fetched(locked)


def test_what_was_fetched_needs_no_repository(code: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(code, tmp_path / "copy")
    locked = resolved(tmp_path, "2.0", copy)
    shutil.rmtree(copy)
    sources = Sources(tmp_path, tmp_path / ".blogtools/companions")
    assert sources.folder(entry("2.0", copy).at("2.0"), locked).is_dir()


def test_a_cache_that_is_gone_or_damaged_gives_the_same_files_again(
    code: Path, tmp_path: Path
) -> None:
    locked = resolved(tmp_path, "2.0", code)
    cache = tmp_path / ".blogtools/companions"
    first = git.fetch(locked, str(code), cache)
    files = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    (first / "src/threefold/folds.py").write_text("damage = 1")
    assert not git.is_fetched(locked, cache)
    assert git.fetch(locked, str(code), cache) == first
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == files
    shutil.rmtree(cache)
    git.fetch(locked, str(code), cache)
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == files


def test_a_repository_elsewhere_is_asked_for_that_commit_alone(code: Path, tmp_path: Path) -> None:
    # An address, and no folder: what it takes from there has to be fetched.
    locked = resolved(tmp_path, "1.0", f"file://{code}")
    assert locked.commit == threefold.git(code, "rev-parse", "v1.0^{commit}")
    assert [path.name for path in (tmp_path / ".blogtools/companions").iterdir()] == [
        f"git-{locked.commit}"
    ]


def test_a_shallow_clone_has_its_origin_asked(code: Path, tmp_path: Path) -> None:
    locked = resolved(code, "1.0")
    clone = tmp_path / "clone"
    threefold.git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", f"file://{code}", "clone")
    sources = Sources(clone, clone / ".blogtools/companions")
    folder = sources.folder(entry("1.0").at("1.0"), locked)
    assert (folder / "threefold/folds.py").read_text("utf-8") == source("1.0")["threefold/folds.py"]
    assert threefold.git(clone, "tag") == ""


def test_a_tag_that_was_moved_does_not_move_what_is_locked(project: Path, tmp_path: Path) -> None:
    locked = resolved(tmp_path, "1.0", project)
    threefold.git(project, "tag", "--force", "v1.0", "v2.0")
    shutil.rmtree(tmp_path / ".blogtools")
    folder = git.fetch(locked, str(project), tmp_path / ".blogtools/companions")
    assert "def squash" in (folder / "src/threefold/scales.py").read_text("utf-8")


def test_a_moved_tag_whose_commit_is_gone_is_refused(project: Path, tmp_path: Path) -> None:
    locked = replace(resolved(tmp_path, "1.0", project), commit="0" * 40)
    with pytest.raises(IntegrityError, match=r"The tag v1\.0 is not the commit 000000000000"):
        git.fetch(locked, str(project), tmp_path / "cache")


def test_files_that_are_not_the_locked_ones_are_refused(code: Path, tmp_path: Path) -> None:
    locked = replace(resolved(tmp_path, "1.0", code), sha256="0" * 64)
    with pytest.raises(IntegrityError, match="is not the one that is locked"):
        git.fetch(locked, str(code), tmp_path / ".blogtools/companions")


def test_a_tag_that_is_not_there_is_an_error_that_names_those_that_are(
    code: Path, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match=r"no tag v9\.9, there are: v1\.0, v1\.1, v2\.0"):
        resolved(tmp_path, "9.9", code)


def test_a_repository_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="git says: ") as failed:
        origins(tmp_path).versions(entry("newest 1", tmp_path / "nowhere"))
    assert "git ls-remote" in failed.value.hint


def test_without_git_the_error_says_so(
    code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="git cannot be started"):
        origins(tmp_path).versions(entry("newest 1", code))


def test_nothing_of_a_repository_runs_when_it_is_read(project: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    run = f"touch {canary}"
    for hook in ("post-checkout", "reference-transaction"):
        (project / f".git/hooks/{hook}").write_text(f"#!/bin/sh\n{run}\n")
        (project / f".git/hooks/{hook}").chmod(0o755)
    canary.unlink(missing_ok=True)
    threefold.git(project, "config", "filter.loud.smudge", run)
    (project / ".gitattributes").write_text("*.py filter=loud ident eol=crlf\n")
    threefold.git(project, "add", "--all")
    threefold.git(project, "commit", "--quiet", "--message", "Attributes")
    threefold.git(project, "tag", "v3.0")
    canary.unlink(missing_ok=True)
    locked = resolved(tmp_path, "3.0", project)
    folder = git.fetch(locked, str(project), tmp_path / ".blogtools/companions")
    assert not canary.exists()
    assert b"\r" not in (folder / "src/threefold/folds.py").read_bytes()


def test_inside_of_a_hook_git_still_looks_where_it_is_told(
    code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert resolved(tmp_path, "1.0", code).tag == "v1.0"


def test_links_and_files_with_odd_names_are_left_out(project: Path, tmp_path: Path) -> None:
    (project / "src/threefold/escape.py").symlink_to("/etc/passwd")
    (project / "src/threefold/co:lon.py").write_text("x = 1\n")
    threefold.git(project, "add", "--all")
    threefold.git(project, "commit", "--quiet", "--message", "Odd")
    threefold.git(project, "tag", "v3.0")
    locked = resolved(tmp_path, "3.0", project)
    folder = git.fetch(locked, str(project), tmp_path / ".blogtools/companions")
    assert {path.name for path in (folder / "src/threefold").iterdir()} == {
        "__init__.py",
        "folds.py",
        "scales.py",
    }


def test_a_blog_in_a_folder_of_its_repository_has_its_paths_from_there(tmp_path: Path) -> None:
    whole = write_repository(tmp_path / "whole" / "sub", ("1.0",))
    shutil.move(whole / ".git", tmp_path / "whole/.git")
    threefold.git(tmp_path / "whole", "add", "--all")
    threefold.git(tmp_path / "whole", "commit", "--quiet", "--message", "Moved")
    threefold.git(tmp_path / "whole", "tag", "--force", "v1.0")
    locked = resolved(whole, "1.0", path="src", guide="docs")
    sources = Sources(whole, whole / ".blogtools/companions")
    companion = entry("1.0", path="src", guide="docs").at("1.0")
    assert sources.folder(companion, locked).parts[-2:] == ("sub", "src")
    guide = sources.guide(companion, locked)
    assert guide is not None
    assert (guide.folder / "usage.md").is_file()


def test_two_packages_may_share_a_commit(code: Path, tmp_path: Path) -> None:
    one = resolved(tmp_path, "1.0", code)
    other = replace(one, name="other", version="7")
    cache = tmp_path / ".blogtools/companions"
    git.fetch(other, str(code), cache)
    assert git.is_fetched(one, cache)
    assert git.is_fetched(other, cache)


def test_a_guide_that_is_not_there_is_a_clear_error(code: Path, tmp_path: Path) -> None:
    locked = resolved(tmp_path, "1.0", code)
    companion = entry("1.0", code, guide="manual").at("1.0")
    sources = Sources(tmp_path, tmp_path / ".blogtools/companions")
    with pytest.raises(FetchError, match="no folder 'manual' for its guide"):
        sources.guide(companion, locked)
    working = replace(companion, source="checkout", version="dev", path="src")
    with pytest.raises(FetchError, match="no folder 'manual' for its guide"):
        Sources(code, tmp_path).digest(working, None)


def test_the_digest_of_a_working_tree_changes_with_its_guide(project: Path) -> None:
    companion = entry("dev", path="src", guide="docs").at("dev")
    sources = Sources(project, project / ".blogtools/companions")
    before = sources.digest(companion, None)
    assert sources.digest(replace(companion, guide=""), None) != before
    (project / "docs/usage.md").write_text("# Other\n")
    assert sources.digest(companion, None) != before
