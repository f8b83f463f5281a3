"""Hold a project to one gate: judge it, write the reports, and say what came of it."""

from __future__ import annotations

import posixpath
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from blogtools.model.gate import Broken, Finding, Judged, Outcome, Scanned, Verdict

#: Makes reports of a verdict, by file name; what was judged is None where the gate is broken.
Reports = Callable[[Verdict, Judged | None], Mapping[str, bytes]]


def hold(
    gate: str,
    judge: Callable[[], Judged],
    spent: Callable[[], float],
    reports: Reports,
    into: Path,
    *,
    files: Iterable[str] = (),
    prefix: str = "",
    commit: str = "",
    pipeline: str = "",
) -> Verdict:
    """Judge, and write the reports.

    Args:
        gate: The gate's name.
        judge: Runs its tools and returns what they found.
        spent: Returns how many seconds the tools took.
        reports: Makes the reports.
        into: The folder that they are written to; made, where it is not there.
        files: The names of the files that the gate may write. What an earlier run left of them
            goes away first: nobody may take an old report for a new one.
        prefix: The project's folder relative to the repository's, which paths in reports begin
            with; empty where it is the same.
        commit: The commit that is judged, where a pipeline says which.
        pipeline: The pipeline that judges it, likewise.

    Raises:
        OSError: A report cannot be written.
    """
    _clear(into, [f"{gate}.json", f"gl-code-quality-{gate}.json", *files])
    began, at = time.monotonic(), datetime.now(UTC)
    judged: Judged | None = None
    try:
        judged = _below(prefix, judge())
        outcome, summary = _outcome(judged)
    except Broken as broken:
        judged, outcome, summary = None, Outcome.BROKEN, str(broken)
    # A defect of the gate says as little about the project as a tool that crashed.
    except Exception:  # noqa: BLE001
        judged, outcome = None, Outcome.BROKEN
        summary = f"This is a defect of the gate itself. {traceback.format_exc()}"
    verdict = _verdict(gate, outcome, summary, judged, at, time.monotonic() - began, spent())
    verdict = replace(verdict, commit=commit, pipeline=pipeline)
    for name, content in reports(verdict, judged).items():
        (into / name).write_bytes(content)
    return verdict


def _outcome(judged: Judged) -> tuple[Outcome, str]:
    """Return how it ended, and why.

    Raises:
        Broken: Nothing was looked at, which is no reason to be content.
    """
    if judged.scanned.number < 1:
        raise Broken(f"There was nothing to look at: {judged.scanned}")
    counted = [found for found in judged.findings if not found.accepted]
    number = (
        f"{len(counted)} finding{'' if len(counted) == 1 else 's'}" if counted else "no findings"
    )
    accepted = len(judged.findings) - len(counted)
    aside = f", {accepted} accepted or below the threshold" if accepted else ""
    plain = f"{number} in {judged.scanned}{aside}"
    summary = f"{plain}. {judged.summary}" if judged.summary else plain
    return (Outcome.FAILED if counted else Outcome.PASSED), summary


def _verdict(
    gate: str,
    outcome: Outcome,
    summary: str,
    judged: Judged | None,
    began: datetime,
    seconds: float,
    spent: float,
) -> Verdict:
    found = judged or Judged(Scanned(0, ""))
    return Verdict(
        gate=gate,
        outcome=outcome,
        summary=summary,
        scanned=judged.scanned if judged else None,
        findings=tuple(one for one in found.findings if not one.accepted),
        accepted=tuple(one for one in found.findings if one.accepted),
        figures=found.figures,
        began=began,
        seconds=seconds,
        tool_seconds=spent,
        tools=found.tools,
    )


def _below(prefix: str, judged: Judged) -> Judged:
    """Return the same with paths that begin at the repository's root."""
    if not prefix:
        return judged

    def moved(path: str) -> str:
        return posixpath.normpath(f"{prefix}/{path}")

    def there(found: Finding) -> Finding:
        return replace(found, path=moved(found.path))

    return replace(
        judged,
        findings=tuple(map(there, judged.findings)),
        dependencies={moved(path): names for path, names in judged.dependencies.items()},
    )


def _clear(into: Path, names: Iterable[str]) -> None:
    """Make the folder, where git does not see it, and take away what an earlier run wrote."""
    if not into.is_dir():
        into.mkdir(parents=True)
        (into / ".gitignore").write_text("*\n", encoding="utf-8")
    for name in names:
        (into / name).unlink(missing_ok=True)
