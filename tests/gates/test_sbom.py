from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.json.json_parser import parse_from_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from tests.gates.environments import package, pretended, real
from tests.gates.judged import Came, fake, hold, write
from tests.gates.schemas import must_be_code_quality

PROJECT = """[project]
name = "Our.Project"
version = "1.2"
license = "MIT"
dependencies = ["one"]
"""
ONE = package(
    "one", "1.5", "License-Expression: MIT OR ISC", "Requires-Dist: Two", "Summary: A one"
)
TWO = package("Two", "2!2.0+cu1", "Classifier: License :: OSI Approved :: BSD License")
THREE = package("th_ree", "3")
CYCLONEDX, SPDX = "gl-sbom.cdx.json", "sbom.spdx.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"pyproject.toml": PROJECT})


def bytes_of(came: Came) -> tuple[bytes, bytes]:
    return (came.reports / CYCLONEDX).read_bytes(), (came.reports / SPDX).read_bytes()


def test_both_bills_are_valid_and_name_every_dependency(project: Path, tmp_path: Path) -> None:
    python = real(tmp_path / "env", ONE, TWO, THREE)

    came = hold("sbom", project, "--python", str(python))

    assert came.code == 0, came.said
    assert came.verdict["scanned"] == {"number": 3, "what": "dependencies"}
    must_be_code_quality(came.report("gl-code-quality-sbom.json"))
    first, _ = bytes_of(came)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first.decode()) is None
    bill = came.report(CYCLONEDX)
    assert [one["purl"] for one in bill["components"]] == [
        "pkg:pypi/one@1.5",
        "pkg:pypi/th-ree@3",
        "pkg:pypi/two@2%212.0%2Bcu1",
    ]
    assert bill["metadata"]["component"]["name"] == "our-project"
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    assert needs["pkg:pypi/one@1.5"] == ["pkg:pypi/two@2%212.0%2Bcu1"]
    assert needs["pkg:pypi/our-project@1.2"] == ["pkg:pypi/one@1.5", "pkg:pypi/th-ree@3"]
    document = parse_from_file(str(came.reports / SPDX))
    assert validate_full_spdx_document(document) == []
    licences = {one.name: str(one.license_declared) for one in document.packages}
    assert licences == {
        "our-project": "MIT",
        "one": "MIT OR ISC",
        "two": "LicenseRef-BSD-License",
        "th-ree": "NOASSERTION",
    }


def test_the_same_dependencies_of_the_same_commit_give_the_same_bytes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    python = pretended(tmp_path / "env", ONE, TWO, THREE)
    first = bytes_of(hold("sbom", project, "--python", str(python)))
    elsewhere = tmp_path / "elsewhere" / "copy"
    shutil.copytree(project, elsewhere)
    again = pretended(tmp_path / "env2", THREE, TWO, ONE)

    assert bytes_of(hold("sbom", elsewhere, "--python", str(again))) == first
    assert json.loads(first[1])["creationInfo"]["created"] == "2023-11-14T22:13:20Z"


def test_another_dependency_gives_another_bill(project: Path, tmp_path: Path) -> None:
    one = hold("sbom", project, "--python", str(pretended(tmp_path / "a", ONE, TWO)))
    serial = one.report(CYCLONEDX)["serialNumber"]
    other = hold("sbom", project, "--python", str(pretended(tmp_path / "b", ONE, TWO, THREE)))

    assert other.report(CYCLONEDX)["serialNumber"] != serial


def test_the_bill_is_of_the_newest_commits_day(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_DATE", "2024-02-29T12:00:00Z")
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@b.c")
    for command in ("init --quiet", "add .", "commit --quiet --message A"):
        subprocess.run(["git", *command.split()], cwd=project, check=True)

    came = hold("sbom", project, "--python", str(pretended(tmp_path / "env", ONE, TWO)))

    assert came.report(CYCLONEDX)["metadata"]["timestamp"] == "2024-02-29T12:00:00Z"


def test_an_installed_project_is_the_bills_and_not_among_its_own_parts(
    project: Path, tmp_path: Path
) -> None:
    ours = package("our_project", "9", "Requires-Dist: one", "License-Expression: ISC")

    came = hold("sbom", project, "--python", str(pretended(tmp_path / "env", ONE, TWO, ours)))

    assert came.report(CYCLONEDX)["metadata"]["component"]["version"] == "9"
    assert came.verdict["scanned"]["number"] == 2


def test_a_bill_that_is_not_whole_fails(project: Path, tmp_path: Path) -> None:
    write(project, {"requirements.txt": "one==1.5\ntwo==7\nthree==3\n"})
    python = str(pretended(tmp_path / "env", ONE, TWO))

    came = hold("sbom", project, "--python", python, "--requirements", "requirements.txt")

    assert came.code == 1
    assert came.found() == [
        ("requirements.txt", 2, "dependencies/not-installed"),
        ("requirements.txt", 3, "dependencies/not-installed"),
    ]
    assert hold("sbom", project, "--python", str(pretended(tmp_path / "b", ONE))).code == 1


def test_what_environments_are_made_with_is_a_part_where_a_lock_names_it(
    project: Path, tmp_path: Path
) -> None:
    write(project, {"requirements.txt": "th-ree==3\nwheel==1\n"})
    python = str(pretended(tmp_path / "env", THREE, package("wheel", "1"), package("pip", "24")))

    came = hold("sbom", project, "--python", python, "--requirements", "requirements.txt")

    assert came.code == 0
    assert "wheel" in {part["name"] for part in came.report(CYCLONEDX)["components"]}
    assert came.verdict["scanned"]["number"] == 2


def test_nothing_installed_is_no_pass(project: Path, tmp_path: Path) -> None:
    python = pretended(tmp_path / "env")

    hold("sbom", project, "--python", str(python)).must_be_broken("Nothing is installed")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "reported nothing at all"),
        ("print('[1]')", "cannot be read"),
        ("sys.exit(3)", "exited with 3"),
        ("time.sleep(600)", "the time limit of 1 seconds"),
    ],
)
def test_a_python_that_cannot_be_believed_is_no_pass(
    project: Path, tmp_path: Path, code: str, words: str
) -> None:
    python = fake(tmp_path / "env", "python", code)

    came = hold("sbom", project, "--python", str(python), "--time-limit", "1")

    came.must_be_broken(words)


def test_a_python_that_is_not_there_is_told(project: Path) -> None:
    hold("sbom", project, "--python", "none/python").must_be_broken("cannot be started")


def test_a_clock_that_is_none_is_told(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    python = pretended(tmp_path / "env", ONE, TWO)

    hold("sbom", project, "--python", str(python)).must_be_broken("no number of seconds: today")
