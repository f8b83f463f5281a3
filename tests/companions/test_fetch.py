from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.companions.fetch import fetch, resolve
from blogtools.companions.kept import is_fetched
from blogtools.companions.sources import Sources
from blogtools.model.companion import Companion, FetchError
from tests.companions.packages import (
    COMPANION,
    FILES,
    NAME,
    SDIST,
    VERSION,
    WHEEL,
    write_folder,
    write_sdist,
    write_wheel,
)


def test_a_locked_wheel_becomes_a_folder_of_source(index: Path, tmp_path: Path) -> None:
    entry = write_wheel(index)
    source = fetch(entry, tmp_path / "cache")
    assert (source / "tiny/shapes.py").read_text("utf-8") == FILES["tiny/shapes.py"]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [entry.sha256]


def test_what_was_fetched_needs_no_network(
    index: Path, tmp_path: Path, go_offline: Callable[[], None]
) -> None:
    entry = write_wheel(index)
    source = fetch(entry, tmp_path / "cache")
    go_offline()
    (index / WHEEL).unlink()
    assert fetch(entry, tmp_path / "cache") == source
    assert is_fetched(entry, tmp_path / "cache")


def test_without_a_network_the_error_says_what_to_do(
    index: Path, tmp_path: Path, go_offline: Callable[[], None]
) -> None:
    entry = write_wheel(index)
    go_offline()
    with pytest.raises(FetchError, match=r"tiny-shapes 1\.2\.0 cannot be fetched: ") as failed:
        fetch(entry, tmp_path / "cache")
    assert "No matching distribution" in failed.value.message
    assert str(tmp_path) not in str(failed.value)
    assert "pip config list" in failed.value.hint
    assert list((tmp_path / "cache").iterdir()) == []


