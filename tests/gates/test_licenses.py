from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gates.environments import MARKERS, package, pretended, real
from tests.gates.judged import fake, hold, write
from tests.gates.schemas import must_be_code_quality

PROJECT = """[project]
name = "ours"
version = "1"
dependencies = [
    "good>=1",
    "Bad.Thing==2",
]
"""
GOOD = package("good", "1.5", "License-Expression: MIT", licence="Do as you like.")
BAD = package("Bad_Thing", "2", "License-Expression: MIT AND GPL-3.0-only")
EITHER = package("either", "3", "License-Expression: MIT OR GPL-3.0-only")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"pyproject.toml": PROJECT})


def test_both_sides_of_an_and_bind_and_one_of_an_or_is_enough(
    project: Path, tmp_path: Path
) -> None:
    python = real(tmp_path / "env", GOOD, BAD, EITHER)

    came = hold("licenses", project, "--allow", "MIT", "--python", str(python))

    assert came.code == 1
    assert came.found() == [("pyproject.toml", 6, "licenses/not-allowed")]
    assert "bad-thing 2 is licensed as MIT AND GPL-3.0-only, and GPL-3.0-only is not" in came.said
    assert came.verdict["scanned"] == {"number": 3, "what": "dependencies"}
    must_be_code_quality(came.report("gl-code-quality-licenses.json"))


def test_a_notice_names_every_dependency_and_its_licence(project: Path, tmp_path: Path) -> None:
    python = pretended(tmp_path / "env", GOOD, EITHER)

    came = hold("licenses", project, "--python", str(python))

    assert came.code == 0, came.said
    notice = (came.reports / "NOTICE").read_text()
    for text in ("good 1.5", "Licence: MIT\n", "Do as you like.", "either 3"):
        assert text in notice
    assert 'good,1.5,"MIT"' in (came.reports / "licenses.csv").read_text()


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("License: UNKNOWN",),
        (
            "License-Expression: MIT AND Whatever",
            "Classifier: License :: OSI Approved :: MIT License",
        ),
        ("License: MIT-like, but ours",),
    ],
)
def test_a_licence_that_nobody_knows_is_not_allowed(
    project: Path, tmp_path: Path, headers: tuple[str, ...]
) -> None:
    python = pretended(tmp_path / "env", package("odd", "1", *headers))

    came = hold("licenses", project, "--python", str(python))

    assert came.code == 1
    assert len(came.found()) == 1


def test_what_a_project_found_out_is_judged_like_anything_else(
    project: Path, tmp_path: Path
) -> None:
    python = str(pretended(tmp_path / "env", package("odd", "1")))
    entry = (
        '[[tool.blogtools.gates.licenses.accepted]]\npackage = "Odd"\nversion = "1.0"\n'
        'licence = "{}"\nreason = "Its file says so."\nexpires = {}\n'
    )

    write(project, {"pyproject.toml": PROJECT + entry.format("ISC", "2999-01-01")})
    assert hold("licenses", project, "--python", python).code == 0
    write(project, {"pyproject.toml": PROJECT + entry.format("GPL-2.0-only", "2999-01-01")})
    assert hold("licenses", project, "--python", python).code == 1
    write(project, {"pyproject.toml": PROJECT + entry.format("ISC", "2020-01-01")})
    assert hold("licenses", project, "--python", python).code == 1


def test_a_dependency_is_accepted_with_a_reason_until_a_day(project: Path, tmp_path: Path) -> None:
    python = str(pretended(tmp_path / "env", BAD))
    entry = (
        '[[tool.blogtools.gates.licenses.accepted]]\npackage = "bad-thing"\n'
        'reason = "Not shipped."\nexpires = 2999-01-01\n'
    )

    write(project, {"pyproject.toml": PROJECT + entry})
    came = hold("licenses", project, "--python", python)
    assert came.code == 0
    assert "does not count: Not shipped." in came.said
    write(project, {"pyproject.toml": PROJECT + entry.replace('"bad-thing"', '"b"\nversion = "1"')})
    assert hold("licenses", project, "--python", python).code == 1


def test_the_list_may_stand_in_the_project(project: Path, tmp_path: Path) -> None:
    python = str(pretended(tmp_path / "env", GOOD))
    table = '[tool.blogtools.gates.licenses]\nallow = ["ISC"]\n'
    write(project, {"pyproject.toml": PROJECT + table})

    assert hold("licenses", project, "--python", python).code == 1
    assert hold("licenses", project, "--python", python, "--allow", "MIT").code == 0


def test_a_list_that_is_wrong_is_told(project: Path, tmp_path: Path) -> None:
    python = str(pretended(tmp_path / "env", GOOD))

    came = hold("licenses", project, "--python", python, "--allow", "MIT,Apache")
    came.must_be_broken("'Apache' is no licence that SPDX knows")
    write(project, {"pyproject.toml": PROJECT + '[tool.blogtools.gates.licenses]\nallow = "MIT"\n'})
    hold("licenses", project, "--python", python).must_be_broken("no list of names")


LOCK = """
good==1.5 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via ours
other==1 ; sys_platform == "win32" \\
    --hash=sha256:cc
lost==4
"""


