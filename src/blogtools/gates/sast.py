"""Code that attackers could use, by bandit, and by semgrep with rules of our own if asked for.

Comments that quiet the tools (nosec, nosemgrep) are not heeded unless --comments is given: what a
project accepts is listed with a reason and a day on which that ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace

from blogtools.gates import reading
from blogtools.gates.accepting import Counted, accepted
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.gates.running import Ran
from blogtools.model.gate import Broken, Finding, Identifier, Judged, Kind, Level, Scanned

FILES = ("gl-sast-report.json",)
_LEVELS = ("low", "medium", "high")
_RULES = Path(__file__).with_name("rules")
#: What bandit's rules on passwords quote: the password.
_QUOTED = re.compile(r"(?s)(?<=: )'.*'$")
_PASSWORDS = frozenset({"B105", "B106", "B107"})
# Else it asks a server whether there is a newer one, also for its own version, and waits.
_ASK_NOBODY = {"SEMGREP_ENABLE_VERSION_CHECK": "0", "SEMGREP_SEND_METRICS": "off"}
# So many files to a command: their names have to fit into its arguments.
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    path: tuple[Path, ...] = option(
        (), "What to look at: files and folders below the root; the packages, if left out."
    )
    severity: str = option("medium", "The lowest severity that fails.", choices=_LEVELS)
    confidence: str = option("low", "The lowest confidence that fails.", choices=_LEVELS)
    comments: bool = option(False, "Heed nosec and nosemgrep comments in the code.")
    baseline: Path | None = option(
        None, "A TOML file of accepted findings: path, code, count, reason, expires."
    )
    semgrep: bool = option(
        False, "Run semgrep too, with our own rules; it must be installed beside, or on the PATH."
    )
    semgrep_rules: tuple[Path, ...] = option((), "Further rules for semgrep: files or folders.")


class Known(Counted, frozen=True):
    """A finding that the project accepts."""


class _Cwe(msgspec.Struct):
    id: int | None = None
    link: str = ""


class _Issue(msgspec.Struct):
    filename: str
    line_number: int
    col_offset: int
    test_id: str
    test_name: str
    issue_text: str
    issue_severity: str
    issue_confidence: str
    more_info: str = ""
    issue_cwe: _Cwe | None = None


class _Unread(msgspec.Struct):
    filename: str
    reason: str


class _Bandit(msgspec.Struct):
    results: list[_Issue]
    errors: list[_Unread]
    metrics: dict[str, dict[str, float]]


class _Place(msgspec.Struct):
    line: int
    col: int


class _Extra(msgspec.Struct):
    message: str
    severity: str
    metadata: dict[str, object]


class _Match(msgspec.Struct):
    check_id: str
    path: str
    start: _Place
    extra: _Extra


class _Paths(msgspec.Struct):
    scanned: list[str]


class _Semgrep(msgspec.Struct):
    results: list[_Match]
    errors: list[dict[str, object]]
    paths: _Paths


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding, and how sure the tool is of it."""

    finding: Finding
    confidence: Level


def judge(options: Options, checkout: Checkout) -> Judged:
    """Have the tools look at every file, and hold what they find against the thresholds."""
    files = checkout.python_files(options.path or checkout.package_paths())
    bandit = checkout.runner.tool("bandit")
    tools = [str(bandit)]
    found: list[_Found] = []
    for some in (files[at : at + _AT_ONCE] for at in range(0, len(files), _AT_ONCE)):
        found += _bandit(bandit.path, some, options, checkout)
    if options.semgrep:
        semgrep = checkout.runner.tool("semgrep", env=_ASK_NOBODY)
        tools.append(str(semgrep))
        found += _semgrep(semgrep.path, files, options, checkout)
    listed = accepted(checkout, "sast", Known, options.baseline)
    findings, unused = listed.applied(
        (_held(one, options) for one in found),
        lambda entry, one: (entry.path, entry.code) == (one.path, one.code),
        lambda entry: entry.count,
    )
    return Judged(
        Scanned(len(files), "Python files"),
        findings,
        _stale(unused),
        figures=_figures(len(files), findings, unused),
        kind=Kind.SAST,
        tools=tuple(tools),
    )


def _stale(unused: int) -> str:
    if not unused:
        return ""
    return f"{unused} accepted {'entry fits' if unused == 1 else 'entries fit'} nothing any more"


def _figures(files: int, findings: tuple[Finding, ...], unused: int) -> Mapping[str, int]:
    counted = [found for found in findings if not found.accepted]
    by_level = {
        f"{level.value} severity": sum(one.level is level for one in counted) for level in Level
    }
    return {
        "files": files,
        **{name: number for name, number in by_level.items() if number},
        "accepted or below the threshold": len(findings) - len(counted),
        "accepted entries without use": unused,
    }


def _held(found: _Found, options: Options) -> Finding:
    """Return a finding, marked where it is below one of the thresholds."""
    one = found.finding
    if not one.level.reaches(Level(options.severity)):
        return replace(one, accepted=f"its severity is below {options.severity}")
    if not found.confidence.reaches(Level(options.confidence)):
        return replace(one, accepted=f"its confidence is below {options.confidence}")
    return one


