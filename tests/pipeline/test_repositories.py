"""Other projects include the pipeline, and it runs for real: no line of ours but the include."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from blogtools.app.init import init as new_blog
from blogtools.pipeline.holding import GATES
from tests.pipeline import planted
from tests.pipeline.gitlab import ROOT, VERSION, Ran, Repository

WHOLE = f"""include:
  - component: $CI_SERVER_FQDN/blogtools/blogtools/pipeline@{VERSION}
    inputs:
      package: "blogtools[gates] @ {{wheel}}"
      install: --find-links wheels -r requirements.txt -e .
      licenses-requirements: requirements.txt
      sbom-requirements: requirements.txt
      audit-requirements: requirements.txt
      audit-source: advisories
      site-build: cp -R html public
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a wheel of this checkout, as a release would be installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file.as_uri()


@pytest.fixture(scope="module")
def faulty(library: Path, wheel: str, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return what comes of a package with a fault for each gate."""
    files = {**planted.files(), **planted.faults(), ".gitlab-ci.yml": WHOLE.format(wheel=wheel)}
    folder = planted.write(tmp_path_factory.mktemp("faulty") / "thing", files)
    return Repository(folder, library).run()


def places(ran: Ran, gate: str) -> set[tuple[str, int]]:
    """Return where a gate found something."""
    return {(one["path"], one["line"]) for one in ran.verdict(gate)["findings"]}


def test_each_planted_fault_fails_its_gate_and_nothing_else_is_red(faulty: Ran) -> None:
    red = {"sast", "secrets", "licenses", "audit", "test", "typing", "complexity", "site"}
    assert faulty.failed == red, faulty.output
    assert set(faulty.jobs) == set(GATES), faulty.output
    assert {gate: faulty.verdict(gate)["outcome"] for gate in red} == dict.fromkeys(red, "failed")
    assert faulty.code != 0


def test_each_planted_fault_is_found_at_its_file_and_line(faulty: Ran) -> None:
    files = {**planted.files(), **planted.faults()}

    def place(name: str, part: str) -> set[tuple[str, int]]:
        return {(name, planted.line_of(files, name, part))}

    assert places(faulty, "sast") == place("src/thing/core.py", "return eval")
    assert places(faulty, "typing") == place("src/thing/core.py", 'return "three"')
    assert places(faulty, "complexity") == place("src/thing/core.py", "def maze")
    assert places(faulty, "secrets") == place("src/thing/settings.py", "token =")
    assert places(faulty, "licenses") == place("requirements.txt", "tangled")
    assert places(faulty, "audit") == place("requirements.txt", "leaky")
    assert place("tests/test_core.py", "def test_a_greeting_is_short") <= places(faulty, "test")
    assert "coverage" in str(faulty.verdict("test")["findings"])
    (broken,) = faulty.verdict("site")["findings"]
    assert "gone.html" in broken["message"]


def test_every_gate_says_what_it_looked_at_even_where_it_found_nothing(faulty: Ran) -> None:
    for gate in GATES:
        said: Any = faulty.verdict(gate)
        assert said["scanned"]["number"] > 0
        assert faulty.file(gate, f"gate-reports/gl-code-quality-{gate}.json").is_file()


def test_a_new_blog_is_built_checked_and_published_by_the_pipeline(
    library: Path, wheel: str, tmp_path: Path
) -> None:
    blog = tmp_path / "blog"
    new_blog(blog, datetime.now(UTC).date())
    (blog / ".gitlab-ci.yml").write_text(
        f"include:\n  - component: $CI_SERVER_FQDN/blogtools/blogtools/pipeline@{VERSION}\n"
        f'    inputs:\n      package: "blogtools[gates] @ {wheel}"\n'
        # Material's search dialog has no name, and its footer too little contrast.
        "      site-impact: critical\n"
        + "".join(f"      {gate}: false\n" for gate in GATES if gate not in ("secrets", "site"))
    )
    ran = Repository(blog, library).run()
    assert (ran.code, ran.jobs) == (0, {"secrets": True, "site": True, "pages": True}), ran.output
    assert "A first essay" in ran.file("pages", "public/index.html").read_text()
    assert ran.file("site", "public/index.html").is_file()


def test_a_gates_component_can_be_included_alone(library: Path, wheel: str, tmp_path: Path) -> None:
    files = planted.files()
    files[".gitlab-ci.yml"] = (
        "stages: [check]\n"
        f"include:\n  - component: $CI_SERVER_FQDN/blogtools/blogtools/sast@{VERSION}\n"
        "    inputs:\n      stage: check\n      job: weaknesses\n"
        f'      package: "blogtools[gates] @ {wheel}"\n'
    )
    ran = Repository(planted.write(tmp_path / "thing", files), library).run()
    assert (ran.code, ran.jobs) == (0, {"weaknesses": True}), ran.output


def test_a_package_that_nobody_here_wrote_is_judged_as_it_was_published(
    library: Path, wheel: str, tmp_path: Path
) -> None:
    from benchmarks.pipeline import unpacked

    thing = unpacked(tmp_path)
    (thing / ".gitlab-ci.yml").write_text(
        f"include:\n  - component: $CI_SERVER_FQDN/blogtools/blogtools/pipeline@{VERSION}\n"
        f'    inputs:\n      package: "blogtools[gates] @ {wheel}"\n      lint-path: metalog_jax\n'
    )
    # Those that need nothing of it installed; `make bench-pipeline` runs all of them.
    gates = ("lint", "complexity", "docstrings", "sast", "secrets")
    ran = Repository(thing, library).run(*gates)
    assert (ran.code, ran.jobs) == (0, dict.fromkeys(gates, True)), ran.output
    assert all(ran.verdict(gate)["scanned"]["number"] >= 19 for gate in gates)
