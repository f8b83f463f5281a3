"""Jupyter notebooks as essays: their cells as Markdown, each line with its line of the file.

Results that are saved in a notebook are not looked at: `blogtools run` records what is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from blogtools.model.diagnostic import Diagnostic

SUFFIX = ".ipynb"

_SPACE = re.compile(r"[ \t\n]*")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|NaN|-?Infinity")
_WORDS = ("test", "hide", "setup", "no-run", "no-code")
#: What tags mean that other tools know.
_TAGS: Mapping[str, str] = {
    **{word: word for word in _WORDS},
    "remove-cell": "hide",
    "remove-input": "no-code",
    "hide-input": "no-code",
    "remove-output": "test",
    "hide-output": "test",
    "skip-execution": "no-run",
    "raises-exception": "raises=Exception",
}
_KEYS = ("raises", "caption", "alt")
_OURS = "blogtools"
_FRONT = re.compile(r"---[ \t]*(?:\n|\Z)")
_ATTACHMENT = re.compile(r"\]\(\s*<?attachment:|src=[\"']attachment:")
_TICKS = re.compile(r"`{3,}")


_Item = TypeVar("_Item")


class Notebook(Struct, frozen=True):
    """A notebook as an essay.

    Attributes:
        text: Front matter and Markdown.
        lines: The line of the file for each line of that.
        essay: Whether it begins with front matter; one that does not is a file like any other.
        diagnostics: Why it cannot be read; their lines are the file's own.
    """

    text: str = ""
    lines: tuple[int, ...] = ()
    essay: bool = True
    diagnostics: tuple[Diagnostic, ...] = ()


def read_notebook(text: str, path: str) -> Notebook:
    """Read a notebook.

    Args:
        text: The file.
        path: Its path, for diagnostics.
    """
    try:
        cells = _cells(_Reader(text).read())
    except _Damaged as wrong:
        line = text.count("\n", 0, wrong.place) + 1
        column = wrong.place - text.rfind("\n", 0, wrong.place)
        hint = "Save it again in the editor that wrote it, or take it from the repository"
        message = f"the notebook is damaged: {wrong}"
        found = Diagnostic(path, line, column, "notebook/damaged", message, hint)
        return Notebook(diagnostics=(found,))
    lines = list(_document(cells))
    essay = bool(cells) and cells[0].kind != "code" and bool(_FRONT.match(cells[0].text))
    return Notebook(
        "".join(f"{line}\n" for line, _ in lines),
        tuple(number for _, number in lines),
        essay,
        tuple(_attachments(cells, path)),
    )


def markdown(text: str) -> str:
    """Return a notebook as front matter and Markdown; nothing of one that cannot be read."""
    return read_notebook(text, "").text


def in_file(
    found: Iterable[Diagnostic], lines: Callable[[str], tuple[int, ...]]
) -> Iterator[Diagnostic]:
    """Yield diagnostics, those of notebooks at the lines of their files.

    Args:
        found: The diagnostics, at the lines of the Markdown that notebooks become.
        lines: Returns the line of the file for each line of that, by the notebook's path.
    """
    for one in found:
        if not one.path.endswith(SUFFIX) or one.code.startswith(("notebook/", "file/")):
            yield one
            continue
        known = lines(one.path)
        line = known[min(one.line, len(known)) - 1] if known else one.line
        yield replace(one, line=line, column=1)


# -- cells -----------------------------------------------------------------------------------


class _Line(Struct, frozen=True):
    """A string of the file, and the line on which it stands."""

    text: str
    line: int


class _Cell(Struct, frozen=True):
    """A cell: its kind, its lines, its tags and what its metadata say to us."""

    kind: str
    lines: tuple[_Line, ...]
    tags: tuple[str, ...]
    options: Mapping[str, str]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def _cells(book: object) -> tuple[_Cell, ...]:
    """Return the cells of a notebook.

    Raises:
        _Damaged: It is not what notebooks are since their fourth version.
    """
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise _Damaged("it has no cells", 0)
    return tuple(_cell(cell) for cell in cells if isinstance(cell, dict))


def _cell(cell: Mapping[str, object]) -> _Cell:
    source, metadata = cell.get("source"), _mapping(cell.get("metadata"))
    # One string may stand where there are several; of tags, that is not so.
    pieces = _strings(source) or _strings([source])
    given = {key: _text(value) for key, value in _mapping(metadata.get(_OURS)).items()}
    return _Cell(
        _text(cell.get("cell_type")) or "",
        tuple(_lines(pieces)),
        tuple(tag.text for tag in _strings(metadata.get("tags"))),
        {key: text for key, text in given.items() if key in _KEYS and text is not None},
    )


def _strings(value: object) -> list[_Line]:
    """Return the strings of a list; nothing of what is none, and nothing of other things in it."""
    return [one for one in value if isinstance(one, _Line)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    """Return the text of a string; None of anything else."""
    return value.text if isinstance(value, _Line) else None


def _mapping(value: object) -> Mapping[str, object]:
    """Return a value that has others by their names; an empty one for what has none."""
    return value if isinstance(value, dict) else {}


def _lines(pieces: Iterable[_Line]) -> Iterator[_Line]:
    """Yield the lines of a cell, however the strings of its source are cut."""
    held, begun = "", 0
    for piece in pieces:
        *whole, rest = piece.text.replace("\r\n", "\n").split("\n")
        for text in whole:
            yield _Line(held + text, begun or piece.line)
            held, begun = "", 0
        if rest:
            held, begun = held + rest, begun or piece.line
    if held:
        yield _Line(held, begun)


def _document(cells: tuple[_Cell, ...]) -> Iterator[tuple[str, int]]:
    """Yield the lines of an essay, each with the line of the file on which it stands."""
    for number, cell in enumerate(cells):
        if not cell.lines or (cell.kind not in ("markdown", "code") and number):
            continue
        last = cell.lines[-1].line
        if cell.kind == "code":
            fence = _fence(cell.text)
            yield f"{fence}python{_info(cell)}", cell.lines[0].line
            yield from ((line.text, line.line) for line in cell.lines)
            yield fence, last
        else:
            yield from ((line.text, line.line) for line in cell.lines)
        yield "", last


def _fence(code: str) -> str:
    return "`" * max((3, *(len(found) + 1 for found in _TICKS.findall(code))))


def _info(cell: _Cell) -> str:
    """Return what stands after the language of a cell."""
    words = [_TAGS[tag] for tag in cell.tags if tag in _TAGS]
    if "raises" in cell.options:
        words = [word for word in words if not word.startswith("raises=")]
    values = [f'{key}="{_quotable(value)}"' for key, value in cell.options.items()]
    return "".join(f" {word}" for word in dict.fromkeys([*words, *values]))


def _quotable(value: str) -> str:
    return " ".join(value.split()).replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")


def _attachments(cells: Iterable[_Cell], path: str) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each picture that is a part of the notebook."""
    for cell in cells:
        for line in cell.lines if cell.kind == "markdown" else ():
            if _ATTACHMENT.search(line.text):
                message = "a picture inside the notebook is not published"
                hint = "Put it beside the notebook as a file, and show that"
                yield Diagnostic(path, line.line, 1, "notebook/attachment", message, hint)


