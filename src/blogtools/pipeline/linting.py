"""What is wrong with a component: it would surprise whoever includes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blogtools.model.diagnostic import Diagnostic
from blogtools.pipeline.component import PLACEHOLDER, Component, Input, Kind, Value
from blogtools.pipeline.interpolation import disagreement

#: Keywords that would reach into every job of the project that includes the component.
GLOBALS = frozenset(
    "after_script before_script cache default image services stages variables workflow".split()
)
#: How many components a project may have.
MOST = 30

# Texts that YAML takes for something else where they stand without quotes, and one that ends where
# a comment begins. Quotes and backslashes are left out: within quotes GitLab refuses them, loudly.
_TEXTS = ("3.10", "yes", "null", "a: b", "a #b", "- a", "*a", "[a", "{a", "", "two words", "!a")
_SAMPLES: Mapping[Kind, tuple[Value, ...]] = {
    Kind.STRING: _TEXTS,
    Kind.NUMBER: (0, 7, 2.5),
    Kind.BOOLEAN: (True, False),
    Kind.ARRAY: ([], ["a"], ["a b", "3.10", "yes"]),
}


def lint(component: Component) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with a component.

    Args:
        component: What was read; what cannot be read at all is told by `read`.
    """
    strange = tuple(component.strange_placeholders())
    yield from strange
    yield from _header(component)
    yield from _jobs(component)
    if not strange:
        yield from _readings(component)


def _header(component: Component) -> Iterator[Diagnostic]:
    used = set(PLACEHOLDER.findall(component.body))
    if not component.description:
        yield Diagnostic(
            component.path,
            1,
            1,
            "component/undescribed",
            "the component does not say what it is",
            "Add `description` to `spec`",
        )
    for one in component.inputs:
        if not one.description:
            yield _at(component, one, "undescribed", f"{one.name} does not say what it is for")
        if one.name not in used:
            yield _at(component, one, "unused-input", f"no job uses {one.name}")


def _at(component: Component, one: Input, code: str, message: str) -> Diagnostic:
    return Diagnostic(component.path, one.line, 1, f"component/{code}", message)


def _jobs(component: Component) -> Iterator[Diagnostic]:
    data = component.parsed.data
    # A component that brings other components together is the one that knows the stages.
    allowed = {"stages"} if "include" in data else set()
    for key in data:
        if key in GLOBALS - allowed:
            yield component.at(
                (key,),
                "component/global",
                f"{key!r} reaches into every job of whoever includes this",
                "Say it in the jobs",
            )
    for name, job in component.jobs.items():
        if not PLACEHOLDER.search(name):
            yield component.at(
                (name,),
                "component/fixed-name",
                f"the name {name!r} cannot be chosen",
                "Make it an input: two of them must fit into one pipeline",
            )
        if not PLACEHOLDER.fullmatch(str(job.get("stage"))):
            yield component.at(
                (name, "stage"),
                "component/fixed-stage",
                f"the stage of {name!r} cannot be chosen",
                "Make it an input",
            )


def _readings(component: Component) -> Iterator[Diagnostic]:
    """Yield an input with which the two readings differ, for each place once."""
    defaults = component.defaults()
    found = disagreement(component, defaults)
    if found:
        yield _two_readings(component, "its defaults", found)
    # All inputs at once: it takes a reading for each to find out which of them it is.
    elif any(disagreement(component, values) for values in _mixtures(component, defaults)):
        seen = set()
        for one in component.inputs:
            for value in _samples(one):
                found = disagreement(component, {**defaults, one.name: value})
                if found and found[0] not in seen:
                    seen.add(found[0])
                    yield _two_readings(component, f"{one.name} = {value!r}", found)


def _mixtures(component: Component, defaults: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """Yield values of all inputs, so that each sample of each of them is there at least once."""
    samples = {one.name: _samples(one) for one in component.inputs}
    for turn in range(max(map(len, samples.values()), default=0)):
        yield {
            name: values[turn % len(values)] if values else defaults[name]
            for name, values in samples.items()
        }


def _two_readings(
    component: Component, said: str, found: tuple[tuple[str | int, ...], str]
) -> Diagnostic:
    path, how = found
    return component.at(
        path,
        "component/two-readings",
        f"with {said}, {how}",
        "Quote what is text, and never what is a number, a boolean or an array",
    )


def _samples(one: Input) -> tuple[Value, ...]:
    """Return values to try: those that there are, or such as are easily misread."""
    if one.options:
        return one.options
    return tuple(value for value in _SAMPLES[one.kind] if not one.refuses(value))


def folder(components: tuple[Component, ...]) -> Iterator[Diagnostic]:
    """Yield what is wrong with a project's components taken together.

    Args:
        components: All of them.
    """
    if len(components) > MOST:
        yield Diagnostic(
            components[-1].path,
            1,
            1,
            "component/too-many",
            f"there are {len(components)} components, and GitLab allows {MOST} in a project",
        )


def commands(component: Component) -> Iterator[str]:
    """Yield the shell lines that the component's jobs run, in their order.

    Args:
        component: The component.
    """
    for job in component.jobs.values():
        for key in ("before_script", "script"):
            for line in job.get(key, ()):
                yield from re.sub(r"\n+$", "", str(line)).split("\n")
