"""Which jobs there are in which pipeline, as gitlab-ci-local lists them, and what the text says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from blogtools.pipeline.holding import GATES
from tests.pipeline.gitlab import HOME, ROOT, Repository

GATE_JOBS = set(GATES)
HELPERS = {"clear-cache"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository with this one's pipeline, at a commit of its own."""
    folder = tmp_path_factory.mktemp("own") / "blogtools"
    folder.mkdir()
    shutil.copy(ROOT / ".gitlab-ci.yml", folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    return Repository(folder, None, HOME)


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("branch", {"pages"}),
        ("merge request", {"preview"}),
        ("tag", {"release"}),
        ("schedule", {"essays", "pages"}),
        ("schedule of another branch", {"essays"}),
    ],
)
def test_each_pipeline_of_this_project_has_its_jobs(
    own: Repository, event: str, more: set[str]
) -> None:
    jobs = own.jobs(event)
    assert set(jobs) == GATE_JOBS | HELPERS | more
    assert {name for name, when in jobs.items() if when == "manual"} == {"clear-cache"}


def test_the_merged_pipeline_keeps_what_only_its_text_can_promise(own: Repository) -> None:
    merged = yaml.safe_load(own.preview())
    jobs = {name: job for name, job in merged.items() if isinstance(job, dict) and "script" in job}
    assert set(jobs) == GATE_JOBS | HELPERS | {"essays", "pages", "preview", "release"}
    publishing = {name for name, job in jobs.items() if job.get("pages") or job.get("release")}
    assert publishing == {"pages", "release"}
    for name in publishing:
        # Begun, it is finished; never twice at once; and only after every job before it.
        assert jobs[name]["interruptible"] is False
        assert jobs[name]["resource_group"] == name
        assert "needs" not in jobs[name]
    # A preview deploys nothing, and is there for reviewers where a gate failed, too.
    assert not {"pages", "environment", "release"} & set(jobs["preview"])
    assert "path_prefix" not in own.preview()
    assert "needs" not in jobs["preview"]
    assert [rule["when"] for rule in jobs["preview"]["rules"]] == ["always"]
    assert "dependencies" not in jobs["pages"]
    assert [name for name in jobs if "allow_failure" in jobs[name]] == []
    assert "|| true" not in own.preview()
    for name in GATE_JOBS:
        assert jobs[name]["interruptible"] is True
        assert jobs[name]["timeout"]
        assert jobs[name]["needs"] == []
    assert "CI_PIPELINE_CREATED_AT" in str(jobs["site"]["script"])


def test_a_component_of_this_project_is_taken_from_its_own_commit() -> None:
    text = (ROOT / ".gitlab-ci.yml").read_text()
    loaded = yaml.safe_load(text)
    assert set(loaded) == {"workflow", "include"}
    (entry,) = loaded["include"]
    assert entry["component"] == "$CI_SERVER_FQDN/$CI_PROJECT_PATH/pipeline@$CI_COMMIT_SHA"


def test_a_key_of_a_cache_takes_no_more_files_than_gitlab_does(own: Repository) -> None:
    merged = yaml.safe_load(own.preview())
    for name, job in merged.items():
        caches = job.get("cache", []) if isinstance(job, dict) else []
        for cache in caches if isinstance(caches, list) else [caches]:
            assert 1 <= len(cache["key"]["files"]) <= 2, name


def test_no_pipeline_runs_twice_for_one_change() -> None:
    rules = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())["workflow"]["rules"]
    assert [set(rule) for rule in rules] == [{"if"}] * 4
    assert rules[-1]["if"] == "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
    assert not any("push" in rule["if"] for rule in rules)


def test_another_project_gets_the_same_jobs_from_a_release(library: Path, tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / ".gitlab-ci.yml").write_text(
        "include:\n  - component: $CI_SERVER_FQDN/blogtools/blogtools/pipeline@0.1.0\n"
        "    inputs: {site: false, complexity: false, stages: [mine, lint, typing, test, license, "
        "sast, sbom, build, docs, publish]}\n"
        "my-job: {stage: mine, script: [make]}\n"
    )
    repository = Repository(tmp_path / "thing", library)
    gates = GATE_JOBS - {"site", "complexity"}
    assert set(repository.jobs("merge request")) == gates | HELPERS | {"my-job"}
    assert set(repository.jobs("tag")) == gates | HELPERS | {"my-job", "release"}
