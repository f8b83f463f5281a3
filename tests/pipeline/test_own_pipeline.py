"""This project's own pipeline runs for real: the jobs that take seconds, of this very checkout.

`make test-pipeline` runs all of them, the tests among them, on every kind of pipeline.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.gitlab import Repository, git, own

# The others make the whole environment of the locks first.
CHEAP = ("lint", "complexity", "docstrings", "sast", "secrets", "build")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return this checkout as a repository of its own."""
    return own(tmp_path_factory.mktemp("own"))


def test_its_cheap_gates_let_this_project_through(checkout: Repository) -> None:
    base = git(checkout.folder, "rev-parse", "HEAD~1")
    given = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    ran = checkout.run(*CHEAP, event="merge request", variables=given)
    assert (ran.code, ran.jobs) == (0, dict.fromkeys(CHEAP, True)), ran.output
    assert all(ran.verdict(gate)["scanned"]["number"] > 100 for gate in CHEAP)


def test_the_audit_asks_the_service_unless_a_copy_of_the_data_is_named(
    checkout: Repository,
) -> None:
    assert '--source "${VULNERABILITY_DATA:-https://api.osv.dev}"' in checkout.preview()


def test_nothing_of_a_run_is_left_in_what_git_sees(checkout: Repository) -> None:
    assert git(checkout.folder, "status", "--porcelain") == ""


def test_what_is_not_committed_yet_is_judged_too(checkout: Repository) -> None:
    assert (checkout.folder / Path(__file__).relative_to(Path(__file__).parents[2])).is_file()