# -- JSON ------------------------------------------------------------------------------------


class _Damaged(Exception):
    """The file is no JSON, or no notebook."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


class _Reader:
    """Reads JSON whose strings know their lines, as the one of the standard library does not."""

    _DEEPEST = 100

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._line = 1
        self._counted = 0

    def read(self) -> object:
        """Return the value that the text is.

        Raises:
            _Damaged: It is none.
        """
        value = self._value(0)
        if self._next():
            raise self._damage("something stands after its end")
        return value

    def _value(self, depth: int) -> object:
        char = self._next()
        if depth > self._DEEPEST:
            raise self._damage("it is nested too deeply")
        if char == "{":
            pairs = self._items("}", lambda: self._pair(depth + 1))
            return {key.text: value for key, value in pairs}
        if char == "[":
            return list(self._items("]", lambda: self._value(depth + 1)))
        if char == '"':
            return self._string()
        match = _PLAIN.match(self._text, self._place)
        if match is None:
            raise self._damage("a value is missing" if char else "it breaks off")
        self._place = match.end()
        return match[0]

    def _items(self, closing: str, item: Callable[[], _Item]) -> Iterator[_Item]:
        """Yield what stands between two brackets."""
        self._place += 1
        if self._next() == closing:
            self._place += 1
            return
        while True:
            yield item()
            char = self._next()
            if char not in (",", closing):
                raise self._damage(
                    f"'{closing}' or a comma is missing" if char else "it breaks off"
                )
            self._place += 1
            if char == closing:
                return

    def _pair(self, depth: int) -> tuple[_Line, object]:
        if self._next() != '"':
            raise self._damage("a name is missing")
        name = self._string()
        if self._next() != ":":
            raise self._damage("a colon is missing")
        self._place += 1
        return name, self._value(depth)

    def _string(self) -> _Line:
        self._line += self._text.count("\n", self._counted, self._place)
        self._counted = self._place
        try:
            text, self._place = scanstring(self._text, self._place + 1)
        except json.JSONDecodeError as wrong:
            raise _Damaged("a string in it is not as strings are", wrong.pos) from None
        return _Line(text, self._line)

    def _next(self) -> str:
        """Return the next character that is no space; nothing at the end."""
        match = _SPACE.match(self._text, self._place)
        self._place = match.end() if match else self._place
        return self._text[self._place : self._place + 1]

    def _damage(self, message: str) -> _Damaged:
        return _Damaged(message, self._place)
