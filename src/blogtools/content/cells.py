"""The code cells of an essay: where they stand in its file, and what their authors want of them.

Fences are found as `pymdownx.superfences` finds them: the same fence closes a block, every line has
the indentation of the first, and what stands in comments or in indented code is none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, zip_longest

from msgspec import Struct
from msgspec.structs import replace

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.running import Cell, Mode, Statement, Written

_OPENS = re.compile(r"(?P<indent>[> \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$")
_WORD = re.compile(r"(?P<name>[#.]?[\w.+-]+)(?:=(?P<value>\"[^\"]*\"|'[^']*'|[^\s}]*))?|[^\s{}]+")
_SPAN = re.compile(r"(`+)[^\n]*?\1")
# What indented lines belong to, so that they are no code: a list, a note, a tab, a definition.
_HOLDER = re.compile(r"\s*(?:[-*+:]\s|\d+[.)]\s|!!!|\?\?\?|===|\[\^)")
_PYTHON = ("python", "py", "python3", "pycon")
_OUTPUT = ("text", "output")
_WORDS: Mapping[str, Mode] = {
    **{mode.value: mode for mode in Mode if mode is not Mode.SHOW},
    "setup": Mode.HIDE,
}
_KEYS = ("raises", "caption", "alt")
#: What Markdown knows itself, and is left where it stands.
_THEIRS = ("title", "hl_lines", "linenums")
_PROMPT = re.compile(r"\s*>>>(?: |$)")


class Cells(Struct, frozen=True):
    """The cells of an essay in their order, and what is wrong with them."""

    cells: tuple[Cell, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


class _Fence(Struct, frozen=True):
    """A fenced block: its lines as they stand in the file, counted from 1."""

    line: int
    end: int
    indent: str
    fence: str
    info: str
    text: str
    spoiled: bool = False

    @property
    def language(self) -> str:
        """Return the language, in lower case."""
        words = self.info.strip(" \t{}").split()
        return words[0].lstrip(".").lower() if words else ""

    @property
    def has_braces(self) -> bool:
        """Return whether what stands after the language is a list of Markdown's attributes."""
        return self.info.strip().startswith("{") or " {" in self.info

    def words(self) -> Iterator[_Word]:
        """Yield what stands after the language."""
        return map(_Word.of, islice(_WORD.finditer(self.info), 1, None))


class _Word(Struct, frozen=True):
    """A word after the language of a block, perhaps with a value.

    Attributes:
        text: The word as it stands there.
        name: Its name, without the dot of a class.
        value: What is given to it; None where nothing is.
    """

    text: str
    name: str
    value: str | None

    @classmethod
    def of(cls, found: re.Match[str]) -> _Word:
        """Return what was found as a word."""
        return cls(found[0], (found["name"] or found[0]).removeprefix("."), found["value"])

    @property
    def is_ours(self) -> bool:
        """Return whether it means something to us: some words need a value, others have none."""
        return self.name in (_WORDS if self.value is None else _KEYS)


def find_cells(body: str, first_line: int, path: str) -> Cells:
    """Find the code cells of an essay.

    Args:
        body: Its Markdown.
        first_line: The line of the file on which that begins.
        path: The file, for diagnostics.

    Returns:
        The cells, and a diagnostic for each that cannot be meant as it is written.
    """
    lines = body.split("\n")
    fences = list(_fences(lines, first_line))
    cells, found = [], []
    for fence, after in zip_longest(fences, fences[1:]):
        if fence.language not in _PYTHON:
            continue
        if not fence.end:
            found.append(_unclosed(fence, path))
            continue
        cell, wrong = _cell(fence, path)
        cells.append(replace(cell, written=_written(fence, after, lines, first_line)))
        found += wrong
    return Cells(tuple(cells), tuple(found))


def _fences(lines: Sequence[str], first_line: int) -> Iterator[_Fence]:
    """Yield every fenced block; one that is never closed ends nowhere."""
    scanner = _Scanner()
    number = 0
    while number < len(lines):
        opened = _OPENS.match(lines[number]) if scanner.may_open(lines[number]) else None
        if opened is None or ("`" in opened["info"] and "`" in opened["fence"]):
            if opened is not None and opened["fence"] not in opened["info"]:
                yield _spoiled(opened, first_line + number)
            scanner.pass_by(lines[number])
            number += 1
            continue
        end, closed = _end(lines, number, opened)
        inside = [_cut(line, opened["indent"]) for line in lines[number + 1 : end]]
        yield _Fence(
            line=first_line + number,
            end=first_line + end if closed else 0,
            indent=opened["indent"],
            fence=opened["fence"],
            info=opened["info"],
            text="\n".join(inside),
        )
        number = end + 1


def _spoiled(opened: re.Match[str], line: int) -> _Fence:
    """Return what was meant as a block: to Markdown, its first line is text, for it has a `."""
    return _Fence(line, 0, opened["indent"], opened["fence"], opened["info"], "", spoiled=True)


class _Scanner:
    """Knows, line after line, whether a fence may open here: not in comments or indented code."""

    def __init__(self) -> None:
        self._comment = False
        self._held = False

    def may_open(self, line: str) -> bool:
        return not self._comment and (self._held or not _is_indented(line))

    def pass_by(self, line: str) -> None:
        """Take note of a line that opens no fence."""
        plain = _SPAN.sub("", line)
        if self._comment:
            self._comment = "-->" not in plain
        else:
            self._comment = "<!--" in plain and "-->" not in plain.rpartition("<!--")[2]
        if line.strip() and not _is_indented(line):
            self._held = bool(_HOLDER.match(line))


def _is_indented(line: str) -> bool:
    return line.startswith(("    ", "\t"))


