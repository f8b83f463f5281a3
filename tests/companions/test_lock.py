from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.companions.lock import format_lock, parse_lock, read_lock, write_lock
from blogtools.model.companion import Companion, Lock, Locked

ROOT = Path(__file__).parents[2]
DIGEST = "0123456789abcdef" * 4
COMMIT = Locked(
    "by-git",
    "1.0",
    sha256=DIGEST,
    repository="https://code.example/by-git.git",
    tag="v1.0",
    commit="c" * 40,
    uploaded="2026-10-22",
    licence="MIT OR Apache-2.0",
)
ENTRIES = (
    COMMIT,
    replace(COMMIT, version="2.0", repository=".", uploaded="", licence=""),
    Locked("Dated", "1.0", "dated-1.0.tar.gz", DIGEST, uploaded="2026-01-02", licence="MIT"),
    Locked("Zed", "1.0", "zed-1.0-py3-none-any.whl", DIGEST),
    Locked("alpha.beta", "2.0+cu12", "alpha_beta-2.0+cu12.tar.gz", DIGEST),
    Locked("alpha.beta", "1!2.0rc1", "alpha_beta-1!2.0rc1.zip", DIGEST),
)
GOOD = f"""format = 1

[[companion]]
name = "tiny"
version = "1.0"
filename = "tiny-1.0-py3-none-any.whl"
sha256 = "{DIGEST}"
"""
COMMITTED = f"""format = 1

[[companion]]
name = "tiny"
version = "1.0"
repository = "."
tag = "v1.0"
commit = "{"c" * 40}"
sha256 = "{DIGEST}"
"""


def test_a_lock_reads_back_as_it_was_written(tmp_path: Path) -> None:
    write_lock(tmp_path / "companions.lock", Lock(ENTRIES))
    lock, diagnostics = read_lock(tmp_path / "companions.lock")
    assert set(lock.entries) == set(ENTRIES)
    assert diagnostics == ()
    assert [path.name for path in tmp_path.iterdir()] == ["companions.lock"]


def test_equal_entries_give_an_equal_file_in_any_order() -> None:
    texts = set()
    for seed in range(5):
        entries = list(ENTRIES)
        random.Random(seed).shuffle(entries)
        texts.add(format_lock(Lock(tuple(entries))))
    assert len(texts) == 1
    assert texts.pop().count("://") == 1


def test_what_cannot_be_read_back_is_not_written() -> None:
    with pytest.raises(ValueError, match="version"):
        format_lock(Lock((Locked("tiny", '1"', "tiny-1.0-py3-none-any.whl", DIGEST),)))


def test_what_was_written_means_the_same_to_whoever_reads_toml() -> None:
    text = format_lock(Lock(ENTRIES))
    assert parse_lock(text) == parse_lock(f"{text}# A comment of somebody who merged two.\n")


def test_an_entry_that_stands_twice_in_a_written_lock_is_found() -> None:
    text = format_lock(Lock((COMMIT, COMMIT)))
    lock, found = parse_lock(text)
    assert (len(lock.entries), [each.line for each in found]) == (1, [14])


def test_a_missing_lock_locks_nothing(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "companions.lock") == (Lock(), ())


def test_every_entry_knows_its_line() -> None:
    lock, _ = parse_lock(GOOD)
    assert lock.line(lock.entries[0]) == 3
    assert lock.line(Locked("other", "1.0", "other.whl", DIGEST)) == 1