def _bandit(
    path: str, files: tuple[str, ...], options: Options, checkout: Checkout
) -> Iterator[_Found]:
    # Files instead of folders, so that no .bandit file switches rules off; and all of them have
    # to be in the report.
    comments = [] if options.comments else ["--ignore-nosec"]
    command = [path, "--format", "json", "--quiet", "--exclude", "", *comments, "--", *files]
    ran = checkout.runner.run(command, name="bandit")
    report = bandit_report(ran, files, checkout)
    yield from (_Found(_unreadable(one, checkout), Level.HIGH) for one in report.errors)
    yield from (_issue(one, checkout) for one in report.results)


def bandit_report(ran: Ran, files: Iterable[str], checkout: Checkout) -> _Bandit:
    """Return what bandit reports.

    Args:
        ran: What it came to: 0 for nothing, 1 for findings.
        files: Every file that it was given.
        checkout: The project.

    Raises:
        Broken: It failed, left files out, or contradicts itself.
    """
    ran.must_exit(0, 1)
    report = reading.json_as(_Bandit, ran.out, "bandit")
    if bool(report.results) != bool(ran.code):
        raise Broken(
            f"bandit contradicts itself: {len(report.results)} findings, but exit code {ran.code}"
        )
    seen = {checkout.path(name) for name in report.metrics if name != "_totals"}
    _must_have_seen("bandit", files, seen)
    return report


def _must_have_seen(tool: str, files: Iterable[str], seen: set[str]) -> None:
    unseen = sorted(set(files) - seen)
    if unseen:
        raise Broken(f"{tool} left out {len(unseen)} of the files, among them {unseen[0]}")


def _unreadable(one: _Unread, checkout: Checkout) -> Finding:
    return Finding(
        checkout.path(one.filename),
        1,
        1,
        "sast/unreadable",
        f"bandit cannot read it, so nobody has looked at it: {one.reason}",
        "Repair it, or leave it out with --path",
        Level.HIGH,
    )


def _issue(one: _Issue, checkout: Checkout) -> _Found:
    text = " ".join(one.issue_text.split()).rstrip(".")
    if one.test_id in _PASSWORDS:
        text = _QUOTED.sub("(not shown)", one.issue_text.strip())
    names = [Identifier("bandit_test_id", one.test_id, f"Bandit {one.test_id} {one.test_name}")]
    if one.issue_cwe and one.issue_cwe.id:
        names.append(_cwe(one.issue_cwe.id))
    finding = Finding(
        checkout.path(one.filename),
        one.line_number,
        one.col_offset + 1,
        one.test_id,
        text,
        f"See {one.more_info}" if one.more_info else "",
        _level(one.issue_severity),
        tuple(names),
    )
    return _Found(finding, _level(one.issue_confidence))


def _level(said: str) -> Level:
    """Return a level by a tool's word for it; a word that nobody knows may mean anything."""
    words = {"ERROR": "high", "WARNING": "medium", "INFO": "low"}
    word = words.get(said.upper(), said.lower())
    return Level(word) if word in set(Level) else Level.UNKNOWN


def _cwe(number: int) -> Identifier:
    link = f"https://cwe.mitre.org/data/definitions/{number}.html"
    return Identifier("cwe", str(number), f"CWE-{number}", link)


def _semgrep(
    path: str, files: tuple[str, ...], options: Options, checkout: Checkout
) -> Iterator[_Found]:
    rules = [_RULES, *(checkout.root / rule for rule in options.semgrep_rules)]
    command = [
        *(path, "scan", "--json", "--quiet", "--metrics=off", "--disable-version-check"),
        *("--no-git-ignore", "--max-target-bytes=0", "--timeout=0"),
        *([] if options.comments else ["--disable-nosem"]),
        *(f"--config={rule}" for rule in rules),
        *files,
    ]
    ran = checkout.runner.run(command, name="semgrep", env=_ASK_NOBODY)
    report = semgrep_report(ran, files, checkout)
    yield from (_match(one, checkout) for one in report.results)


def semgrep_report(ran: Ran, files: Iterable[str], checkout: Checkout) -> _Semgrep:
    """Return what semgrep reports.

    Args:
        ran: What it came to: 0, also where it found something.
        files: Every file that it was given.
        checkout: The project.

    Raises:
        Broken: It failed, or left files out.
    """
    ran.must_exit(0)
    report = reading.json_as(_Semgrep, ran.out, "semgrep")
    if report.errors:
        said = report.errors[0].get("message", report.errors[0])
        raise Broken(f"semgrep met {len(report.errors)} errors, the first: {said}")
    _must_have_seen("semgrep", files, {checkout.path(name) for name in report.paths.scanned})
    return report


def _match(one: _Match, checkout: Checkout) -> _Found:
    # What comes before the last dot is where the rule's file lies.
    rule = one.check_id.rpartition(".")[2]
    names = [Identifier("semgrep_id", rule, f"Semgrep {rule}")]
    number = one.extra.metadata.get("cwe")
    if isinstance(number, int):
        names.append(_cwe(number))
    message, _, hint = " ".join(one.extra.message.split()).rstrip(".").partition(". ")
    finding = Finding(
        checkout.path(one.path),
        one.start.line,
        one.start.col,
        rule,
        message,
        hint,
        _level(one.extra.severity),
        tuple(names),
    )
    return _Found(finding, _level(str(one.extra.metadata.get("confidence", "HIGH"))))
