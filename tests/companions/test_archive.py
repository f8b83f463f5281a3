from __future__ import annotations

import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from blogtools.companions.archive import unpack
from blogtools.model.companion import FetchError
from tests.companions.packages import (
    FILES,
    SDIST,
    WHEEL,
    add,
    locked,
    metadata,
    write_sdist,
    write_wheel,
)


def files_below(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_a_wheel_gives_its_source_and_nothing_else(tmp_path: Path) -> None:
    extra: dict[str, str | bytes] = {"tiny/engine.so": b"\x7fELF", "tiny/data.bin": b"0" * 9}
    entry = write_wheel(tmp_path, extra=extra)
    unpack(tmp_path / WHEEL, entry, tmp_path / "out")
    expected = {*FILES, "tiny_shapes-1.2.0.dist-info/METADATA"}
    assert files_below(tmp_path / "out") == expected
    assert (tmp_path / "out/tiny/shapes.py").read_text("utf-8") == FILES["tiny/shapes.py"]


def test_a_source_archive_gives_its_source_without_its_top_folder(tmp_path: Path) -> None:
    entry = write_sdist(tmp_path, tmp_path / "canary")
    unpack(tmp_path / SDIST, entry, tmp_path / "out")
    assert {"PKG-INFO", "src/tiny/shapes.py"} <= files_below(tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "tiny/../../evil.py", "/evil.py", "..\\evil.py", "C:evil.py", "../../data.bin"],
)
def test_a_wheel_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    entry = write_wheel(tmp_path / "in", extra={name: "evil = 1"})
    with pytest.raises(FetchError, match="outside of its folder"):
        unpack(tmp_path / "in" / WHEEL, entry, tmp_path / "a/b/out")
    assert not list(tmp_path.rglob("evil.py"))


def test_a_wheel_with_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    entry = write_wheel(tmp_path)
    with zipfile.ZipFile(tmp_path / WHEEL, "a") as archive:
        link = zipfile.ZipInfo("tiny/passwords.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../../etc/passwd")
    with pytest.raises(FetchError, match="link that leads outside"):
        unpack(tmp_path / WHEEL, entry, tmp_path / "out")


@pytest.mark.parametrize(
    ("attributes", "name", "reason"),
    [
        ({}, "../evil.py", "outside of its folder"),
        ({}, "/evil.py", "outside of its folder"),
        ({"type": tarfile.SYMTYPE, "linkname": "/etc"}, "top/link", "leads outside"),
        ({"type": tarfile.SYMTYPE, "linkname": "../.."}, "top/a/link", "leads outside"),
        ({"type": tarfile.LNKTYPE, "linkname": "../../x"}, "top/link.py", "leads outside"),
        ({"type": tarfile.CHRTYPE}, "top/device", "is a device"),
        ({"type": tarfile.FIFOTYPE}, "top/pipe", "is a device"),
    ],
)
def test_a_source_archive_with_a_trap_is_refused(
    tmp_path: Path, attributes: dict[str, object], name: str, reason: str
) -> None:
    file = tmp_path / SDIST
    with tarfile.open(file, "w:gz") as archive:
        add(archive, "top/PKG-INFO", metadata().encode())
        add(archive, name, b"", **attributes)
    with pytest.raises(FetchError, match=reason):
        unpack(file, locked(file), tmp_path / "a/b/out")
    assert not list(tmp_path.rglob("evil.py"))


def test_a_link_inside_of_a_source_archive_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / SDIST
    with tarfile.open(file, "w:gz") as archive:
        add(archive, "top/PKG-INFO", metadata().encode())
        add(archive, "top/tiny.py", b"x = 1")
        add(archive, "top/other.py", type=tarfile.SYMTYPE, linkname="tiny.py")
    unpack(file, locked(file), tmp_path / "out")
    assert files_below(tmp_path / "out") == {"PKG-INFO", "tiny.py"}


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    entry = write_wheel(tmp_path)
    with (
        zipfile.ZipFile(tmp_path / WHEEL, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("tiny/shapes.py", "other = 1")
    with pytest.raises(FetchError, match="twice"):
        unpack(tmp_path / WHEEL, entry, tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "version"), [("other", "1.2.0"), ("tiny-shapes", "1.2.1"), ("", "")]
)
def test_an_archive_of_something_else_is_refused(tmp_path: Path, name: str, version: str) -> None:
    write_wheel(tmp_path, name=name, version=version)
    with pytest.raises(FetchError, match=f"says that it is {name} {version}"):
        unpack(tmp_path / WHEEL, locked(tmp_path / WHEEL), tmp_path / "out")


@pytest.mark.parametrize("said", ["1.2", "v1.2.0", "1.2.0.0"])
def test_a_version_may_be_written_in_other_ways(tmp_path: Path, said: str) -> None:
    write_wheel(tmp_path, name="Tiny_Shapes", version=said)
    unpack(tmp_path / WHEEL, locked(tmp_path / WHEEL), tmp_path / "out")


@pytest.mark.parametrize("cut", [0, 10, 200])
@pytest.mark.parametrize("filename", [WHEEL, SDIST])
def test_half_an_archive_is_refused(tmp_path: Path, filename: str, cut: int) -> None:
    write_wheel(tmp_path)
    write_sdist(tmp_path, tmp_path / "canary")
    file = tmp_path / filename
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack(file, locked(file), tmp_path / "out")


def test_an_archive_without_metadata_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as archive:
        archive.writestr("tiny.py", "")
    with pytest.raises(FetchError, match="no metadata"):
        unpack(tmp_path / WHEEL, locked(tmp_path / WHEEL), tmp_path / "out")


def test_an_archive_of_more_source_than_can_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogtools.companions.archive._MOST_BYTES", 1000)
    entry = write_wheel(tmp_path)
    with pytest.raises(FetchError, match="MiB of source"):
        unpack(tmp_path / WHEEL, entry, tmp_path / "out")