def test_everything_that_is_locked_for_this_platform_must_be_installed(
    project: Path, tmp_path: Path
) -> None:
    write(project, {"requirements.txt": LOCK})
    python = str(pretended(tmp_path / "env", GOOD))
    options = ("--python", python, "--requirements", "requirements.txt")

    came = hold("licenses", project, *options)

    assert came.found() == [("requirements.txt", 8, "dependencies/not-installed")]
    assert "1 more are locked for other platforms" in came.said
    write(
        project, {"requirements.txt": LOCK.replace("good==1.5", "good==1.4").partition("lost")[0]}
    )
    came = hold("licenses", project, *options)
    assert "good==1.4 is locked, but 1.5 is installed" in came.said


def test_what_a_package_needs_must_be_installed_too(project: Path, tmp_path: Path) -> None:
    needy = package(
        "needy",
        "1",
        "License-Expression: MIT",
        "Requires-Dist: good",
        "Requires-Dist: gone; python_version > '3'",
        "Requires-Dist: never; python_version < '3'",
        "Requires-Dist: extra; extra == 'more'",
    )

    came = hold("licenses", project, "--python", str(pretended(tmp_path / "env", GOOD, needy)))

    assert came.code == 1
    assert [one["message"] for one in came.verdict["findings"]] == [
        "needy needs gone, which is not installed, so nothing is known of it"
    ]


def test_what_environments_are_made_with_is_no_dependency(project: Path, tmp_path: Path) -> None:
    pip = package("pip", "24", "License-Expression: GPL-3.0-only")
    ours = package("ours", "1", "License-Expression: GPL-3.0-only")

    came = hold("licenses", project, "--python", str(pretended(tmp_path / "env", GOOD, pip, ours)))
    assert came.verdict["scanned"]["number"] == 1

    needs_pip = package("a", "1", "License-Expression: MIT", "Requires-Dist: pip")
    came = hold("licenses", project, "--python", str(pretended(tmp_path / "env2", needs_pip, pip)))
    assert came.code == 1


def test_what_environments_are_made_with_is_a_dependency_where_a_lock_names_it(
    project: Path, tmp_path: Path
) -> None:
    pip = package("pip", "24", "License-Expression: GPL-3.0-only")
    python = str(pretended(tmp_path / "env", GOOD, pip))
    options = ("--python", python, "--requirements", "requirements.txt")

    write(project, {"requirements.txt": 'good==1.5\npip==24 ; sys_platform == "win32"\n'})
    assert hold("licenses", project, *options).code == 0

    write(project, {"requirements.txt": "good==1.5\npip==24\n"})
    came = hold("licenses", project, *options)
    assert came.found() == [("requirements.txt", 2, "licenses/not-allowed")]


def test_nothing_installed_is_no_pass(project: Path, tmp_path: Path) -> None:
    python = real(tmp_path / "env")

    hold("licenses", project, "--python", str(python)).must_be_broken("Nothing is installed")


def test_a_package_without_a_name_is_no_pass(project: Path, tmp_path: Path) -> None:
    python = pretended(tmp_path / "env", GOOD, {"broken-1.dist-info/RECORD": ""})

    came = hold("licenses", project, "--python", str(python))

    came.must_be_broken("does not say what it is", "broken-1.dist-info")


@pytest.mark.parametrize(
    ("lock", "words"),
    [
        ("# nothing\n", "names no dependency"),
        ("-r requirements.txt\n", "includes itself"),
        ("-r other.txt\n", "other.txt cannot be read"),
    ],
)
def test_a_lock_that_cannot_be_read_is_no_pass(
    project: Path, tmp_path: Path, lock: str, words: str
) -> None:
    write(project, {"requirements.txt": lock})
    python = str(pretended(tmp_path / "env", GOOD))

    came = hold("licenses", project, "--python", python, "--requirements", "requirements.txt")

    came.must_be_broken(words)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "reported nothing at all"),
        ("print('3.12')", "cannot be read"),
        ("print('{}')", "cannot be read"),
        (f"print({json.dumps(json.dumps({'path': 1, 'markers': MARKERS}))})", "cannot be read"),
        (
            f"print({json.dumps(json.dumps({'path': [], 'markers': MARKERS}))})",
            "Nothing is installed",
        ),
        ("sys.exit(1)", "exited with 1"),
    ],
)
def test_a_python_that_cannot_be_believed_is_no_pass(
    project: Path, tmp_path: Path, code: str, words: str
) -> None:
    python = fake(tmp_path / "env", "python", code)

    hold("licenses", project, "--python", str(python)).must_be_broken(words)


def test_a_python_that_is_not_there_is_told(project: Path, tmp_path: Path) -> None:
    hold("licenses", project, "--python", "none/python").must_be_broken("cannot be started")


def test_a_python_that_hangs_is_stopped(project: Path, tmp_path: Path) -> None:
    python = fake(tmp_path / "env", "python", "time.sleep(600)")

    came = hold("licenses", project, "--python", str(python), "--time-limit", "1")

    came.must_be_broken("the time limit of 1 seconds")
