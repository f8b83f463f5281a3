"""Recorded drawings: the file that holds them, and that they are pictures and nothing else.

Whoever can change an essay can change its record as well, so nothing of it is believed: an SVG of
other elements or attributes than those below is refused.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from .diagrams import SAFE_ADDRESS
from .records import DamagedRecord

#: The language that is drawn by a command, and recorded.
LANGUAGE = "mermaid"
#: The version of Mermaid beside `blogtools.media.mermaid`, and of how we use it: a new number makes
#: every record stale, so it is for changes that show.
MERMAID, RECIPE = "11.17.2", 1

_VERSION = 1
# What each element may have, besides what all may.
_OWN = {
    "a": "href",
    "circle": "cx cy r",
    "ellipse": "cx cy rx ry",
    "g": "",
    "line": "x1 x2 y1 y2",
    "path": "d",
    "polygon": "points",
    "polyline": "points",
    "rect": "height rx ry width x y",
    "svg": "height viewBox width",
    "text": "dx dy x y",
    "tspan": "dx dy x y",
}
_ALL = """baseline-shift dominant-baseline fill fill-opacity font-size font-style font-weight
    opacity stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width
    text-anchor text-decoration transform"""
_ATTRIBUTES = {tag: frozenset(f"{own} {_ALL}".split()) for tag, own in _OWN.items()}
_TOKEN = re.compile(
    r"<(?P<tag>[a-z]+)(?P<given>(?: [a-zA-Z0-9-]+=\"[^\"<>]*\")*)(?P<empty>/?)>"
    r"|</(?P<closed>[a-z]+)>|(?P<text>[^<>]+)"
)
_GIVEN = re.compile(r" ([a-zA-Z0-9-]+)=\"([^\"]*)\"")
_VALUE = re.compile(r"(?!.*url)[-+.,()%# \w]*", re.ASCII | re.IGNORECASE)
_LINES = re.compile(r"(?<=>)(?=<(?!/|tspan))")


class Drawing(Struct, frozen=True, array_like=True):
    """A picture, as it is recorded: in colours for light pages.

    Attributes:
        svg: The picture.
        title: What it shows, in a few words, if its source says so.
        desc: The same at length.
    """

    svg: str
    title: str = ""
    desc: str = ""


class Wrong(Struct, frozen=True):
    """Why a diagram cannot be drawn.

    Attributes:
        message: In Mermaid's words.
        line: The line of the source, from 1; 0 if none is named.
    """

    message: str
    line: int = 0


def key(source: str) -> str:
    """Return what a drawing is found by: its source, Mermaid's version, and our recipe."""
    parts = (MERMAID, str(RECIPE), source)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


# -- the file --------------------------------------------------------------------------------


def dump(drawings: Mapping[str, Drawing]) -> str:
    """Return drawings by their keys as the file that holds them, one element a line."""
    body = {
        "version": _VERSION,
        "mermaid": MERMAID,
        "recipe": RECIPE,
        "drawings": {name: _dumped(one) for name, one in drawings.items()},
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _dumped(drawing: Drawing) -> dict[str, object]:
    words = {"title": drawing.title, "desc": drawing.desc}
    told = {name: text for name, text in words.items() if text}
    return {**told, "svg": _LINES.split(drawing.svg)}


def parse(data: bytes) -> Mapping[str, Drawing]:
    """Read the file.

    Raises:
        DamagedRecord: It is not as it was written, or holds more than pictures.
    """
    try:
        body = json.loads(data)
        if body["version"] != _VERSION:
            raise DamagedRecord("it is of another version of blogtools")
        return {str(name): _drawing(one) for name, one in body["drawings"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise DamagedRecord(str(wrong) or type(wrong).__name__) from None


def _drawing(body: Mapping[str, Any]) -> Drawing:
    svg = "".join(body["svg"])
    if wrong := flaw(svg):
        raise DamagedRecord(wrong)
    return Drawing(svg, str(body.get("title", "")), str(body.get("desc", "")))


# -- what a picture may hold -----------------------------------------------------------------


def flaw(svg: str) -> str:
    """Return why some SVG is more than a picture, or none at all; nothing for one that is fine."""
    opened: list[str] = []
    at = 0
    while token := _TOKEN.match(svg, at):
        if (at and not opened) or not (at or token["tag"] == "svg"):
            return "what it holds is no single picture"
        if wrong := _flaw_of(token, opened):
            return wrong
        at = token.end()
    return "" if svg and at == len(svg) and not opened else f"its SVG ends at character {at}"


def _flaw_of(token: re.Match[str], opened: list[str]) -> str:
    """Return what is wrong with a tag or a text, and note which elements are open."""
    if token["text"]:
        return ""
    if token["closed"]:
        same = bool(opened) and opened.pop() == token["closed"]
        return "" if same else "its elements overlap"
    tag = token["tag"]
    if tag not in _ATTRIBUTES or (tag == "svg" and opened):
        return f"<{tag}> has no place in it"
    if not token["empty"]:
        opened.append(tag)
    return _misfit(token)


def _misfit(token: re.Match[str]) -> str:
    """Return which attribute of a tag has no place there."""
    tag = token["tag"]
    given = _GIVEN.findall(token["given"])
    wrong = (f'{name}="{value}"' for name, value in given if not _fits(tag, name, value))
    return next((f"{one} has no place in it" for one in wrong), "")


def _fits(tag: str, name: str, value: str) -> bool:
    """Return whether an attribute is one that an element may have, and no more than it says."""
    form = SAFE_ADDRESS.match(html.unescape(value)) if name == "href" else _VALUE.fullmatch(value)
    return name in _ATTRIBUTES[tag] and form is not None


# -- where a mistake is ----------------------------------------------------------------------

_COMMENT = re.compile(r"\s*%%(?!\{)")
_DIRECTIVE = re.compile(r"\s*(?:%%\{.*\}%%\s*)?$")


def line_of(source: str, line: int) -> int:
    """Return the line of a source that Mermaid counts as another.

    It reads neither front matter nor comments, nor what is empty at the beginning.

    Args:
        source: The source.
        line: The line that Mermaid names, from 1; 0 if it names none.
    """
    read = _read(source.split("\n"))
    return read[min(line, len(read)) - 1] if line and read else 0


def _read(lines: list[str]) -> list[int]:
    first = 0
    if lines[0].strip() == "---":
        ends = (n for n, text in enumerate(lines[1:], start=2) if text.strip() == "---")
        first = next(ends, 0)
    kept = [n for n, text in _numbered(lines, first) if not _COMMENT.match(text)]
    while kept and _DIRECTIVE.match(lines[kept[0] - 1]):
        kept.pop(0)
    return kept


def _numbered(lines: list[str], first: int) -> Iterable[tuple[int, str]]:
    return list(enumerate(lines, start=1))[first:]
