from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from blogtools.gates import sast
from tests.gates.judged import fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality, must_be_security

EVAL = '"""A."""\n\n\ndef run(text: str) -> object:\n    """Run."""\n    return eval(text)\n'
CLEAN = '"""A."""\n\n\ndef one() -> int:\n    """Return one."""\n    return 1\n'
ISSUE = {
    "filename": "src/a/b.py",
    "line_number": 3,
    "col_offset": 4,
    "test_id": "B307",
    "test_name": "blacklist",
    "issue_text": "Bad.",
    "issue_severity": "MEDIUM",
    "issue_confidence": "HIGH",
}
SEEN = {"_totals": {}, "src/a/b.py": {"loc": 1}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"src/a/__init__.py": "", "src/a/b.py": CLEAN})


def report(**changes: object) -> str:
    """Return the code of a bandit that reports about one file."""
    body = {"results": [], "errors": [], "metrics": SEEN, **changes}
    return f"print({json.dumps(json.dumps(body))})"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A project of one file, for bandits that are fakes."""
    return write(tmp_path / "project", {"src/a/b.py": CLEAN})


def test_an_eval_is_found_at_its_line_and_reported_in_both_formats(project: Path) -> None:
    write(project, {"src/a/b.py": EVAL})

    came = hold("sast", project)

    assert came.code == 1
    assert came.found() == [("src/a/b.py", 6, "B307")]
    security = came.report("gl-sast-report.json")
    must_be_security(security, "sast")
    [one] = security["vulnerabilities"]
    assert one["severity"] == "Medium"
    assert {i["value"] for i in one["identifiers"]} == {"B307", "78"}
    must_be_code_quality(came.report("gl-code-quality-sast.json"))
    assert "1 finding in 2 Python files" in came.said


def test_stubs_are_looked_at_too(project: Path) -> None:
    write(project, {"src/a/c.pyi": "def one() -> int: ...\n"})

    assert hold("sast", project).verdict["scanned"]["number"] == 3


def test_clean_code_passes_and_the_report_says_what_was_looked_at(project: Path) -> None:
    came = hold("sast", project)

    assert came.code == 0, came.said
    assert came.verdict["scanned"] == {"number": 2, "what": "Python files"}
    must_be_security(came.report("gl-sast-report.json"), "sast")
    assert came.report("gl-sast-report.json")["vulnerabilities"] == []


def test_thresholds_of_severity_and_confidence_are_options(project: Path) -> None:
    write(project, {"src/a/b.py": EVAL})

    assert hold("sast", project, "--severity", "high").code == 0
    assert hold("sast", project, "--severity", "low", "--confidence", "high").code == 1
    assert (
        "does not count: its severity is below high"
        in hold("sast", project, "--severity", "high").said
    )


def test_neither_comments_nor_a_file_of_settings_quiet_it(project: Path) -> None:
    quiet = EVAL.replace("eval(text)", "eval(text)  # nosec")
    write(project, {"src/a/b.py": quiet, ".bandit": "[bandit]\nskips: B307\nexclude: /src\n"})
    write(project, {"src/.bandit": "[bandit]\nskips: B307\n"})

    assert hold("sast", project).found() == [("src/a/b.py", 6, "B307")]
    assert hold("sast", project, "--comments").code == 0


ACCEPTED = """[[accepted]]
path = "src/a/b.py"
code = "B307"
reason = "The text comes from our own table."
expires = {}
"""


def test_an_accepted_finding_does_not_count_until_its_day_is_over(project: Path) -> None:
    write(project, {"src/a/b.py": EVAL, "known.toml": ACCEPTED.format("2999-01-01")})
    came = hold("sast", project, "--baseline", "known.toml")
    assert came.code == 0
    assert "does not count: The text comes from our own table." in came.said

    write(project, {"known.toml": ACCEPTED.format("2020-01-01")})
    came = hold("sast", project, "--baseline", "known.toml")
    assert came.code == 1
    assert "accepted until 2020-01-01, so it counts again" in came.said


def test_an_accepted_finding_covers_no_second_one(project: Path) -> None:
    table = ACCEPTED.format("2999-01-01").replace("accepted", "tool.blogtools.gates.sast.accepted")
    write(project, {"src/a/b.py": EVAL + EVAL, "pyproject.toml": table})

    assert hold("sast", project).found() == [("src/a/b.py", 12, "B307")]


def test_an_accepted_finding_that_is_gone_is_told(project: Path) -> None:
    write(project, {"known.toml": ACCEPTED.format("2999-01-01")})

    came = hold("sast", project, "--baseline", "known.toml")

    assert came.code == 0
    assert "1 accepted entry fits nothing any more" in came.said


@pytest.mark.parametrize(
    ("line", "instead", "word"),
    [
        ("reason = ", "because = ", "because"),
        ('reason = "The text comes from our own table."', 'reason = " "', "reason"),
        ("expires = 2999-01-01", "", "expires"),
        ("expires = 2999-01-01", "expires = 2999-01-01\ncount = 0", "count"),
        ("expires = 2999-01-01", 'expires = "never"', "expires"),
        ("[[accepted]]", "[[accepted", "known.toml"),
    ],
)
def test_an_entry_needs_a_reason_and_a_day(
    project: Path, line: str, instead: str, word: str
) -> None:
    write(project, {"known.toml": ACCEPTED.format("2999-01-01").replace(line, instead)})

    hold("sast", project, "--baseline", "known.toml").must_be_broken(word)


def test_a_file_that_cannot_be_read_fails(project: Path) -> None:
    write(project, {"src/a/b.py": "def broken(:\n"})

    came = hold("sast", project)

    assert came.found() == [("src/a/b.py", 1, "sast/unreadable")]


def test_a_password_is_reported_but_not_shown(project: Path) -> None:
    write(project, {"src/a/b.py": 'password = "correct-horse"\n'})

    came = hold("sast", project, "--severity", "low")

    assert came.found() == [("src/a/b.py", 1, "B105")]
    for text in (came.said, *(file.read_text() for file in came.reports.iterdir())):
        assert "correct-horse" not in text


def test_nothing_to_look_at_is_no_pass(tmp_path: Path) -> None:
    write(tmp_path / "project", {"README.md": "Empty.\n"})

    hold("sast", tmp_path / "project").must_be_broken("No package is in")


def test_a_missing_bandit_is_told(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_tools(monkeypatch, tmp_path / "none")

    hold("sast", alone).must_be_broken("bandit is not installed", "blogtools[gates]")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "reported nothing at all"),
        ("print('{')", "cannot be read"),
        ("print('[]')", "cannot be read"),
        ('print(\'{"results": [], "errors": []}\')', "missing required field `metrics`"),
        ("sys.exit('Traceback')", "contradicts|cannot be read|reported nothing"),
        ("sys.exit(2)", "exited with 2"),
        ("os.kill(os.getpid(), 9)", "was ended by signal 9"),
        (report(metrics={"_totals": {}}), "left out 1 of the files, among them src/a/b.py"),
        (report(results=[ISSUE]), "contradicts itself: 1 findings, but exit code 0"),
        (report() + "; sys.exit(1)", "contradicts itself: 0 findings, but exit code 1"),
        (report(results=[{}]) + "; sys.exit(1)", "missing required field"),
    ],
)
def test_a_bandit_that_cannot_be_believed_is_no_pass(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    fake(tmp_path / "tools", "bandit", f"if '--version' in sys.argv: sys.exit()\n{code}")
    replace_tools(monkeypatch, tmp_path / "tools")

    came = hold("sast", alone)

    came.must_be_broken()
    assert any(word in came.said for word in words.split("|")), came.said


def test_a_bandit_that_hangs_is_stopped(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path / "tools", "bandit", "time.sleep('--version' not in sys.argv and 600)")
    replace_tools(monkeypatch, tmp_path / "tools")

    hold("sast", alone, "--time-limit", "1").must_be_broken("the time limit of 1 seconds is over")


def test_a_severity_that_nobody_knows_counts(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = report(results=[{**ISSUE, "issue_severity": "UNDEFINED"}])
    fake(tmp_path / "tools", "bandit", f"{odd}; sys.exit('--version' not in sys.argv)")
    replace_tools(monkeypatch, tmp_path / "tools")

    came = hold("sast", alone, "--severity", "high")

    assert came.code == 1
    assert came.verdict["findings"][0]["level"] == "unknown"


def test_each_rule_of_our_own_says_what_is_wrong_how_grave_it_is_and_the_way_out() -> None:
    rules = yaml.safe_load(
        Path(sast.__file__).with_name("rules").joinpath("python.yml").read_text()
    )

    names = [rule["id"] for rule in rules["rules"]]
    assert len(set(names)) == len(names) > 0
    for rule in rules["rules"]:
        assert rule["severity"] in ("ERROR", "WARNING")
        assert len(rule["message"].split(". ")) == 2, rule["id"]
        assert isinstance(rule["metadata"]["cwe"], int)
        assert rule["metadata"]["confidence"] in ("HIGH", "MEDIUM", "LOW")


def semgrep(**changes: object) -> str:
    """Return the code of a semgrep that reports about one file."""
    body = {"results": [], "errors": [], "paths": {"scanned": ["src/a/b.py"]}, **changes}
    return f"print({json.dumps(json.dumps(body))})"


MATCH = {
    "check_id": "somewhere.rules.input-run-as-code",
    "path": "src/a/b.py",
    "start": {"line": 6, "col": 12},
    "extra": {
        "message": "Input is run as code. Parse it",
        "severity": "ERROR",
        "metadata": {"cwe": 95, "confidence": "HIGH"},
    },
}


@pytest.fixture
def quiet_bandit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fake(tmp_path / "tools", "bandit", report())
    replace_tools(monkeypatch, tmp_path / "tools")
    return tmp_path / "tools"


def test_what_semgrep_finds_counts_too(alone: Path, quiet_bandit: Path) -> None:
    fake(quiet_bandit, "semgrep", semgrep(results=[MATCH]))

    came = hold("sast", alone, "--semgrep")

    assert came.found() == [("src/a/b.py", 6, "input-run-as-code")]
    assert came.verdict["findings"][0]["hint"] == "Parse it"
    must_be_security(came.report("gl-sast-report.json"), "sast")


def test_semgrep_asks_no_server_not_even_for_its_version(alone: Path, quiet_bandit: Path) -> None:
    asks = "os.environ.get('SEMGREP_ENABLE_VERSION_CHECK') != '0' and sys.exit('asks a server')"
    fake(quiet_bandit, "semgrep", f"{asks}\n{semgrep()}")

    assert hold("sast", alone, "--semgrep").code == 0


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (semgrep(errors=[{"message": "no rule"}]), "no rule"),
        (semgrep(paths={"scanned": []}), "left out 1 of the files"),
        ("sys.exit(7)", "exited with 7"),
        ("print('nothing')", "cannot be read"),
    ],
)
def test_a_semgrep_that_cannot_be_believed_is_no_pass(
    alone: Path, quiet_bandit: Path, code: str, word: str
) -> None:
    fake(quiet_bandit, "semgrep", f"if '--version' in sys.argv: sys.exit()\n{code}")

    hold("sast", alone, "--semgrep").must_be_broken(word)


def test_a_missing_semgrep_is_told(alone: Path, quiet_bandit: Path) -> None:
    hold("sast", alone, "--semgrep").must_be_broken("semgrep is not installed")