def test_another_file_than_the_locked_one_is_refused(index: Path, tmp_path: Path) -> None:
    entry = replace(write_wheel(index), sha256="0" * 64)
    with pytest.raises(FetchError, match="not the file that is locked"):
        fetch(entry, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_digest_is_checked_even_if_pip_does_not(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = replace(write_wheel(index), sha256="0" * 64)
    monkeypatch.setattr(
        "blogtools.companions.fetch.download_locked", lambda _locked, _folder: index / WHEEL
    )
    with pytest.raises(FetchError, match="but 0000"):
        fetch(entry, tmp_path / "cache")


def test_a_wheel_with_a_trap_leaves_nothing_behind(index: Path, tmp_path: Path) -> None:
    entry = write_wheel(index, extra={"../evil.py": "evil = 1"})
    with pytest.raises(FetchError, match="outside of its folder"):
        fetch(entry, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
    assert not list(tmp_path.rglob("evil.py"))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that holds the source of the wheel: to be copied."""
    folder = tmp_path_factory.mktemp("known")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(folder))
        fetch(write_wheel(folder), folder / "cache")
    return folder / "cache"


@pytest.mark.parametrize("damage", ["changed", "deleted", "added", "marker", "no marker"])
def test_a_damaged_cache_is_fetched_again(
    known: Path, index: Path, tmp_path: Path, damage: str
) -> None:
    entry = write_wheel(index)
    shutil.copytree(known, tmp_path / "cache")
    assert is_fetched(entry, tmp_path / "cache")
    source = fetch(entry, tmp_path / "cache")
    file, marker = source / "tiny/shapes.py", source.parent / "complete.json"
    inflict: dict[str, Callable[[], object]] = {
        "changed": lambda: file.write_text("other = 1"),
        "deleted": file.unlink,
        "added": lambda: (source / "tiny/more.py").write_text(""),
        "marker": lambda: marker.write_text("{"),
        "no marker": marker.unlink,
    }
    inflict[damage]()
    assert not is_fetched(entry, tmp_path / "cache")
    again = fetch(entry, tmp_path / "cache")
    assert (again / "tiny/shapes.py").read_text("utf-8") == FILES["tiny/shapes.py"]
    assert not (again / "tiny/more.py").exists()


def test_a_digest_in_the_cache_does_not_vouch_for_another_package(
    known: Path, index: Path, tmp_path: Path
) -> None:
    entry = write_wheel(index)
    shutil.copytree(known, tmp_path / "cache")
    with pytest.raises(FetchError):
        fetch(replace(entry, version="9.9"), tmp_path / "cache")
    assert is_fetched(entry, tmp_path / "cache")


def test_two_processes_may_fetch_at_once(index: Path, tmp_path: Path) -> None:
    entry = write_wheel(index)
    code = (
        "import sys; from pathlib import Path; from blogtools.companions.fetch import fetch; "
        "from blogtools.model.companion import Locked; "
        "print(fetch(Locked(*sys.argv[2:]), Path(sys.argv[1])))"
    )
    fields = [entry.name, entry.version, entry.filename, entry.sha256]
    command = [sys.executable, "-c", code, str(tmp_path / "cache"), *fields]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120) for process in running]
    assert {out.strip() for out, _ in said} == {str(fetch(entry, tmp_path / "cache"))}
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [entry.sha256]


@pytest.mark.parametrize("backend", [True, False])
def test_a_source_archive_is_fetched_without_being_run(
    index: Path, tmp_path: Path, *, backend: bool
) -> None:
    canary = tmp_path / "canary"
    entry = write_sdist(index, canary, backend=backend)
    source = fetch(entry, tmp_path / "cache")
    assert (source / "src/tiny/shapes.py").is_file()
    assert not canary.exists()


def test_the_canary_sings_where_pip_is_not_guarded(index: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    write_sdist(index, canary)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-build-isolation", NAME]
    subprocess.run([*command, "--dest", str(tmp_path)], capture_output=True, check=False)
    assert canary.exists()


def test_another_source_archive_than_the_locked_one_is_refused(index: Path, tmp_path: Path) -> None:
    entry = replace(write_sdist(index, tmp_path / "canary"), sha256="0" * 64)
    with pytest.raises(FetchError):
        fetch(entry, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_file_in_the_authors_folder_is_not_taken_for_pip(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = write_wheel(index)
    (tmp_path / "pip.py").write_text("raise SystemExit('not pip')")
    monkeypatch.chdir(tmp_path)
    assert fetch(entry, tmp_path / "cache").is_dir()


@pytest.mark.parametrize(
    "tags", ["cp313-cp313-win_arm64", "py2.py3-none-any", "cp39-abi3-manylinux_2_17_s390x"]
)
def test_a_wheel_for_any_machine_can_be_read_on_this_one(
    index: Path, tmp_path: Path, tags: str
) -> None:
    entry = write_wheel(index, filename=f"tiny_shapes-1.2.0-{tags}.whl")
    assert (fetch(entry, tmp_path / "cache") / "tiny").is_dir()


def test_a_version_resolves_to_its_wheel_and_is_then_there(
    index: Path, tmp_path: Path, go_offline: Callable[[], None]
) -> None:
    write_sdist(index, tmp_path / "canary")
    entry = write_wheel(index)
    assert resolve(NAME, VERSION, tmp_path / "cache") == entry
    go_offline()
    assert fetch(entry, tmp_path / "cache").is_dir()


def test_a_version_without_a_wheel_resolves_to_its_source_archive(
    index: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    entry = write_sdist(index, canary)
    assert resolve(NAME, VERSION, tmp_path / "cache") == entry
    assert entry.filename == SDIST
    assert not canary.exists()


def test_a_version_that_is_not_there_is_a_clear_error(index: Path, tmp_path: Path) -> None:
    write_wheel(index)
    with pytest.raises(FetchError, match=r"tiny-shapes 9\.9 cannot be fetched: .*1\.2\.0"):
        resolve(NAME, "9.9", tmp_path / "cache")


def test_without_pip_the_error_says_how_to_get_it(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = write_wheel(index)
    monkeypatch.setitem(sys.modules, "pip", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="ensurepip"):
        fetch(entry, tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_a_clear_error(index: Path, tmp_path: Path) -> None:
    entry = write_wheel(index)
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(FetchError, match="cannot be written"):
        fetch(entry, tmp_path / "cache")


def test_the_modules_are_found_in_a_source_archive(index: Path, tmp_path: Path) -> None:
    entry = write_sdist(index, tmp_path / "canary")
    sources = Sources(tmp_path, tmp_path / "cache")
    assert (sources.folder(COMPANION, entry) / "tiny").is_dir()


def test_a_module_that_is_not_in_the_package_is_a_clear_error(index: Path, tmp_path: Path) -> None:
    entry = write_wheel(index)
    companion = replace(COMPANION, modules=("tiny", "tini"))
    with pytest.raises(FetchError, match=r"has no module 'tini'\. There are: tiny"):
        Sources(tmp_path, tmp_path / "cache").folder(companion, entry)


def test_a_checkout_without_its_folder_is_a_clear_error(tmp_path: Path) -> None:
    companion = Companion("mine", "checkout", "dev", ("mine",), path="code")
    with pytest.raises(FetchError, match="The folder 'code' of companion mine is missing"):
        Sources(tmp_path, tmp_path / "cache").digest(companion, None)


def test_the_digest_of_a_checkout_changes_with_its_source_alone(tmp_path: Path) -> None:
    companion = Companion("mine", "checkout", "dev", ("tiny",), path="src")
    write_folder(tmp_path / "src")
    sources = Sources(tmp_path, tmp_path / "cache")
    before = sources.digest(companion, None)
    (tmp_path / "src/unrelated.py").write_text("x = 1")
    (tmp_path / "src/tiny/__pycache__").mkdir()
    (tmp_path / "src/tiny/__pycache__/shapes.cpython-311.pyc").write_bytes(b"\0")
    assert sources.digest(companion, None) == before
    (tmp_path / "src/tiny/deep/inner.py").write_text("x = 1")
    assert sources.digest(companion, None) != before


def test_the_digest_of_a_checkout_changes_with_the_folders_that_it_links_to(tmp_path: Path) -> None:
    companion = Companion("mine", "checkout", "dev", ("tiny",), path="src")
    write_folder(tmp_path / "src")
    shared = tmp_path / "shared/one.py"
    shared.parent.mkdir()
    shared.write_text("x = 1")
    sources = Sources(tmp_path, tmp_path / "cache")
    before = sources.digest(companion, None)
    (tmp_path / "src/tiny/shared").symlink_to("../../shared")
    linked = sources.digest(companion, None)
    shared.write_text("x = 2")
    assert len({before, linked, sources.digest(companion, None)}) == 3


def test_a_link_to_a_folder_above_is_not_followed_for_ever(tmp_path: Path) -> None:
    companion = Companion("mine", "checkout", "dev", ("tiny",), path="src")
    write_folder(tmp_path / "src")
    sources = Sources(tmp_path, tmp_path / "cache")
    (tmp_path / "src/tiny/round").symlink_to("..")
    before = sources.digest(companion, None)
    (tmp_path / "src/tiny/deep/round").symlink_to("../..")
    assert sources.digest(companion, None) == sources.digest(companion, None) != before


def test_a_pipe_in_a_checkout_is_a_mistake_and_never_waited_for(tmp_path: Path) -> None:
    companion = Companion("mine", "checkout", "dev", ("tiny",), path="src")
    write_folder(tmp_path / "src")
    os.mkfifo(tmp_path / "src/tiny/deep/pipe.py")
    with pytest.raises(FetchError, match=r"deep/pipe\.py is a pipe, a socket or a device"):
        Sources(tmp_path, tmp_path / "cache").digest(companion, None)
