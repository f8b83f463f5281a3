"""The Makefile: two commands for newcomers, one line of help for each recipe."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()

DECLARED = set(re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE))


def _prerequisites(target: str) -> list[str]:
    rule = re.search(rf"^{target}: ([^#\n]*)##", MAKEFILE, re.MULTILINE)
    assert rule, f"no documented recipe {target}"
    return rule[1].split()


def _make(*arguments: str) -> str:
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_every_recipe_has_a_line_that_says_what_it_is_for() -> None:
    recipes = set(re.findall(r"^([a-z][a-z-]*):(?! export)", MAKEFILE, re.MULTILINE))
    documented = set(re.findall(r"^([a-z-]+):[^#\n]*## \S", MAKEFILE, re.MULTILINE))
    assert recipes == documented == DECLARED


def test_make_alone_shows_the_help_and_installs_nothing() -> None:
    shown = _make()
    assert shown == _make("help")
    assert set(re.findall(r"^  make (\S+)  +\S", shown, re.MULTILINE)) == DECLARED


def test_make_test_runs_every_check_that_there_is() -> None:
    checks = MAKEFILE.split("##@ The checks")[1].split("##@")[0]
    recipes = set(re.findall(r"^\.PHONY: (\S+)$", checks, re.MULTILINE))
    # `format` mends what `check-format` finds, `coverage` is `unit` with a report.
    assert set(_prerequisites("test")) == (recipes - {"test", "format", "coverage"}) | {"site"}


def test_the_site_needs_neither_the_tools_of_the_checks_nor_a_browser() -> None:
    assert _prerequisites("site") == _prerequisites("serve") == ["$(SITE_ENV)"]
    environment = re.search(r"^SITE_ENV := (.*)$", MAKEFILE, re.MULTILINE)
    assert environment
    assert ".dev" not in environment[1]


def test_everything_installed_is_held_to_its_hash() -> None:
    installs = r"^\t@sh scripts/install \S+ \S+\.txt(?: built)?$"
    assert len(re.findall(installs, MAKEFILE, re.MULTILINE)) == 4
    # The one thing beside the locks is this project itself, built by what the lock installed.
    unlocked = re.findall(r"^\t.*pip\b.* install (-.*)$", MAKEFILE, re.MULTILINE)
    assert unlocked == ["-qq --no-deps --no-build-isolation --editable ."]
