"""The components of this repository: what each promises, and that what is made from them is so."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from blogtools import __version__
from blogtools.app import components as verb
from blogtools.cli import main
from blogtools.gates import GATES
from blogtools.gates.options import Option, options_of
from blogtools.model.diagnostic import UsageError
from blogtools.pipeline import holding
from blogtools.pipeline.interpolation import yaml_first
from blogtools.pipeline.linting import commands
from blogtools.pipeline.plan import included, plan
from blogtools.pipeline.schema import check

ROOT = Path(__file__).parents[2]
COMPONENTS = verb.load(ROOT / "templates")
PINS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
# What a component says in another way than as an input, or says otherwise than the command.
GIVEN = {
    "python": "the environment that the job makes",
    "site": "the folder that GitLab publishes",
    "dist": "the folder that the job keeps",
    "compare": "where the merge request began",
}


def jobs(name: str) -> dict[str, Any]:
    component = COMPONENTS[name]
    filled = yaml_first(component, component.defaults())
    return {key: job for key, job in filled.items() if isinstance(job, dict) and "script" in job}


def test_every_component_is_in_order() -> None:
    number, found = verb.lint([ROOT / "templates"], check)
    assert (number, found) == (len(COMPONENTS), ())


def test_a_component_that_gitlab_would_refuse_is_found(tmp_path: Path) -> None:
    text = (ROOT / "templates" / "lint.yml").read_text()
    (tmp_path / "lint.yml").write_text(text.replace("  interruptible: true", "  interruptible: 7"))
    _, found = verb.lint([tmp_path], check)
    assert [one.code for one in found] == ["component/schema"]
    assert "interruptible" in found[0].message
    with pytest.raises(UsageError, match="no component"):
        verb.lint([_empty(tmp_path)], check)


def _empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def test_there_is_a_component_for_each_gate_and_the_rest_of_the_pipeline() -> None:
    rest = {"pages", "preview", "release", "essays", "clear-cache", "pipeline"}
    assert set(COMPONENTS) == set(GATES) | rest
    assert set(holding.GATES) == set(GATES)


@pytest.mark.parametrize("gate", sorted(GATES))
def test_a_gates_component_asks_for_what_its_command_asks_for(gate: str) -> None:
    inputs = {one.name: one for one in COMPONENTS[gate].inputs}
    ran = " ".join(commands(COMPONENTS[gate]))
    for option in options_of(import_module(GATES[gate]).Options):
        name = option.name.replace("_", "-")
        # What builds without isolation comes from the tools' own environment.
        if (gate, name) == ("build", "python"):
            continue
        assert f"--{name}" in ran or f"--no-{name}" in ran
        if option.name not in GIVEN:
            assert inputs[name].default == _default(option) or name == "source"
            assert set(inputs[name].options) == set(option.choices)


def _default(option: Option) -> object:
    if option.multiple:
        return " ".join(str(one) for one in option.default or () if str(one) != ".")
    if option.type in (bool, int, float):
        return option.default
    return "" if option.default is None else str(option.default)


@pytest.mark.parametrize("gate", sorted(GATES))
def test_a_gate_runs_one_command_and_leaves_its_reports_whatever_it_says(gate: str) -> None:
    (job,) = jobs(gate).values()
    last = job["script"][-1].rstrip().split("\n")[-1]
    assert last == f'blogtools gate {gate} "$@"'
    assert job["artifacts"]["when"] == "always"
    assert "gate-reports" in job["artifacts"]["paths"]
    reports = job["artifacts"]["reports"]
    assert reports["codequality"] == f"gate-reports/gl-code-quality-{gate}.json"
    written = set(import_module(GATES[gate]).FILES)
    named = {
        Path(one["path"] if isinstance(one, dict) else one).name for one in reports.values()
    } - {f"gl-code-quality-{gate}.json"}
    assert named <= written
    assert {one for one in written if one.startswith("gl-")} <= named
    assert "allow_failure" not in job
    assert "||" not in last
    assert job["cache"]


def test_all_jobs_are_set_up_in_the_same_way() -> None:
    begun = {}
    for name in [*GATES, "essays"]:
        (job,) = jobs(name).values()
        (text,) = job["before_script"]
        begun[name] = text.partition("project=")[0]
        for part in ("variables", "retry", "image"):
            assert part in job
    assert len(set(begun.values())) == 1
    (text,) = set(begun.values())
    assert f"uv=={dict(pin.split('==') for pin in PINS['dev'])['uv']}" in text


def test_a_merge_request_deploys_nothing() -> None:
    for job in plan(COMPONENTS["pipeline"], COMPONENTS).jobs:
        if job.publishes:
            assert set(job.occasions) <= {"the default branch", "tags that are versions"}
            assert not job.at_once


def test_the_pipeline_hands_on_only_what_its_components_ask_for() -> None:
    names = []
    for name, given, _ in included(COMPONENTS["pipeline"]):
        names.append(name)
        for key, value in given.items():
            asked = COMPONENTS[name].input(key)
            assert asked, f"{name} has no input {key}"
            assert asked.refuses(value) == ""
            assert key in ("package", "prepare") or value == asked.default
    assert set(names) == set(COMPONENTS) - {"pipeline"}


def test_the_pipeline_takes_its_components_from_its_own_commit() -> None:
    # GitLab resolves `local` in the project and at the commit of the file that says it.
    entries = COMPONENTS["pipeline"].parsed.data["include"]
    others = set(COMPONENTS) - {"pipeline"}
    assert {one.get("local") for one in entries} == {f"/templates/{name}.yml" for name in others}


def test_every_input_of_a_gate_can_be_given_to_the_pipeline() -> None:
    whole = {one.name for one in COMPONENTS["pipeline"].inputs}
    for gate in GATES:
        own = {one.name for one in COMPONENTS[gate].inputs} - {"stage", "job"}
        missing = {name for name in own if not {name, f"{gate}-{name}"} & whole}
        assert missing <= {"prepare"}
        assert gate in whole


def test_every_threshold_has_a_direction() -> None:
    for gate in GATES:
        for one in COMPONENTS[gate].inputs:
            key = f"{gate}/{one.name}"
            if str(one.kind) == "number":
                assert key in holding.FLOORS ^ holding.CEILINGS
            if one.options:
                ranked = set(holding.RANKS.get(key, one.options if key in holding.EQUALS else ()))
                assert ranked == set(one.options), key


def test_the_version_is_the_packages() -> None:
    named = re.findall(
        r"blogtools\[gates\]==(\S+?)\"",
        "".join(file.read_text() for file in (ROOT / "templates").glob("*.yml")),
    )
    assert set(named) == {__version__}


def test_what_is_made_from_components_is_as_they_say(tmp_path: Path) -> None:
    command = ["pipeline", "docs", str(ROOT / "templates"), "--to", str(ROOT / "docs/components")]
    command += ["--catalogue", str(ROOT / "src/blogtools/pipeline/components.json"), "--check"]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.output) == (0, ""), "run: make components"


def test_drift_is_found_and_mended(tmp_path: Path) -> None:
    where = ["pipeline", "docs", str(ROOT / "templates"), "--to", str(tmp_path / "pages")]
    assert CliRunner().invoke(main, where).exit_code == 0
    page = tmp_path / "pages" / "lint.md"
    page.write_text(page.read_text() + "More.\n")
    (tmp_path / "pages" / "gone.md").write_text("# Gone\n")
    checked = CliRunner().invoke(main, [*where, "--check"])
    assert checked.exit_code == 1
    assert "gone.md" in checked.output
    assert "lint.md" in checked.output
    assert CliRunner().invoke(main, where).exit_code == 0
    assert CliRunner().invoke(main, [*where, "--check"]).exit_code == 0
    assert not (tmp_path / "pages" / "gone.md").exists()


def test_the_diagram_has_every_job_as_text_and_as_a_picture() -> None:
    text = (ROOT / "docs/components/index.md").read_text()
    picture = (ROOT / "docs/components/pipeline.svg").read_text()
    for job in plan(COMPONENTS["pipeline"], COMPONENTS).jobs:
        assert f"[{job.name}" in text
        assert f">{job.name}</text>" in picture
    assert "<script" not in picture


def test_scripts_are_shell(tmp_path: Path) -> None:
    for name in COMPONENTS:
        for job in jobs(name).values():
            lines = [*job.get("before_script", ()), *job["script"]]
            done = subprocess.run(
                ["sh", "-n"], input="\n".join(lines), text=True, capture_output=True
            )
            assert (done.returncode, done.stderr) == (0, "")