def _end(lines: Sequence[str], opening: int, opened: re.Match[str]) -> tuple[int, bool]:
    """Return the line that closes a fence, and that it does; or the one where it breaks off."""
    closing = re.compile(rf"{re.escape(opened['fence'])}[ \t]*$")
    width = len(opened["indent"].expandtabs(4))
    quoted = ">" in opened["indent"]
    for number in range(opening + 1, len(lines)):
        line = lines[number]
        content = _cut(line, opened["indent"])
        if closing.match(content):
            return number, True
        if line.strip("> \t") and not quoted and _margin(line) < width:
            return number, False
    return len(lines), False


def _margin(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def _cut(line: str, indent: str) -> str:
    """Return a line without the indentation of its block."""
    if line.startswith(indent):
        return line[len(indent) :]
    if ">" in indent:
        kept = indent.rstrip()
        return line[len(kept) :].removeprefix(" ") if line.startswith(kept) else line
    width = len(indent.expandtabs(4))
    expanded = line.expandtabs(4)
    return expanded[width:] if _margin(line) >= width else expanded.lstrip(" ")


# -- one cell --------------------------------------------------------------------------------


def _cell(fence: _Fence, path: str) -> tuple[Cell, list[Diagnostic]]:
    options, kept, wrong = _options(fence, path)
    modes = [_WORDS[word] for word in options if word in _WORDS]
    session = fence.language == "pycon" or bool(_PROMPT.match(fence.text.lstrip("\n")))
    cell = Cell(
        line=fence.line,
        end=fence.end,
        indent=fence.indent,
        head=_head(fence, kept),
        code=fence.text,
        mode=modes[0] if modes else Mode.SHOW,
        raises=options.get("raises", ""),
        caption=options.get("caption", ""),
        alt=options.get("alt", ""),
        statements=tuple(_statements(fence)) if session else (),
    )
    if len(set(modes)) > 1:
        message = f"'{modes[0]}' and '{modes[1]}' cannot both be done with this block"
        wrong.append(_diagnostic(fence, path, "run/option", message, "Leave one of them out"))
    return cell, wrong


def _options(fence: _Fence, path: str) -> tuple[dict[str, str], list[str], list[Diagnostic]]:
    """Return the words that mean something to us, those that are Markdown's, and what is wrong."""
    ours: dict[str, str] = {}
    kept: list[str] = []
    wrong: list[Diagnostic] = []
    for word in fence.words():
        if word.is_ours:
            ours[word.name] = _unquoted(word.value or "")
        elif fence.has_braces or word.name in _THEIRS:
            kept.append(word.text)
        else:
            wrong.append(_unknown(fence, path, word))
    return ours, kept, wrong


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] in ("'", '"') else value


def _unknown(fence: _Fence, path: str, word: _Word) -> Diagnostic:
    known = (*_WORDS, *_KEYS, *_THEIRS)
    near = difflib.get_close_matches(word.name.lower(), known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known are {', '.join(known)}"
    if word.name in _KEYS:
        hint = f'Write {word.name}="..."'
    message = f"'{word.text}' means nothing after the language of a block that runs"
    return _diagnostic(fence, path, "run/option", message, hint)


def _head(fence: _Fence, kept: Sequence[str]) -> str:
    """Return the opening fence as Markdown is to see it."""
    language = fence.info.strip(" \t{}").split()[0].lstrip(".")
    if not kept:
        return f"{fence.fence}{language}"
    if "{" in fence.info:
        return f"{fence.fence}{{ .{language} {' '.join(kept)} }}"
    return f"{fence.fence}{language} {' '.join(kept)}"


def _written(
    fence: _Fence, after: _Fence | None, lines: Sequence[str], first_line: int
) -> Written | None:
    """Return the output that stands below a cell: nothing but empty lines may be between them."""
    if after is None or not after.end or after.language not in _OUTPUT:
        return None
    between = lines[fence.end - first_line + 1 : after.line - first_line]
    if any(line.strip("> \t") for line in between) or after.indent != fence.indent:
        return None
    head = f"{after.fence}{after.info.strip()}".replace("output", "text", 1)
    return Written(after.line, after.end, after.text, head)


def _statements(fence: _Fence) -> Iterator[Statement]:
    """Yield the statements of a console session."""
    lines = fence.text.split("\n")
    number = 0
    while number < len(lines):
        if not _PROMPT.match(lines[number]):
            number += 1
            continue
        begin, margin = number, len(lines[number]) - len(lines[number].lstrip())
        code = [lines[number][margin + 4 :]]
        number += 1
        while number < len(lines) and lines[number][margin:].startswith("..."):
            code.append(lines[number][margin + 4 :])
            number += 1
        below = number
        while number < len(lines) and lines[number].strip() and not _PROMPT.match(lines[number]):
            number += 1
        written = "\n".join(line[margin:] for line in lines[below:number])
        yield Statement(fence.line + 1 + begin, "\n".join(code), written)


def _unclosed(fence: _Fence, path: str) -> Diagnostic:
    if fence.spoiled:
        message = "no block of code begins here, since its first line has a backtick in it"
        return _diagnostic(
            fence, path, "run/backtick", message, "Write the words without backticks"
        )
    message = "this block of code is never closed, or a line in it is indented less than its fence"
    hint = f"Close it with {fence.fence} below the same indentation"
    return _diagnostic(fence, path, "run/unclosed", message, hint)


def _diagnostic(fence: _Fence, path: str, code: str, message: str, hint: str) -> Diagnostic:
    column = len(fence.indent) + 1
    return Diagnostic(path, fence.line, column, code, message, hint)
