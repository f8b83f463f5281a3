"""Every mistake at once, each at its place, with a way out, and never a traceback.

Each folder of `tests/fixtures/broken` is a blog that is wrong on purpose; its `expected.txt` holds
what is said of it, line by line.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner

from blogtools.cli import main
from tests.site.support import (
    BLOGTOOLS,
    FIXTURES,
    MKDOCS,
    Command,
    clock,
    run_all,
    without_progress,
    write,
)

BROKEN = FIXTURES / "broken"
NAMES = sorted(folder.name for folder in BROKEN.iterdir() if folder.is_dir())
#: Bytes that no editor should write, and that no repository should be asked to keep.
BYTES: dict[str, dict[str, bytes]] = {
    "bytes": {
        "posts/latin-1.md": "---\ntitle: Café\ndate: 2026-01-01\n---\nText.\n".encode("latin-1"),
        "posts/half-a-character.md": b"---\ntitle: A\ndate: 2026-01-01\n---\nTwo, \xe2\x82 3.\n",
        "posts/utf-16.md": "---\ntitle: Two\n".encode("utf-16"),
        "posts/nul.md": b"---\ntitle: Three\ndate: 2026-01-01\n---\n\nA \x00 inside.\n",
        "posts/escape.md": b"---\ntitle: Four\ndate: 2026-01-01\n---\nA \x1b inside.\n",
        "posts/empty.md": b"",
        "posts/blank.md": b"\n  \n\xc2\xa0\n",
        "posts/mark-alone.md": b"\xef\xbb\xbf",
        "posts/.authors.yml": b"authors:\n  me:\n    name: \xff\n",
        "docs/page.md": b"# A page\n\nOf \xfc bytes.\n",
    },
    "config-bytes": {
        "mkdocs.yml": b"site_name: A\xe9\ntheme: {name: material}\nplugins: [blogtools]\n"
    },
}
#: Where the configuration is such that MkDocs itself stops, or builds without the plugin.
MKDOCS_SPEAKS = {
    "config-bytes",
    "empty-config",
    "inherit",
    "no-plugin",
    "no-plugins",
    "not-a-mapping",
    "not-yaml",
    "settings",
}


@dataclass(frozen=True)
class Outcome:
    """What each command made of a broken blog."""

    folder: Path
    blogtools: CompletedProcess[str]
    mkdocs: CompletedProcess[str]

    def said(self, text: str) -> list[str]:
        """Return lines without what names the folder of this run, and without progress."""
        return without_progress(text.replace(f"{self.folder}{os.sep}", "")).splitlines()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Run both commands on all broken blogs."""
    root = tmp_path_factory.mktemp("broken")
    folders = {name: root / name for name in NAMES}
    for name, folder in folders.items():
        shutil.copytree(BROKEN / name, folder)
        write(folder, BYTES.get(name, {}))
        # MkDocs wants a folder of pages; blogtools does not.
        shutil.copytree(folder, root / "mkdocs" / name)
        (root / "mkdocs" / name / "docs").mkdir(exist_ok=True)
    ours = run_all(Command(BLOGTOOLS, folder) for folder in folders.values())
    theirs = run_all(Command(MKDOCS, root / "mkdocs" / name) for name in NAMES)
    pairs = zip(folders.items(), ours, theirs, strict=True)
    return {name: Outcome(folder, *done) for (name, folder), *done in pairs}


def expected(name: str) -> list[str]:
    return (BROKEN / name / "expected.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_blogtools_says_everything_at_once_sorted_each_at_its_place(
    name: str, outcomes: dict[str, Outcome]
) -> None:
    outcome = outcomes[name]
    assert outcome.said(outcome.blogtools.stderr) == expected(name)
    assert outcome.blogtools.returncode == 1
    assert outcome.blogtools.stdout == ""
    assert not (outcome.folder / "site").exists()


@pytest.mark.parametrize("name", NAMES)
def test_check_says_the_same(
    name: str, outcomes: dict[str, Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = outcomes[name]
    monkeypatch.chdir(outcome.folder)
    with clock():
        result = CliRunner().invoke(main, ["check"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert outcome.said(result.stdout) == expected(name)
    assert result.exit_code == 1


@pytest.mark.parametrize("name", sorted({*NAMES} - MKDOCS_SPEAKS))
def test_mkdocs_says_the_same_errors(name: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[name]
    said = outcome.mkdocs.stderr.splitlines()
    *findings, _count = expected(name)
    assert [line for line in findings if ": warning: " not in line] == [
        line for line in said if line in findings
    ]
    warnings = [line for line in findings if ": warning: " in line]
    assert all(any(line.endswith(warning) for line in said) for warning in warnings)
    assert outcome.mkdocs.returncode == 1


@pytest.mark.parametrize("name", NAMES)
def test_nobody_ever_sees_a_traceback(name: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[name]
    assert "Traceback" not in outcome.blogtools.stderr
    assert "Traceback" not in outcome.mkdocs.stderr
    assert outcome.mkdocs.returncode in (0, 1)


def test_every_way_to_be_wrong_has_a_name_in_the_fixtures() -> None:
    assert set(BYTES) <= set(NAMES)
    assert set(NAMES) >= MKDOCS_SPEAKS
