"""The verb ``drift``: essays against the newest versions of what they were written for.

No essay is changed. With a trial its code is run as well, in an environment of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from blogtools.build.outputs import replace_file
from blogtools.content.cells import find_cells
from blogtools.content.drifting import dump
from blogtools.content.records import ran
from blogtools.model.companion import Package
from blogtools.model.diagnostic import Diagnostic, UsageError, errors
from blogtools.model.document import Document
from blogtools.model.drift import (
    RECORD,
    Code,
    CodeFinding,
    CodeVerdict,
    Compared,
    Standing,
)
from blogtools.model.site import Post

from .blog import Edition
from .ports import Progress, silent
from .reading import in_files
from .results import folder_of
from .run import Came, Report, meant
from .standing import is_older, pins, standing

#: Runs an essay's code with other versions of its companions; see `blogtools.app.run.trial`.
Trial = Callable[[Document, Mapping[str, str]], Report]

_CAME = {Came.SAME: Code.SAME, Came.DIFFERS: Code.DIFFERS, Came.FAILED: Code.FAILED}
#: What keeps code from being run, and says nothing of the code.
_PREVENTED = ("run/environment", "run/data")
_UNKNOWN = "drift/unknown"
_JSON = 1


class Drift(Struct, frozen=True):
    """What is told of an essay.

    Attributes:
        path: The essay.
        standing: How it stands; None where it names no version that is older than the newest.
        findings: Everything that drifted, each at its line.
        same: The packages that it names in their newest version, or in one that has no number.
        errors: What is wrong with it already, whatever the newest versions are.
    """

    path: str
    standing: Standing | None
    findings: tuple[Diagnostic, ...] = ()
    same: tuple[Compared, ...] = ()
    errors: tuple[Diagnostic, ...] = ()

    @property
    def holds(self) -> bool:
        """Return whether nothing drifted, as far as that is known, and nothing kept it unknown."""
        return not self.findings and not self.errors

    @property
    def code(self) -> Code:
        """Return what is known of its code."""
        return self.standing.ran.code if self.standing else Code.NONE

    @property
    def drifted(self) -> bool:
        """Return whether something is known to have drifted."""
        return any(one.code not in (*_PREVENTED, _UNKNOWN) for one in self.findings)


def drift(
    edition: Edition,
    names: Sequence[str],
    trial: Trial | None = None,
    wrong: Iterable[Diagnostic] = (),
    *,
    update: bool = False,
    progress: Progress = silent,
) -> tuple[Drift, ...]:
    """Compare essays with the newest versions of the companions that they name.

    Args:
        edition: The site, its drafts among it.
        names: The essays by their files, folders or slugs; nothing for all that name versions.
        trial: Runs code; None to run none, and to believe what is recorded of this very code.
        wrong: The errors of essays. One that has any is compared as far as it can be read; its
            code is not run, and nothing is recorded of it.
        update: Whether to record what came of it, for builds to show.
        progress: Is told how far it is.

    Raises:
        UsageError: There is no such essay, or it names no version.
    """
    chosen = _chosen(edition, names)
    found: list[Drift] = []
    for number, post in enumerate(chosen):
        progress(f"Comparing {post.path}", number, len(chosen))
        errors = tuple(error for error in wrong if error.path == post.path)
        one = replace(_judged(edition, post, None if errors else trial), errors=errors)
        if update and not errors:
            _record(edition, post, one.standing)
        found.append(one)
    return tuple(found)


def _chosen(edition: Edition, names: Sequence[str]) -> tuple[Post, ...]:
    posts = edition.index.by_path
    naming = {path for path, post in posts.items() if post.entry.document.front.companions}
    if not names:
        return tuple(posts[path] for path in sorted(naming))
    paths = meant(edition.project, names, (post.entry for post in posts.values()))
    for path in paths:
        if path not in naming:
            way = "write 'companions: {package: version}' into its front matter"
            raise UsageError(f"{path} names no versions; {way}")
    return tuple(posts[path] for path in paths)


def _judged(edition: Edition, post: Post, trial: Trial | None) -> Drift:
    same = tuple(_undoubted(post.entry.document, edition.addresses.packages))
    found = standing(edition, post, places=True)
    if found is None:
        return Drift(post.path, None, (), same)
    starts = _starts(edition, post.entry.document)
    prevented: tuple[Diagnostic, ...] = ()
    if trial is not None and starts and post.entry.document.front.run is not None:
        report = trial(post.entry.document, {one.package: one.newest for one in found.compared})
        prevented = _prevented(report)
        found = replace(found, ran=_verdict(report, starts))
    wrong = in_files(edition.project, _symbols(post.path, found))
    wrong = tuple(sorted({*wrong, *_code(post.path, found, starts), *prevented}))
    return Drift(post.path, found, wrong, same)


def _undoubted(document: Document, packages: tuple[Package, ...]) -> Iterator[Compared]:
    """Yield the packages of which no version is newer than the one that an essay names."""
    for pinned, newest in pins(document, packages):
        if not is_older(pinned, newest):
            yield Compared(pinned.name, pinned.version, newest.version)


def _starts(edition: Edition, document: Document) -> tuple[int, ...]:
    """Return the line of the file on which each block begins that is run."""
    path = document.source.path
    cells = find_cells(document.body, document.body_line, path).cells
    marks = [Diagnostic(path, cell.line, 1, "drift", "") for cell in ran(cells)]
    return tuple(mark.line for mark in in_files(edition.project, marks))


def _prevented(report: Report) -> tuple[Diagnostic, ...]:
    """Return what kept code from being run."""
    return tuple(one for one in report.diagnostics if one.code in _PREVENTED)


def _verdict(report: Report, starts: Sequence[int]) -> CodeVerdict:
    """Return what came of code, each finding at its block: an edit of the text moves no block."""
    if _prevented(report):
        return CodeVerdict(Code.NOT_RUN)
    findings = []
    for one in errors(report.diagnostics):
        cell = max(sum(start <= one.line for start in starts) - 1, 0)
        findings.append(CodeFinding(cell, one.line - starts[cell], one.column, one.message))
    return CodeVerdict(_CAME.get(report.came, Code.SAME), tuple(findings))


def _symbols(path: str, found: Standing) -> Iterator[Diagnostic]:
    """Yield a finding for each place where a name stands that is not as it was."""
    for compared in found.compared:
        label = f"{compared.package} {compared.newest}"
        for one in compared.drifted:
            message = f"in {label}, {one.symbol} {one.said}"
            yield Diagnostic(path, one.line, one.column, f"drift/{one.verdict}", message)
        if not compared.known:
            message = f"{label} cannot be compared with {compared.pinned}: one cannot be read"
            yield Diagnostic(path, 1, 1, _UNKNOWN, message)


def _code(path: str, found: Standing, starts: Sequence[int]) -> Iterator[Diagnostic]:
    """Yield a finding for each block that does not do with the newest versions what it did."""
    labels = ", ".join(f"{one.package} {one.newest}" for one in found.compared)
    code = "drift/fails" if found.ran.code is Code.FAILED else "drift/differs"
    for one in found.ran.findings:
        line = (starts[one.cell] if one.cell < len(starts) else 1) + one.offset
        yield Diagnostic(path, line, one.column, code, f"with {labels}: {one.message}")


def _record(edition: Edition, post: Post, found: Standing | None) -> None:
    """Write what came of an essay; take away a record of versions that it names no more."""
    folder = edition.project.root / folder_of(edition.project, post.entry.document)
    file = folder / RECORD
    if found is None:
        file.unlink(missing_ok=True)
        return
    data = dump(found).encode()
    if not file.is_file() or file.read_bytes() != data:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(file, data)


# -- told --------------------------------------------------------------------------------------

HEADS = ("essay", "package", "pinned", "newest", "what")
#: What is counted in the summary, in its order.
_COUNTED: Mapping[str, Callable[[Drift], bool]] = {
    "drifted": lambda one: one.drifted,
    "with errors": lambda one: bool(one.errors),
    "cannot be told": lambda one: bool(one.findings) and not one.drifted,
}


def rows(found: Sequence[Drift]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table for people: one for each package of each essay."""
    for one in found:
        for compared in one.standing.compared if one.standing else ():
            what = "; ".join(_what(compared, one.code))
            yield one.path, compared.package, compared.pinned, compared.newest, what
        for same in one.same:
            newest = same.pinned == same.newest
            what = "the newest" if newest else "not compared"
            yield one.path, same.package, same.pinned, same.newest, what
        if one.errors:
            noun = "error" if len(one.errors) == 1 else "errors"
            yield one.path, "-", "-", "-", f"{len(one.errors)} {noun}"


