"""GitLab without a server: repositories whose pipelines gitlab-ci-local runs on this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HOST = "https://gitlab.example"
HOME = "blogtools/blogtools"
VERSION = "0.1.0"

#: What each kind of pipeline sets, and what it leaves unset.
EVENTS: Mapping[str, Sequence[str]] = {
    "branch": (),
    "merge request": (
        *("--variable", "CI_PIPELINE_SOURCE=merge_request_event"),
        *("--variable", "CI_MERGE_REQUEST_IID=1"),
        *("--unset-variable", "CI_COMMIT_BRANCH"),
    ),
    "tag": ("--variable", f"CI_COMMIT_TAG=v{VERSION}", "--unset-variable", "CI_COMMIT_BRANCH"),
    "schedule": ("--variable", "CI_PIPELINE_SOURCE=schedule"),
    "schedule of another branch": (
        *("--variable", "CI_PIPELINE_SOURCE=schedule"),
        *("--variable", "CI_COMMIT_BRANCH=another"),
    ),
    # No pipeline is all of these, but each job finds that it is to run.
    "everything": (
        *("--variable", "CI_PIPELINE_SOURCE=schedule"),
        *("--variable", "CI_COMMIT_TAG=v2.2.0"),
    ),
}
# The tool warns of variables that it would set itself, even in what is JSON otherwise.
_UNWARNED = "--ignore-predefined-vars=CI_PIPELINE_SOURCE,CI_COMMIT_BRANCH"
_ALONE = ("--shell-isolation", "--no-artifacts-to-source", "--force-shell-executor", "--no-color")


def program() -> str:
    """Return gitlab-ci-local; without it the tests fail, they are never skipped in silence."""
    found = Path(sys.prefix, "node", "gitlab-ci-local")
    if not found.exists():
        pytest.fail(f"The tests of the pipeline need {found}: run `make {sys.prefix}/.pipeline`")
    return str(found)


def git(folder: Path, *arguments: str) -> str:
    """Run git, as nobody in particular; return what it says."""
    someone = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", *someone, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Ran:
    """What came of a pipeline.

    Attributes:
        code: The exit code: 0 if all jobs passed.
        output: Everything that was printed.
        folder: The repository.
    """

    code: int
    output: str
    folder: Path

    @cached_property
    def jobs(self) -> Mapping[str, bool]:
        """Return which jobs ran, and whether each passed."""
        ended = re.findall(r"^ (PASS|FAIL) +(?:\S+ m?s +)?(\S+) *$", self.output, re.MULTILINE)
        return {name: how == "PASS" for how, name in ended}

    @property
    def times(self) -> Mapping[str, float]:
        """Return how many seconds each job took."""
        told = re.findall(r"^(\S+) +finished in ([\d.]+) (ms|s|min|h)", self.output, re.MULTILINE)
        seconds = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
        return {name: float(number) * seconds[unit] for name, number, unit in told}

    @property
    def failed(self) -> set[str]:
        """Return the jobs that failed."""
        return {name for name, passed in self.jobs.items() if not passed}

    def file(self, job: str, name: str) -> Path:
        """Return a file that a job left as its artifact."""
        return self.folder / ".gitlab-ci-local" / "artifacts" / job / name

    def verdict(self, gate: str, job: str = "") -> Any:
        """Return what a gate says, as it wrote it for programs."""
        return self.report(job or gate, f"{gate}.json")

    def report(self, job: str, name: str) -> Any:
        """Return a report that a job left, from JSON."""
        return json.loads(self.file(job, f"gate-reports/{name}").read_text())


class Repository:
    """A repository with a pipeline of its own.

    Attributes:
        folder: Where it is checked out.
    """

    def __init__(self, folder: Path, library: Path | None, name: str = "team/thing") -> None:
        """Make a repository of what is in a folder, with the library where GitLab would have it."""
        self.folder = folder
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "remote", "add", "origin", f"{HOST}/{name}.git")
        git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        self.environment = {
            **os.environ,
            "HOME": str(folder.parent),
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path("~/.cache/uv").expanduser())),
            # uv is there, as it is in an image that brings it along.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        # Downloads are the machine's, not the repository's.
        self.environment.setdefault("PIP_CACHE_DIR", str(Path("~/.cache/pip").expanduser()))
        # What a job is told by its own pytest or coverage is nothing for the jobs of this pipeline.
        for name_ in [*self.environment]:
            if name_.startswith(("CI", "GITLAB_", "COV_", "COVERAGE_", "PYTEST_", "VIRTUAL_ENV")):
                del self.environment[name_]
        if library:
            self.environment |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"url.{library}.insteadOf",
                "GIT_CONFIG_VALUE_0": f"{HOST}:443/{HOME}.git",
            }
            # The tool copies components at once, and copies fail that make this folder together.
            fetched = folder / ".gitlab-ci-local/includes" / HOST.rpartition("/")[2] / HOME
            (fetched / VERSION / "templates").mkdir(parents=True, exist_ok=True)
        self.commit()

    def commit(self) -> None:
        """Commit everything as it lies there."""
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", "Everything")

    def jobs(self, event: str) -> dict[str, str]:
        """Return the jobs of a pipeline, each with when it runs, without running it."""
        done = self._run("--list-json", *EVENTS[event])
        assert done.returncode == 0, done.stderr + done.stdout
        listed = json.loads(done.stdout)
        return {job["name"]: job["when"] for job in listed if job["when"] != "never"}

    def preview(self, event: str = "branch") -> str:
        """Return the merged pipeline as YAML."""
        done = self._run("--preview", *EVENTS[event])
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def run(
        self,
        *jobs: str,
        event: str = "branch",
        manual: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        limit: float = 900,
    ) -> Ran:
        """Run a pipeline; some of its jobs, or all.

        Args:
            jobs: The jobs; all that do not wait for somebody, if left out.
            event: The kind of pipeline.
            manual: Those of them that are started by hand.
            variables: What the project, or the server, sets besides.
            limit: After how many seconds it is stopped.
        """
        given = {"UV_CACHE_DIR": self.environment["UV_CACHE_DIR"], **(variables or {})}
        said = [part for name, value in given.items() for part in ("--variable", f"{name}={value}")]
        by_hand = [f"--manual={job}" for job in manual]
        arguments = (*_ALONE, "--concurrency=2", *said, *EVENTS[event], *jobs, *by_hand)
        done = self._run(*arguments, limit=limit)
        return Ran(done.returncode, done.stdout + done.stderr, self.folder)

    def _run(self, *arguments: str, limit: float = 900) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            # The schema takes longer than all the rest, and has a test of its own.
            [program(), "--no-json-schema-validation", _UNWARNED, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit,
        )


def own(folder: Path) -> Repository:
    """Return this very checkout as a repository of its own, with all its commits.

    What is not committed yet is a commit of its own there.

    Args:
        folder: Where it is put.
    """
    import shutil

    work = folder / HOME.rpartition("/")[2]
    git(folder, "clone", "--quiet", str(ROOT), str(work))
    git(work, "checkout", "--quiet", "-B", "main")
    git(work, "remote", "remove", "origin")
    here = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, here.split("\0")):
        (work / name).unlink(missing_ok=True)
        if (ROOT / name).exists():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, work / name, follow_symlinks=False)
    return Repository(work, None, HOME)


def library(folder: Path) -> Path:
    """Return a bare repository that has the components of this checkout, released."""
    import shutil

    work = folder / "work"
    shutil.copytree(ROOT / "templates", work / "templates")
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Components")
    git(work, "tag", VERSION)
    git(folder, "clone", "--quiet", "--bare", str(work), "library.git")
    return folder / "library.git"
