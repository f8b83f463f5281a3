"""The whole pipeline, as its components make it: stages, jobs, and when each of them runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blogtools.pipeline.component import Component
from blogtools.pipeline.interpolation import yaml_first

_LOCAL = re.compile(r"/?templates/([\w-]+)\.yml")
_WORDS = {
    '$CI_PIPELINE_SOURCE == "merge_request_event"': "merge requests",
    "$CI_COMMIT_TAG": "tags",
    '$CI_PIPELINE_SOURCE == "schedule"': "schedules",
    "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH": "the default branch",
}


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a component, with its inputs filled in.

    Attributes:
        name: Its name.
        stage: Its stage.
        component: The component that it comes from.
        occasions: When it runs, in words.
        at_once: Whether it begins with the pipeline, whatever its stage.
        takes: The jobs whose files it takes.
        publishes: Whether something can be seen by others once it is done.
    """

    name: str
    stage: str
    component: str
    occasions: tuple[str, ...]
    at_once: bool
    takes: tuple[str, ...]
    publishes: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A pipeline.

    Attributes:
        stages: Its stages in their order, each with its jobs; none is empty.
    """

    stages: tuple[tuple[str, tuple[Job, ...]], ...]

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs, in the order of their stages."""
        return tuple(job for _, jobs in self.stages for job in jobs)


def jobs_of(component: Component, given: Mapping[str, Any] | None = None) -> Iterator[Job]:
    """Yield the jobs of a component.

    Args:
        component: The component.
        given: What its inputs hold where that is not their default.
    """
    filled = yaml_first(component, {**component.defaults(), **(given or {})})
    for name, job in filled.items():
        if isinstance(job, dict) and "script" in job:
            yield _job(name, job, component.name)


def _job(name: str, job: Mapping[str, Any], component: str) -> Job:
    takes = job.get("dependencies", job.get("needs", []))
    return Job(
        name,
        str(job.get("stage", "test")),
        component,
        tuple(occasions(job.get("rules", []))),
        job.get("needs") == [],
        tuple(one if isinstance(one, str) else str(one.get("job")) for one in takes),
        bool(job.get("pages") or job.get("release")),
    )


def occasions(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield in words when a job with these rules runs.

    Args:
        rules: The rules; without any it runs always.
    """
    if not rules:
        yield "always"
    for rule in rules:
        condition = str(rule.get("if", ""))
        said = _WORDS.get(condition, f"`{condition}`" if condition else "always")
        if condition.startswith("$CI_COMMIT_TAG =~"):
            said = "tags that are versions"
        if rule.get("when") == "manual":
            said = "by hand" if said == "always" else f"{said}, by hand"
        if rule.get("when") != "never":
            yield said


def included(whole: Component) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    """Yield what a component includes: a component's name, its inputs, and on which conditions.

    Args:
        whole: A component that brings others together.
    """
    filled = yaml_first(whole, whole.defaults())
    for entry in filled.get("include", ()):
        local = _LOCAL.fullmatch(str(entry.get("local")))
        if local:
            conditions = tuple(str(rule.get("if")) for rule in entry.get("rules", ()))
            yield local[1], entry.get("inputs", {}), conditions


def plan(whole: Component, components: Mapping[str, Component]) -> Plan:
    """Return the pipeline that a component makes of others, with every switch on.

    Args:
        whole: The component that includes the others.
        components: All components by name.
    """
    jobs = [job for name, inputs, _ in included(whole) for job in jobs_of(components[name], inputs)]
    filled = yaml_first(whole, whole.defaults())
    order = [".pre", *filled.get("stages", ()), ".post"]
    stages = ((stage, tuple(job for job in jobs if job.stage == stage)) for stage in order)
    return Plan(tuple((stage, there) for stage, there in stages if there))
