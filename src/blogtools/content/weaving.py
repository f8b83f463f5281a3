"""An essay with its results: recorded outputs and figures below the code that they came from."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Sequence

from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.model.running import Cell, Figure, Mode, Record, Result, Statement, Written

from .characters import CONTROL
from .comparing import difference
from .records import ran

_FENCES = re.compile(r"^[ \t>]*(`{3,})", re.MULTILINE)


def weave(
    body: str,
    first_line: int,
    cells: Sequence[Cell],
    record: Record | None,
    folder: str,
    *,
    snippets: bool = False,
) -> str:
    """Return an essay's Markdown with what came of its code, and without our words in its fences.

    Args:
        body: Its Markdown.
        first_line: The line of the file on which that begins.
        cells: Its code.
        record: What came of that, one result for each cell that is run; None if nobody knows.
        folder: Where its figures lie, relative to the essay.
        snippets: Whether lines that look as `pymdownx.snippets` has them include files: those
            that code printed must not.
    """
    known = record.cells if record else ()
    results = dict(zip([cell.line for cell in ran(cells)], known, strict=record is not None))
    lines = body.split("\n")
    for cell in reversed(cells):
        result = results.get(cell.line)
        if cell.written is not None:
            opening = cell.written.line - first_line
            lines[opening] = f"{cell.indent}{cell.written.head}"
        begin, end = cell.line - first_line, cell.end - first_line
        below = _below(cell, result, folder)
        lines[begin : end + 1] = [
            *_code(cell, lines[begin : end + 1]),
            *(map(_excluded, below) if snippets else below),
        ]
    return "\n".join(lines)


def _code(cell: Cell, lines: Sequence[str]) -> Iterator[str]:
    if cell.mode.shows_code:
        yield f"{cell.indent}{cell.head}"
        yield from lines[1:]
    else:
        yield cell.indent.rstrip()


def _below(cell: Cell, result: Result | None, folder: str) -> Iterator[str]:
    """Yield what is shown below a cell, unless the author wrote it."""
    if result is None or not cell.mode.shows_results:
        return
    empty = cell.indent.rstrip()
    if cell.written is None and not cell.statements:
        for block in _blocks(result):
            yield empty
            yield from (f"{cell.indent}{line}".rstrip() for line in block)
    for figure in result.figures:
        yield from (empty, f"{cell.indent}{_figure(cell, figure, folder)}", empty)


def _excluded(line: str) -> str:
    """Return a line so that `pymdownx.snippets` makes of it what it was, and includes nothing."""
    from pymdownx.snippets import SnippetPreprocessor  # few blogs have it

    for form in (SnippetPreprocessor.RE_ALL_SNIPPETS, SnippetPreprocessor.RE_SNIPPET_SECTION):
        if found := form.match(line):
            at = found.start("escape")
            return f"{line[:at]};{line[at:]}"
    return line


def _blocks(result: Result) -> Iterator[list[str]]:
    output = visible("\n".join(result.outputs))
    if output.strip():
        fence = _fence(output)
        yield [f"{fence}text", *output.split("\n"), fence]
    if result.table:
        yield [result.table, ""]


def _fence(output: str) -> str:
    """Return a fence that no line of an output closes."""
    longest = max((len(found) for found in _FENCES.findall(output)), default=0)
    return "`" * max(3, longest + 1)


def visible(text: str) -> str:
    """Return a text without characters that cannot stand in a page."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _figure(cell: Cell, figure: Figure, folder: str) -> str:
    """Return the HTML of a figure: Material shows the picture that goes with its colours."""
    alt = html.escape(cell.alt or cell.caption)
    pictures = "".join(
        f'<img src="{html.escape(posixpath.join(folder, name))}#only-{kind}" alt="{alt}">'
        for name, kind in ((figure.light, "light"), (figure.dark, "dark"))
    )
    caption = html.escape(cell.caption, quote=False)
    if cell.indent.strip() or len(cell.indent) > 3:
        # Markdown takes no block of HTML inside a list or a note.
        below = f"<br><small>{caption}</small>" if caption else ""
        return f'<span class="bt-figure">{pictures}{below}</span>'
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="bt-figure">{pictures}{below}</figure>'


# -- what is wrong ---------------------------------------------------------------------------


def unexpected(
    path: str, cells: Sequence[Cell], results: Sequence[Result], tolerance: float
) -> Iterator[Diagnostic]:
    """Yield a diagnostic wherever the author wrote another output than there is.

    Args:
        path: The essay's file.
        cells: The code that was run.
        results: What came of it, perhaps of the first cells alone.
        tolerance: By how much two floats may differ, relative to their size.
    """
    for cell, result in zip(cells, results, strict=False):
        pairs = zip(cell.statements, result.outputs, strict=False)
        for statement, output in pairs:
            yield from _below_statement(path, statement, output, tolerance)
        if cell.written is not None:
            yield from _below_cell(path, cell.written, result.text, tolerance)


def _below_cell(path: str, written: Written, output: str, tolerance: float) -> Iterator[Diagnostic]:
    if found := difference(written.text, visible(output), tolerance):
        line = min(written.line + 1 + found.line, written.end)
        hint = "Mend the code or what is written here, or delete this block to show what is printed"
        yield Diagnostic(path, line, 1, "run/output", str(found), hint)


def _below_statement(
    path: str, statement: Statement, output: str, tolerance: float
) -> Iterator[Diagnostic]:
    if found := difference(statement.written, visible(output), tolerance):
        written = statement.written.count("\n") + 1 if statement.written else 0
        line = statement.below + min(found.line, written - 1) if written else statement.line
        hint = "Mend the code or what is written here"
        yield Diagnostic(path, line, 1, "run/output", str(found), hint)


def nameless_figures(
    path: str, cells: Sequence[Cell], results: Sequence[Result]
) -> Iterator[Diagnostic]:
    """Yield a warning for each cell whose figures nobody can read who does not see them."""
    for cell, result in zip(cells, results, strict=True):
        if result.figures and cell.mode is not Mode.HIDE and not (cell.alt or cell.caption):
            message = "nothing stands in for the figure that this code draws"
            hint = 'Say what it shows, after the language: alt="..." or caption="..."'
            column = len(cell.indent) + 1
            yield Diagnostic(path, cell.line, column, "run/no-alt", message, hint, Severity.WARNING)
