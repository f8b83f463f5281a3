"""The recorded results of an essay's code: the file that holds them, and if they still count."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blogtools.model.document import FrontMatter
from blogtools.model.running import RUNNER, Cell, Figure, Mode, Record, Result

#: The form of the file.
_VERSION = 1


class DamagedRecord(Exception):
    """The file is none that was written here."""


def results_folder(path: str, posts_dir: str) -> str:
    """Return the folder of an essay's results: inside its own, or beside its file.

    Args:
        path: The essay's file, relative to the project.
        posts_dir: The folder of all essays, likewise.
    """
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    return f"{folder}/run" if stem == "index" and folder != posts_dir else f"{folder}/{stem}.run"


def requirements(front: FrontMatter) -> tuple[str, ...]:
    """Return what an essay asks to be installed: its pinned companions, and further packages."""
    pinned = (f"{name}=={version}" for name, version in front.companions.items())
    return tuple(sorted({*pinned, *(front.run.packages if front.run else ())}))


def ran(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells that are run."""
    return tuple(cell for cell in cells if cell.mode is not Mode.SKIP)


# -- whether they count ----------------------------------------------------------------------


def outdated(
    record: Record, cells: Sequence[Cell], front: FrontMatter, lock: str, data: Mapping[str, str]
) -> tuple[int, str]:
    """Return where results stop being those of an essay, and of what they are; (0, "") for nowhere.

    Args:
        record: The results.
        cells: The essay's code.
        front: Its front matter.
        lock: The sha256 of the requirements with their hashes, as they lie beside it.
        data: The sha256 of each file that its code may read.

    Returns:
        The line of the first cell that differs (0 if it is none of them), and what differs.
    """
    wanted = ran(cells)
    for cell, result in zip(wanted, record.cells, strict=False):
        if cell.digest != result.digest:
            return cell.line, "other code"
    if len(wanted) != len(record.cells):
        more = wanted[len(record.cells) :] or wanted[-1:]
        return (more[0].line if more else 0), "other code"
    return 0, next(_surroundings(record, front, lock, data), "")


def _surroundings(
    record: Record, front: FrontMatter, lock: str, data: Mapping[str, str]
) -> Iterator[str]:
    options = front.run
    if record.requirements != requirements(front) or record.lock != lock:
        yield "other packages"
    if options is not None and options.python not in ("", record.python):
        yield "another Python"
    if dict(record.data) != dict(data):
        yield "other data"
    if options is not None and options.network != record.network:
        yield "another access to the network"
    if record.runner != RUNNER:
        yield "another version of blogtools"


# -- the file --------------------------------------------------------------------------------


def dump(record: Record) -> str:
    """Return results as the file that holds them, in a stable order and one fact a line."""
    body = {
        "version": _VERSION,
        "key": record.key,
        "runner": record.runner,
        "python": record.python,
        "requirements": list(record.requirements),
        "lock": record.lock,
        "network": record.network,
        "data": dict(sorted(record.data.items())),
        "cells": [_dumped(result) for result in record.cells],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _dumped(result: Result) -> dict[str, object]:
    body: dict[str, object] = {
        "digest": result.digest,
        "outputs": [output.split("\n") if output else [] for output in result.outputs],
    }
    if result.table:
        body["value"] = result.value.split("\n")
        body["table"] = result.table
    if result.figures:
        body["figures"] = [
            {
                "light": figure.light,
                "light_sha256": figure.light_sha256,
                "dark": figure.dark,
                "dark_sha256": figure.dark_sha256,
            }
            for figure in result.figures
        ]
    return body


def parse(data: bytes) -> Record:
    """Read the file.

    Raises:
        DamagedRecord: It is not as it was written.
    """
    try:
        body = json.loads(data)
        record = _record(body)
        written = (body["version"], body["key"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise DamagedRecord(str(wrong) or type(wrong).__name__) from None
    if written != (_VERSION, record.key):
        raise DamagedRecord("its key is not that of its content")
    return record


def _record(body: Mapping[str, Any]) -> Record:
    return Record(
        python=_text(body["python"]),
        requirements=tuple(map(_text, body["requirements"])),
        lock=_text(body["lock"]),
        network=body["network"] is True,
        data={_text(name): _text(digest) for name, digest in body["data"].items()},
        cells=tuple(map(_result, body["cells"])),
        runner=int(body["runner"]),
    )


def _result(body: Mapping[str, Any]) -> Result:
    return Result(
        _text(body["digest"]),
        tuple("\n".join(map(_text, lines)) for lines in body["outputs"]),
        "\n".join(map(_text, body.get("value", ()))),
        _text(body.get("table", "")),
        tuple(map(_figure, body.get("figures", ()))),
    )


def _figure(body: Mapping[str, Any]) -> Figure:
    light, dark = _text(body["light"]), _text(body["dark"])
    if posixpath.basename(light) != light or posixpath.basename(dark) != dark:
        raise ValueError("a figure lies elsewhere")
    return Figure(light, dark, _text(body["light_sha256"]), _text(body["dark_sha256"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
