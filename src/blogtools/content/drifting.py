"""What became of the names that an essay uses, in words, and the file that keeps a verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from blogtools.model.changes import Changes, Fate, verdict
from blogtools.model.drift import Code, CodeFinding, CodeVerdict, Compared, Drifted, Standing

from .signatures import alike, reshaped

#: The form of the file.
_VERSION = 1


def drifted(symbol: str, changes: Changes) -> Drifted | None:
    """Return what became of a name, or None if it is as it was.

    Args:
        symbol: The name, which may be that of a re-export.
        changes: What changed.
    """
    fate = changes.fate(symbol)
    said = "; ".join(_said(fate))
    return Drifted(symbol, verdict(fate), said) if said else None


def _said(fate: Fate) -> Iterator[str]:
    """Yield what there is to say of a name, the worst first."""
    exactly = [*_gone(fate), *_defaults(fate), *_reshaped(fate)]
    yield from exactly or _broken(fate)
    yield from _deprecated(fate)


def _gone(fate: Fate) -> Iterator[str]:
    if fate.gone:
        yield f"is probably called {fate.renamed} now" if fate.renamed else "is gone"


def _defaults(fate: Fate) -> Iterator[str]:
    for one in fate.defaults:
        yield f"has {one.after} instead of {one.before} as the default of {one.parameter}"


def _reshaped(fate: Fate) -> Iterator[str]:
    """Yield in what a signature differs, but for the defaults, which are told already."""
    if fate.signature is None or fate.gone:
        return
    expected = fate.signature.before
    for one in fate.defaults:
        expected = expected.replace(f"= {one.before}", f"= {one.after}")
    if expected != fate.signature.after:
        yield from reshaped(expected, fate.signature.after)


def _broken(fate: Fate) -> Iterator[str]:
    """Yield the first thing that breaks code; to write a type in another way does not."""
    broken = (one for one in fate.breaking if not alike(one.old, one.new))
    yield from (f"changed: {one.explanation or one.kind}" for one in islice(broken, 1))


def _deprecated(fate: Fate) -> Iterator[str]:
    if fate.deprecated:
        note = fate.deprecated.note.rstrip(".")
        yield f"is deprecated: {note}" if note else "is deprecated"


# -- the file --------------------------------------------------------------------------------


def dump(standing: Standing) -> str:
    """Return a verdict as the file that keeps it, in a stable order and without lines."""
    body = {
        "version": _VERSION,
        "key": standing.key,
        "companions": [_compared(one) for one in standing.compared],
        "code": str(standing.ran.code),
        "code_findings": [
            {"cell": f.cell, "offset": f.offset, "column": f.column, "message": f.message}
            for f in standing.ran.findings
        ],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _compared(one: Compared) -> dict[str, object]:
    findings = {(f.symbol, f.verdict, f.said): None for f in one.drifted}
    return {
        "package": one.package,
        "pinned": one.pinned,
        "newest": one.newest,
        "names": one.names,
        "findings": [
            {"symbol": symbol, "verdict": word, "said": said}
            for symbol, word, said in sorted(findings)
        ],
    }


def parse(data: bytes, key: str) -> CodeVerdict | None:
    """Return what a file says of an essay's code; None if it is damaged, or of another key."""
    try:
        body: Mapping[str, Any] = json.loads(data)
        if (body["version"], body["key"]) != (_VERSION, key):
            return None
        return CodeVerdict(Code(body["code"]), tuple(map(_finding, body["code_findings"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _finding(body: Mapping[str, Any]) -> CodeFinding:
    cell, offset, column = (int(body[name]) for name in ("cell", "offset", "column"))
    return CodeFinding(cell, offset, column, str(body["message"]))
