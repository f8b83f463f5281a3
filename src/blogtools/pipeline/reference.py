"""The reference pages of components, made from the components themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from blogtools.pipeline import diagram
from blogtools.pipeline.component import Component, Input, Value
from blogtools.pipeline.interpolation import yaml_first
from blogtools.pipeline.linting import commands
from blogtools.pipeline.plan import Plan, included, jobs_of, plan

_MADE = "<!-- Made from the components by `make components`; changes belong there. -->"
_REPORTS = {
    "codequality": "Code Quality, shown in merge requests",
    "coverage_report": "coverage, shown beside changed lines",
    "cyclonedx": "the bill of materials",
    "dependency_scanning": "dependency scanning",
    "junit": "tests, shown in merge requests",
    "sast": "static analysis",
    "secret_detection": "secret detection",
}


def pages(components: Mapping[str, Component], address: str, version: str) -> Mapping[str, str]:
    """Return the pages by file name, and the diagram of the pipeline.

    Args:
        components: All components by name.
        address: The project that they are included from, such as ``group/project``.
        version: The version that examples name.
    """
    whole = next((one for one in components.values() if "include" in one.parsed.data), None)
    made = plan(whole, components) if whole else None
    files = {
        f"{name}.md": _page(component, components, address, version)
        for name, component in sorted(components.items())
    }
    files["index.md"] = _index(components, made)
    if made:
        files["pipeline.svg"] = diagram.svg(made)
    return files


def _index(components: Mapping[str, Component], made: Plan | None) -> str:
    rows = [f"| [`{name}`]({name}.md) | {one.description} |" for name, one in components.items()]
    lines = [
        "# Components of the pipeline",
        "",
        _MADE,
        "",
        "Each can be included alone, by any project; `pipeline` includes all of them.",
        "",
        "| component | what it is |",
        "| --- | --- |",
        *sorted(rows),
        "",
    ]
    return "\n".join([*lines, *(_drawn(made) if made else ())])


def _drawn(made: Plan) -> Iterator[str]:
    yield "## The whole pipeline"
    yield ""
    yield "![The stages of the pipeline, from left to right, each with its jobs.](pipeline.svg)"
    yield ""
    yield "The same as text; the stages follow each other from top to bottom:"
    yield ""
    yield "```text"
    yield diagram.text(made) + "```"
    yield ""
    yield "Gates begin at once, whatever their stage: one run says everything that is wrong."
    yield "What publishes waits for every stage before its own."
    yield ""
    yield "| stage | job | runs on | takes the files of |"
    yield "| --- | --- | --- | --- |"
    for job in made.jobs:
        takes = ", ".join(f"`{one}`" for one in job.takes) or "–"
        yield f"| {job.stage} | [`{job.name}`]({job.component}.md) | {_listed(job)} | {takes} |"
    yield ""


def _listed(job: Any) -> str:  # noqa: ANN401
    return ", ".join(job.occasions)


def _page(
    component: Component, components: Mapping[str, Component], address: str, version: str
) -> str:
    parts = [
        f"# Component `{component.name}`",
        "",
        _MADE,
        "",
        component.description,
        "",
        *_example(component, address, version),
        *_inputs(component),
        *_included(component, components),
        *_runs(component),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _example(component: Component, address: str, version: str) -> Iterator[str]:
    yield "```yaml"
    yield "include:"
    yield f"  - component: $CI_SERVER_FQDN/{address}/{component.name}@{version}"
    needed = [one for one in component.inputs if one.default is None]
    if needed:
        yield "    inputs:"
        yield from (f"      {one.name}: ..." for one in needed)
    yield "```"
    yield ""


def _inputs(component: Component) -> Iterator[str]:
    yield "## Inputs"
    yield ""
    yield "| input | type | default | what it is for |"
    yield "| --- | --- | --- | --- |"
    for one in component.inputs:
        yield f"| `{one.name}` | {_kind(one)} | {_default(one)} | {_cell(one.description)} |"
    yield ""


def _kind(one: Input) -> str:
    if not one.options:
        return str(one.kind)
    return " or ".join(f"`{option}`" for option in one.options)


def _default(one: Input) -> str:
    if one.default is None:
        return "must be given"
    return f"`{_cell(_said(one.default))}`" if one.default != "" else "empty"


def _said(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _included(component: Component, components: Mapping[str, Component]) -> Iterator[str]:
    entries = list(included(component)) if "include" in component.parsed.data else []
    if not entries:
        return
    yield "## What it includes"
    yield ""
    yield "| component | its jobs |"
    yield "| --- | --- |"
    for name, given, _ in entries:
        jobs = ", ".join(f"`{job.name}`" for job in jobs_of(components[name], given))
        yield f"| [`{name}`]({name}.md) | {jobs} |"
    yield ""


def _runs(component: Component) -> Iterator[str]:
    jobs = list(jobs_of(component))
    if not jobs:
        return
    yield "## What it runs"
    yield ""
    for job in jobs:
        yield f"The job `{job.name}` in the stage `{job.stage}`, on: {_listed(job)}."
    yield ""
    yield "```sh"
    yield from commands(component)
    yield "```"
    yield ""
    yield "## What it reports"
    yield ""
    filled = yaml_first(component, component.defaults())
    for job in jobs:
        yield from _artifacts(filled[job.name].get("artifacts", {}))
    yield ""


def _artifacts(artifacts: Mapping[str, Any]) -> Iterator[str]:
    if not artifacts:
        yield "Its exit code and its log, and no files."
    for path in artifacts.get("paths", ()):
        kept = artifacts.get("expire_in")
        yield f"- the files `{path}`" + (f", kept for {kept}" if kept else "")
    for kind, where in artifacts.get("reports", {}).items():
        path = where["path"] if isinstance(where, dict) else where
        yield f"- {_REPORTS.get(kind, kind)}: `{path}`"
