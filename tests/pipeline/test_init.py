"""`blogtools pipeline init`: what it makes of a project, and what it leaves alone."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from blogtools.app.init import init as new_blog
from blogtools.app.pipeline_init import look
from blogtools.cli import main
from blogtools.pipeline.holding import GATES, STAGES

PACKAGE = '[project]\nname = "thing"\nversion = "1"\n'


def project(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run(folder: Path) -> Result:
    return CliRunner().invoke(main, ["pipeline", "init", str(folder)])


def included(folder: Path) -> dict[str, Any]:
    loaded = yaml.safe_load((folder / ".gitlab-ci.yml").read_text())
    (entry,) = loaded["include"]
    assert entry["component"] == "$CI_SERVER_FQDN/blogtools/blogtools/pipeline@0.1.0"
    inputs: dict[str, Any] = entry.get("inputs", {})
    return inputs


def test_a_package_with_tests_and_no_site(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PACKAGE + '[dependency-groups]\ntest = ["pytest"]\n',
        "requirements.txt": "",
        "src/thing/__init__.py": "",
        "tests/test_thing.py": "",
    }
    assert run(project(tmp_path, files)).exit_code == 0
    assert included(tmp_path) == {
        "lock-files": ["requirements.txt"],
        "install": "-r requirements.txt --group test -e .",
        "site": False,
    }
    assert look(tmp_path).source == "src"


def test_a_flat_package_without_tests_says_that_there_are_none(tmp_path: Path) -> None:
    done = run(project(tmp_path, {"pyproject.toml": PACKAGE, "thing/__init__.py": ""}))
    assert included(tmp_path) == {"test": False, "site": False}
    assert "No tests" in done.output


def test_a_new_blog_is_built_checked_and_published(tmp_path: Path) -> None:
    from datetime import date

    new_blog(tmp_path, date(2026, 11, 25))
    run(tmp_path)
    off = {name for name, value in included(tmp_path).items() if value is False}
    assert off == set(GATES) - {"secrets", "site"}


def test_documentation_for_mkdocs_is_built_by_mkdocs(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PACKAGE,
        "thing/__init__.py": "",
        "tests/test_thing.py": "",
        "mkdocs.yml": "site_name: Thing\n",
    }
    run(project(tmp_path, files))
    assert included(tmp_path)["site-build"].startswith("mkdocs build --strict")


def test_a_pipeline_that_is_there_is_never_touched_and_the_diff_applies(tmp_path: Path) -> None:
    before = "stages: [prepare, test]\n\ninclude:\n  - local: more.yml\n\none:\n  stage: prepare\n"
    files = {
        "pyproject.toml": PACKAGE,
        "thing/__init__.py": "",
        "tests/test_thing.py": "",
        ".gitlab-ci.yml": before,
    }
    done = run(project(tmp_path, files))
    assert done.exit_code == 1
    assert (tmp_path / ".gitlab-ci.yml").read_text() == before
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply"], cwd=tmp_path, input=done.stdout, text=True, check=True)
    loaded = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text())
    # A list of stages of the project's own would take the place of the pipeline's.
    assert loaded["include"][0]["inputs"]["stages"] == ["prepare", *STAGES]
    assert loaded["include"][1] == {"local": "more.yml"}
    assert "stages" not in loaded
    assert loaded["one"] == {"stage": "prepare"}


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    project(tmp_path, {"pyproject.toml": PACKAGE, "thing/__init__.py": ""})
    run(tmp_path)
    text = (tmp_path / ".gitlab-ci.yml").read_text()
    done = run(tmp_path)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "already" in done.stderr
    assert (tmp_path / ".gitlab-ci.yml").read_text() == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("pyproject.toml", "[project\n"), ("mkdocs.yml", "a: [\n"), (".gitlab-ci.yml", "a: [\n")],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    tmp_path: Path, name: str, text: str
) -> None:
    done = run(project(tmp_path, {name: text}))
    assert done.exit_code == 2
    assert name in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {name}