def test_names_are_found_however_they_are_spelled() -> None:
    lock = Lock(ENTRIES)
    assert lock.find(Companion("Alpha-Beta", "pypi", "2.0+cu12", ("alpha",))) == ENTRIES[4]
    assert lock.find(Companion("alpha-beta", "pypi", "3.0", ("alpha",))) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("format = 1\nname = \n", 2, 8, "Invalid value"),
        ("format = 1\n[[companion", 2, 1, "damaged"),
        ("", 1, 1, "not of format 1"),
        ("# new\nformat = 2\n", 2, 1, "not of format 1"),
        ("format = 1\ncompanion = 3\n", 2, 1, "[[companion]]"),
        ("format = 1\n[companion]\nname = 1\n", 2, 1, "[[companion]]"),
        (GOOD.replace(DIGEST, "abc"), 3, 1, "64 hexadecimal digits"),
        (GOOD.replace('version = "1.0"', 'version = "../1"'), 3, 1, "no version"),
        (GOOD.replace('version = "1.0"', "version = 1.0"), 3, 1, "text in quotes"),
        (GOOD.replace('version = "1.0"\n', ""), 3, 1, "it is missing"),
        (GOOD.replace('"tiny"', '"../tiny"'), 3, 1, "no package name"),
        (GOOD.replace("tiny-1.0-py3-none-any.whl", "../tiny.whl"), 3, 1, "no wheel"),
        (GOOD.replace("tiny-1.0-py3-none-any.whl", "tiny.exe"), 3, 1, "no wheel"),
        (GOOD + 'colour = "red"\n', 3, 1, "unknown key `colour`"),
        (GOOD + 'uploaded = "yesterday"\n', 3, 1, "no day such as"),
        (GOOD + 'licence = ""\n', 3, 1, "characters that it cannot have"),
        (COMMITTED + 'filename = "tiny-1.0.tar.gz"\n', 3, 1, "both `filename` and `commit`"),
        (COMMITTED.replace("c" * 40, "c" * 12), 3, 1, "40 hexadecimal digits"),
        (COMMITTED.replace('tag = "v1.0"\n', ""), 3, 1, "no valid `tag`: it is missing"),
        (COMMITTED.replace('repository = "."\n', ""), 3, 1, "no valid `repository`"),
        (GOOD + GOOD.removeprefix("format = 1\n"), 9, 1, "locked twice, first on line 3"),
    ],
)
def test_a_damaged_lock_is_an_error_at_its_line(
    text: str, line: int, column: int, message: str
) -> None:
    _, diagnostics = parse_lock(text)
    assert len(diagnostics) == 1
    found = diagnostics[0]
    assert (found.path, found.line, found.column) == ("companions.lock", line, column)
    assert message in found.message
    assert "reference update" in found.hint


def test_every_mistake_of_a_lock_is_told_at_once_and_sound_entries_stay() -> None:
    broken = GOOD.replace(DIGEST, "abc").replace('"1.0"', "2").removeprefix("format = 1\n")
    lock, diagnostics = parse_lock(GOOD + broken)
    assert len(lock.entries) == 1
    assert len(diagnostics) == 2
    assert {found.line for found in diagnostics} == {9}


@pytest.mark.parametrize("data", [b"\xff\xfe", b"format = 1\n\x00", b"\xef\xbb\xbfformat = 1"])
def test_no_bytes_of_a_lock_lead_to_a_traceback(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "companions.lock").write_bytes(data)
    _, diagnostics = read_lock(tmp_path / "companions.lock")
    assert diagnostics


def test_a_lock_that_is_a_folder_is_an_error(tmp_path: Path) -> None:
    _, diagnostics = read_lock(tmp_path)
    assert "cannot be read" in diagnostics[0].message


def test_the_lock_of_this_repository_is_as_the_command_writes_it() -> None:
    text = (ROOT / "companions.lock").read_text(encoding="utf-8")
    lock, diagnostics = parse_lock(text)
    assert diagnostics == ()
    assert format_lock(lock) == text


def test_a_file_and_a_commit_of_the_same_version_are_told_apart() -> None:
    lock = Lock((COMMIT,))
    by_git = Companion("By_Git", "git", "1.0", ("by_git",), repository="somewhere")
    assert lock.find(by_git) == COMMIT
    assert lock.find(replace(by_git, source="checkout")) == COMMIT
    assert lock.find(replace(by_git, source="pypi")) is None
    assert lock.find(replace(by_git, source="checkout", version="dev")) is None


def test_a_lock_from_before_there_were_days_and_licences_reads_as_ever() -> None:
    lock, diagnostics = parse_lock(GOOD)
    assert diagnostics == ()
    assert lock.entries == (Locked("tiny", "1.0", "tiny-1.0-py3-none-any.whl", DIGEST),)
    assert format_lock(lock).endswith(GOOD.removeprefix("format = 1\n"))
