"""A component: a file of two YAML documents, what it asks for, and the jobs that it adds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from blogtools.content.yaml import KeyPath, Parsed, YamlProblem, parse
from blogtools.model.diagnostic import ContentError, Diagnostic

#: What an input may hold.
Value = str | bool | int | float | list[Any]

_HEADER_KEYS = {"description", "inputs", "component"}
_INPUT_KEYS = {"type", "default", "description", "options", "regex"}
_SEPARATOR = re.compile(r"^---[ \t]*(?:#.*)?\n", re.MULTILINE)
PLACEHOLDER = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*\]\]")
# Everything between double brackets, whatever it is: what is no plain placeholder is a mistake.
_BRACKETS = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)


class Kind(StrEnum):
    """The types of inputs."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"

    def holds(self, value: object) -> bool:
        """Return whether a value is of this type."""
        shapes: Mapping[Kind, tuple[type, ...]] = {
            Kind.STRING: (str,),
            Kind.NUMBER: (int, float),
            Kind.BOOLEAN: (bool,),
            Kind.ARRAY: (list,),
        }
        return isinstance(value, shapes[self]) and (
            self is not Kind.NUMBER or not isinstance(value, bool)
        )


@dataclass(frozen=True, slots=True)
class Input:
    """Something that whoever includes a component may choose.

    Attributes:
        name: Its name.
        kind: What it holds.
        description: What it is for; empty where nobody says it.
        default: What holds where it is left out; None where it must be given.
        options: The values that there are, where it is a choice.
        regex: What its text must match; empty for any.
        line: Where the component asks for it.
    """

    name: str
    kind: Kind
    description: str
    default: Value | None
    options: tuple[Value, ...]
    regex: str
    line: int

    def refuses(self, value: object) -> str:
        """Return why a value cannot be given, or an empty text."""
        if not self.kind.holds(value):
            return f"{value!r} is no {self.kind}"
        given = value if isinstance(value, list) else [value]
        if self.options and any(one not in self.options for one in given):
            return f"{value!r} is none of {', '.join(map(str, self.options))}"
        if self.regex and not re.search(self.regex, str(value)):
            return f"{value!r} does not match {self.regex}"
        return ""


@dataclass(frozen=True, slots=True)
class Component:
    """A component as it stands in its file.

    Attributes:
        name: What it is included by: the file's name.
        path: The file, for messages.
        description: What it is, in a sentence.
        inputs: What it asks for, in the order of the file.
        body: The text of its second document.
        offset: How many lines stand before that text.
        parsed: The second document as YAML, placeholders and all.
    """

    name: str
    path: str
    description: str
    inputs: tuple[Input, ...]
    body: str
    offset: int
    parsed: Parsed

    def input(self, name: str) -> Input | None:
        """Return an input by its name."""
        return next((one for one in self.inputs if one.name == name), None)

    @property
    def jobs(self) -> Mapping[str, Mapping[str, Any]]:
        """Return its jobs by their names, which are mostly placeholders."""
        data = self.parsed.data
        return {
            name: job
            for name, job in (data.items() if isinstance(data, dict) else ())
            if isinstance(job, dict) and ("script" in job or "trigger" in job)
        }

    def defaults(self) -> dict[str, Value]:
        """Return what holds where nothing is given; an input without a default has an example."""
        examples: Mapping[Kind, Value] = {
            Kind.STRING: "example",
            Kind.NUMBER: 1,
            Kind.BOOLEAN: True,
            Kind.ARRAY: ["example"],
        }
        return {
            one.name: examples[one.kind] if one.default is None else one.default
            for one in self.inputs
        }

    def at(self, path: KeyPath, code: str, message: str, hint: str = "") -> Diagnostic:
        """Return a finding at a place of the second document."""
        line, column = self.parsed.locate(path)
        return Diagnostic(self.path, line + self.offset, column, code, message, hint)

    def in_text(self, found: re.Match[str], code: str, message: str, hint: str = "") -> Diagnostic:
        """Return a finding at a place of the second document's text."""
        before = self.body[: found.start()]
        column = found.start() - before.rfind("\n")
        line = before.count("\n") + 1 + self.offset
        return Diagnostic(self.path, line, column, code, message, hint)

    def strange_placeholders(self) -> Iterator[Diagnostic]:
        """Yield what stands in double brackets and is no input of this component."""
        names = {one.name for one in self.inputs}
        for found in _BRACKETS.finditer(self.body):
            plain = PLACEHOLDER.fullmatch(found[0])
            if not plain:
                yield self.in_text(
                    found,
                    "component/placeholder",
                    f"{found[0]} is no plain input",
                    "Write $[[ inputs.name ]]; functions are not read the same way everywhere",
                )
            elif plain[1] not in names:
                yield self.in_text(
                    found,
                    "component/unknown-input",
                    f"the component has no input {plain[1]!r}",
                    "Add it to the header, or correct the name",
                )


