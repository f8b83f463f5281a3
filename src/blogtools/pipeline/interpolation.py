"""Inputs filled in, in both orders: GitLab fills in text and then reads it, others reverse it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from blogtools.content.yaml import YamlProblem, parse
from blogtools.pipeline.component import PLACEHOLDER, Component, Value


def text_first(component: Component, values: Mapping[str, Value]) -> Any:  # noqa: ANN401
    """Return the body as GitLab reads it: filled in as text, then read as YAML.

    Args:
        component: The component.
        values: What its inputs hold.

    Raises:
        YamlProblem: The filled in text is no YAML.
    """
    return parse(PLACEHOLDER.sub(lambda found: _written(values[found[1]]), component.body)).data


def yaml_first(component: Component, values: Mapping[str, Value]) -> Any:  # noqa: ANN401
    """Return the body as other readers take it: read as YAML, then filled in value by value.

    Args:
        component: The component.
        values: What its inputs hold.
    """
    return _filled(component.parsed.data, values)


def _filled(data: Any, values: Mapping[str, Value]) -> Any:  # noqa: ANN401
    if isinstance(data, dict):
        return {str(_filled(key, values)): _filled(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(one, values) for one in data]
    if not isinstance(data, str):
        return data
    whole = PLACEHOLDER.fullmatch(data)
    if whole:
        return values[whole[1]]
    return PLACEHOLDER.sub(lambda found: _written(values[found[1]]), data)


def _written(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def disagreement(
    component: Component, values: Mapping[str, Value]
) -> tuple[tuple[str | int, ...], str] | None:
    """Return where the two readings differ, and how; None where they do not.

    Args:
        component: The component.
        values: What its inputs hold.
    """
    after = yaml_first(component, values)
    try:
        before = text_first(component, values)
    except YamlProblem as wrong:
        return _place(component, wrong.line), f"GitLab cannot read it: {wrong.message}"
    return _difference(component.parsed.data, before, after, values, ())


def _place(component: Component, line: int) -> tuple[str | int, ...]:
    """Return the deepest value that begins at or before a line."""
    begun = [(place, path) for path, place in component.parsed.values.items() if place[0] <= line]
    return max(begun, default=((1, 1), ()))[1]


def _difference(
    raw: Any,  # noqa: ANN401
    before: Any,  # noqa: ANN401
    after: Any,  # noqa: ANN401
    values: Mapping[str, Value],
    path: tuple[str | int, ...],
) -> tuple[tuple[str | int, ...], str] | None:
    """Compare two readings; `raw`, with its placeholders, tells where it stands in the file."""
    for step, inner, one, other in _pairs(raw, before, after, values):
        found = _difference(inner, one, other, values, (*path, step))
        if found:
            return found
    if type(before) is type(after) and before == after:
        return None
    return path, f"GitLab reads {_short(before)}, others read {_short(after)}"


def _pairs(
    raw: Any,  # noqa: ANN401
    before: Any,  # noqa: ANN401
    after: Any,  # noqa: ANN401
    values: Mapping[str, Value],
) -> Iterator[tuple[str | int, Any, Any, Any]]:
    """Yield what is in two readings of a mapping or a list, where they can be compared at all."""
    if isinstance(raw, dict) and isinstance(before, dict):
        names = {key: str(_filled(key, values)) for key in raw}
        if set(before) == set(names.values()):
            yield from ((key, raw[key], before[name], after[name]) for key, name in names.items())
    elif isinstance(raw, list) and isinstance(before, list) and len(raw) == len(before):
        for step, three in enumerate(zip(raw, before, after, strict=True)):
            yield (step, *three)


def _short(value: Any) -> str:  # noqa: ANN401
    shown = re.sub(r"\s+", " ", json.dumps(value, ensure_ascii=False, default=str))
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
