"""Diagrams by Graphviz, as WebAssembly: the same bytes on every machine, nothing to install."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from . import scripts

#: The version of Graphviz, and of what makes it WebAssembly, beside this file.
VERSION = "16.1.0, viz-js 3.31.0"
_LINE = re.compile(r"\bline (\d+)\b")
# That letters are measured by those of another font shows in the picture, if it shows at all.
_UNIMPORTANT = ("no value for width of", "no hard-coded metrics")


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What Graphviz says of a diagram.

    Attributes:
        message: In its words.
        line: The line of the diagram, from 1; 0 if it names none.
        fatal: Whether nothing could be drawn.
    """

    message: str
    line: int
    fatal: bool


class Graph(msgspec.Struct, frozen=True, array_like=True):
    """What became of a diagram: SVG, or nothing, and what was said of it."""

    svg: str
    said: tuple[Said, ...] = ()


def draw(sources: Sequence[str], engine: str) -> list[Graph]:
    """Draw some diagrams.

    Raises:
        ScriptsFailed: Graphviz cannot be run.
    """
    jobs = [{"source": source, "engine": engine} for source in sources]
    return [_graph(answer) for answer in scripts.ask("viz", jobs)]


def _graph(answer: Mapping[str, Any]) -> Graph:
    if "error" in answer:
        return Graph("", (Said(str(answer["error"]), 0, True),))
    failed = answer["status"] != "success"
    return Graph(str(answer.get("output") or ""), tuple(_said(answer["errors"], failed)))


def _said(errors: Sequence[Mapping[str, str]], failed: bool) -> Iterator[Said]:
    for one in errors:
        message = one["message"].strip().removeprefix("Warning: ").rstrip(".")
        if not any(unimportant in message for unimportant in _UNIMPORTANT):
            line = _LINE.search(message)
            yield Said(message, int(line[1]) if line else 0, failed)
