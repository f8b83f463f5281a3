"""Other projects include components, and they run for real: no line of ours but the includes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from blogtools.app.init import init as new_blog
from blogtools.pipeline.holding import GATES
from tests.pipeline import nobodys, planted
from tests.pipeline.gitlab import ROOT, Ran, Repository
from tests.sharing import made_once

RED = {gate for gate, _, _ in planted.FAULTS}
# Whatever axe finds on a new blog counts.
BLOG_IMPACT = "minor"
# What each gate on Python says of a blog, which has none: it is broken, and no gate is content.
REFUSED = {
    "lint": "ruff looks at no Python file",
    "complexity": "No package is in",
    "docstrings": "No package is in",
    "typing": "No package is in",
    "test": "No package is in",
    "sast": "No package is in",
    "build": "There is nothing to build",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a wheel of this checkout, as a release would be installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file.as_uri()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source of the package that nobody here wrote."""
    home = made_once(tmp_path_factory, "nobodys-package", nobodys.unpacked)
    (found,) = (home / "unpacked").iterdir()
    return found


@pytest.fixture(scope="module")
def environment(package: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the Python of an environment with that package and what it needs."""
    return nobodys.environment(tmp_path_factory.mktemp("environment") / "made", str(package))


@pytest.fixture(scope="module")
def untouched(
    library: Path, package: Path, environment: str, tmp_path_factory: pytest.TempPathFactory
) -> Ran:
    """Return what comes of that package with every component included by itself."""
    folder = tmp_path_factory.mktemp("untouched")
    thing = folder / "metalog-jax"
    shutil.copytree(package, thing)
    data = nobodys.advisory(folder / "advisories")
    given = {**nobodys.INPUTS, "audit": {"source": str(data)}}
    # One of them makes the project's environment itself, as it would elsewhere.
    given["test"] = {**nobodys.INPUTS["test"], "environment": ""}
    components = [*GATES, "pages", "release", "clear-cache"]
    text = nobodys.alone(components, given, package="", environment=environment)
    (thing / ".gitlab-ci.yml").write_text(text)
    return Repository(thing, library).run(event="everything", manual=["only-clear-cache"])


@pytest.fixture(scope="module")
def faulty(
    library: Path,
    package: Path,
    environment: str,
    untouched: Ran,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    """Return what comes of the whole pipeline on that package with a fault for each gate."""
    assert untouched.jobs, "the environment is good until the untouched package has been judged"
    folder = tmp_path_factory.mktemp("faulty")
    thing = folder / "metalog-jax"
    shutil.copytree(package, thing)
    planted.plant(thing)
    links = planted.wheels(folder / "wheels")
    data = nobodys.advisory(folder / "advisories", "leaky")
    locked = {"requirements": "requirements.txt"}
    more: Mapping[str, Mapping[str, Any]] = {
        "audit": {"source": str(data), **locked},
        "licenses": locked,
        "test": {"path": "tests"},
    }
    given = {gate: {**nobodys.INPUTS.get(gate, {}), **more.get(gate, {})} for gate in GATES}
    pins = ("--find-links", str(links), "-r", str(thing / "requirements.txt"))
    nobodys.install(environment, *pins)
    text = nobodys.whole(given, package="", environment=environment)
    (thing / ".gitlab-ci.yml").write_text(text)
    return Repository(thing, library).run()


def places(found: Any) -> set[tuple[str, int]]:
    """Return where something was found."""
    return {(one["path"], one["line"]) for one in found}


# -- a package that nobody here wrote --------------------------------------------------------


def test_each_component_can_be_included_alone(untouched: Ran) -> None:
    components = [*GATES, "pages", "release", "clear-cache"]
    green = {f"only-{name}": True for name in components}
    assert (untouched.code, untouched.jobs) == (0, green), untouched.output


def test_a_package_that_nobody_here_wrote_passes_where_each_gate_looked(untouched: Ran) -> None:
    scanned = {gate: untouched.verdict(gate, f"only-{gate}")["scanned"] for gate in GATES}
    assert all(one["number"] > 0 for one in scanned.values())
    assert {scanned[gate]["number"] for gate in ("lint", "complexity", "sast")} == {19}
    assert untouched.file("only-pages", "public/index.html").is_file()
    assert [*untouched.file("only-release", "dist").glob("metalog_jax-2.2.0-*.whl")]


# -- the same with a fault for each gate ------------------------------------------------------


def test_each_planted_fault_fails_its_gate_and_nothing_else_is_red(faulty: Ran) -> None:
    assert faulty.failed == RED, faulty.output
    assert set(faulty.jobs) == set(GATES), faulty.output
    assert {gate: faulty.verdict(gate)["outcome"] for gate in RED} == dict.fromkeys(RED, "failed")
    assert faulty.code != 0


@pytest.mark.parametrize("gate", sorted(RED))
def test_each_planted_fault_is_found_at_its_file_and_line(faulty: Ran, gate: str) -> None:
    expected = {
        (name, planted.line_of(faulty.folder / name, part))
        for asked, name, part in planted.FAULTS
        if asked == gate
    }
    found = faulty.verdict(gate)["findings"]
    # Where coverage is below its floor, what misses most comes first, then what else misses some.
    rest = found[len(expected) :] if gate == "test" else []
    assert places(found) - places(rest) == expected
    assert {one["code"] for one in rest} <= {"test/coverage"}
    # And so where merge requests show it.
    shown = faulty.report(gate, f"gl-code-quality-{gate}.json")
    assert expected <= {
        (one["location"]["path"], one["location"]["lines"]["begin"]) for one in shown
    }
    assert len(shown) == len(found)


def test_a_finding_says_what_is_wrong_there(faulty: Ran) -> None:
    said = {
        gate: " ".join(one["message"] for one in faulty.verdict(gate)["findings"]) for gate in RED
    }
    assert "MIT AND GPL-3.0-only" in said["licenses"]
    assert said["audit"] == "leaky 1.0 is vulnerable: It leaks"
    assert "rank F" in said["complexity"]
    assert "gone.html" in said["site"]
    ols = faulty.folder / "metalog_jax/regression/ols.py"
    first, last = (planted.line_of(ols, part) for part in ("if step == 0:", "    return step"))
    assert f"{first}-{last}" in said["test"]
    assert "80 % are asked for" in str(faulty.verdict("test")["findings"])


def test_every_gate_says_what_it_looked_at_even_where_it_found_nothing(faulty: Ran) -> None:
    for gate in GATES:
        assert faulty.verdict(gate)["scanned"]["number"] > 0
        if gate not in RED:
            assert faulty.report(gate, f"gl-code-quality-{gate}.json") == []


# -- a new blog ------------------------------------------------------------------------------


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """Return a blog as `blogtools init` makes it."""
    new_blog(tmp_path / "blog", datetime.now(UTC).date())
    return tmp_path / "blog"


def test_a_new_blog_is_built_checked_and_published_by_the_pipeline(
    library: Path, wheel: str, blog: Path
) -> None:
    off: dict[str, Any] = {gate: False for gate in GATES if gate not in ("secrets", "site")}
    # Nothing is live yet, and no server is there to say so.
    given = {"site": {"impact": BLOG_IMPACT}, "pages": {"live": ""}}
    text = nobodys.whole(given, package=f"blogtools[gates,publish] @ {wheel}", **off)
    (blog / ".gitlab-ci.yml").write_text(text)
    ran = Repository(blog, library).run()
    assert (ran.code, ran.jobs) == (0, {"secrets": True, "site": True, "pages": True}), ran.output
    assert "A first essay" in ran.file("pages", "public/index.html").read_text()
    assert ran.file("pages", "public/release.json").is_file()
    assert ran.file("site", "public/index.html").is_file()


def test_each_component_can_be_included_alone_by_a_new_blog(
    library: Path, wheel: str, blog: Path, tmp_path: Path
) -> None:
    # What a blog brings along is what it is built with; all jobs share it, so none may add to it.
    brought = f"blogtools @ {wheel}", "pytest-cov"
    python = nobodys.environment(tmp_path / "environment", *brought)
    data = nobodys.advisory(tmp_path / "advisories")
    given: dict[str, dict[str, Any]] = {gate: {"stage": "refuse"} for gate in REFUSED}
    # The whole pipeline looks at more pages.
    given |= {"site": {"impact": BLOG_IMPACT, "accessibility-pages": 3}}
    given |= {"audit": {"source": str(data)}, "pages": {"live": ""}}
    components = [*GATES, "essays", "pages", "clear-cache"]
    text = nobodys.alone(components, given, package="", environment=python)
    (blog / ".gitlab-ci.yml").write_text(text)

    ran = Repository(blog, library).run(event="everything", manual=["only-clear-cache"])

    assert ran.failed == {f"only-{gate}" for gate in REFUSED}, ran.output
    assert set(ran.jobs) == {f"only-{name}" for name in components}
    for gate, why in REFUSED.items():
        verdict = ran.verdict(gate, f"only-{gate}")
        assert (verdict["outcome"], why in verdict["summary"]) == ("broken", True), verdict
