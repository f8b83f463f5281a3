"""Read what tools report: every wrong shape means that the gate is broken, never 0 findings."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

import msgspec

from blogtools.model.gate import Broken

_T = TypeVar("_T")


def json_as(shape: type[_T], data: bytes, whose: str) -> _T:
    """Return a JSON report in the shape that it must have.

    Args:
        shape: The shape: msgspec structs, lists, dicts and plain values.
        data: The report.
        whose: The tool, for the message.

    Raises:
        Broken: It is empty, is no JSON, or has another shape.
    """
    _must_say_something(data, whose)
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Broken(f"The report of {whose} cannot be read: {wrong}", _begins(data)) from wrong


def xml(data: bytes, whose: str) -> ElementTree.Element:
    """Return the root of an XML report.

    Args:
        data: The report.
        whose: The tool, for the message.

    Raises:
        Broken: It is empty, or is no XML.
    """
    _must_say_something(data, whose)
    try:
        # Written a moment ago by a tool that ran here; expat limits what entities grow to.
        return ElementTree.fromstring(data)  # noqa: S314
    except (ElementTree.ParseError, ValueError) as wrong:
        raise Broken(f"The report of {whose} cannot be read: {wrong}", _begins(data)) from wrong


def file(path: Path, whose: str) -> bytes:
    """Return a report that a tool was to write.

    Args:
        path: The file.
        whose: The tool, for the message.

    Raises:
        Broken: It is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Broken(f"{whose} wrote no report: {path.name} is not there") from None
    except OSError as refused:
        raise Broken(f"The report of {whose} cannot be read: {refused.strerror}") from refused


def _must_say_something(data: bytes, whose: str) -> None:
    if not data.strip():
        raise Broken(f"{whose} reported nothing at all, not even that there is nothing to report")


def _begins(data: bytes) -> str:
    first = data[:200].decode(errors="replace").strip().partition("\n")[0]
    return f"It begins: {first}"