def _what(compared: Compared, code: Code) -> Iterator[str]:
    if not compared.known:
        yield "cannot be compared"
    elif not compared.drifted:
        noun = "name" if compared.names == 1 else "names"
        yield f"{compared.names} {noun} as before"
    else:
        verdicts = {one.symbol: str(one.verdict) for one in compared.drifted}
        kinds = ("gone", "renamed", "changed", "deprecated")
        counts = [(list(verdicts.values()).count(kind), kind) for kind in kinds]
        yield ", ".join(f"{count} {kind}" for count, kind in counts if count)
    if code is not Code.NONE:
        yield f"code: {code}"


def summary(found: Sequence[Drift]) -> str:
    """Return in a line what became of all essays."""
    if not found:
        return "No essay names versions: 'companions' in its front matter does that."
    silent_code = sum(one.code is Code.NOT_RUN for one in found)
    counts = [(sum(map(is_so, found)), words) for words, is_so in _COUNTED.items()]
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    said = said or ("nothing drifted" if silent_code else "all hold")
    said += f"; the code of {silent_code} was not run" if silent_code else ""
    return f"Compared {len(found)} essay{'' if len(found) == 1 else 's'}: {said}."


def as_json(found: Sequence[Drift]) -> str:
    """Return all of it for programs."""
    body = {"version": _JSON, "essays": [_fields(one) for one in found]}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _fields(one: Drift) -> dict[str, object]:
    compared = one.standing.compared if one.standing else ()
    return {
        "path": one.path,
        "holds": one.holds,
        "code": str(one.standing.ran.code) if one.standing else None,
        "companions": [_package(each) for each in (*compared, *one.same)],
        "findings": list(map(_finding, one.findings)),
        "errors": list(map(_finding, one.errors)),
    }


def _finding(one: Diagnostic) -> dict[str, object]:
    return {"line": one.line, "column": one.column, "code": one.code, "message": one.message}


def _package(one: Compared) -> dict[str, object]:
    symbols = {d.symbol: {"verdict": str(d.verdict), "said": d.said} for d in one.drifted}
    return {
        "package": one.package,
        "pinned": one.pinned,
        "newest": one.newest,
        "symbols": dict(sorted(symbols.items())),
    }