def read(name: str, path: str, text: str) -> Component:
    """Read a component.

    Args:
        name: What it is included by.
        path: Its file, for messages.
        text: The file's text.

    Raises:
        ContentError: It is no component: every reason.
    """
    split = _SEPARATOR.search(text, text.find("spec:"))
    if "spec:" not in text or not split:
        raise _wrong(
            path,
            1,
            "component/header",
            "this is no component: it has no header",
            "Begin with `spec:`, and end the header with a line `---`",
        )
    body, offset = text[split.end() :], text[: split.end()].count("\n")
    header = _yaml(path, text[: split.start()], 0)
    parsed = _yaml(path, body, offset)
    spec, problems = _spec(path, header)
    inputs = tuple(_inputs(path, header, spec.get("inputs"), problems))
    if not isinstance(parsed.data, dict):
        problems.append(_diagnostic(path, offset + 1, "component/jobs", "there are no jobs"))
    if problems:
        raise ContentError(tuple(problems))
    said = spec.get("description")
    description = said.strip() if isinstance(said, str) else ""
    return Component(name, path, description, inputs, body, offset, parsed)


def _yaml(path: str, text: str, offset: int) -> Parsed:
    try:
        parsed = parse(text)
    except YamlProblem as wrong:
        parsed = Parsed(None, {}, {}, (wrong,))
    if parsed.mistakes:
        raise ContentError(
            tuple(
                Diagnostic(
                    path, one.line + offset, one.column, "component/yaml", one.message, one.hint
                )
                for one in parsed.mistakes
            )
        )
    return parsed


def _spec(path: str, header: Parsed) -> tuple[dict[str, Any], list[Diagnostic]]:
    data = header.data if isinstance(header.data, dict) else {}
    spec = data.get("spec")
    if not isinstance(spec, dict):
        raise _wrong(path, 1, "component/header", "`spec` holds nothing", "Describe the component")
    problems = [
        _diagnostic(path, header.keys[(key,)][0], "component/header", f"{key!r} is beside `spec`")
        for key in data
        if key != "spec"
    ]
    problems += [
        _diagnostic(path, header.keys["spec", key][0], "component/header", f"`spec` has no {key!r}")
        for key in spec
        if key not in _HEADER_KEYS
    ]
    return spec, problems


def _inputs(
    path: str, header: Parsed, given: object, problems: list[Diagnostic]
) -> Iterator[Input]:
    """Yield the inputs, and note what is wrong with the others."""
    for name, facts in given.items() if isinstance(given, dict) else ():
        line = header.keys["spec", "inputs", name][0]
        found = _input(str(name), facts if isinstance(facts, dict) else {}, line)
        if isinstance(found, Input):
            yield found
        else:
            problems.append(_diagnostic(path, line, "component/input", found))


def _input(name: str, facts: Mapping[str, Any], line: int) -> Input | str:
    """Return an input, or what is wrong with it."""
    unknown = sorted(set(facts) - _INPUT_KEYS)
    if unknown:
        return f"an input has no {unknown[0]!r}: {name}"
    kind = facts.get("type", Kind.STRING)
    if kind not in list(Kind):
        return f"there is no type {kind!r}: {name}"
    options = facts.get("options", [])
    if not isinstance(options, list):
        return f"the options of {name} are no list"
    regex = str(facts.get("regex", ""))
    try:
        re.compile(regex)
    except re.error:
        return f"the regex of {name} cannot be read"
    found = Input(
        name,
        Kind(kind),
        str(facts.get("description", "")).strip(),
        facts.get("default"),
        tuple(options),
        regex,
        line,
    )
    refused = found.refuses(found.default) if found.default is not None else ""
    return f"the default of {name} cannot be given: {refused}" if refused else found


def _wrong(path: str, line: int, code: str, message: str, hint: str) -> ContentError:
    return ContentError((_diagnostic(path, line, code, message, hint),))


def _diagnostic(path: str, line: int, code: str, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(path, line, 1, code, message, hint)
