from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.gates.judged import Came, fake, hold, replace_tools, write
from tests.gates.schemas import must_be_code_quality, must_be_security

# In two parts, so that they are none here.
KEY = "AKIA" + "QYLPMN5HFIQR7BBC"
TOKEN = "ghp_" + "1234567890abcdefghijABCDEFGHIJ123456"
CANARY = [
    {
        "RuleID": "blogtools-canary",
        "Description": "",
        "StartLine": 1,
        "StartColumn": 1,
        "File": "blogtools-canary",
    }
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"a.py": "one = 1\n", "docs/b.md": "Two.\n"})


def git(root: Path, *arguments: str) -> str:
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for part in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{part}_NAME": "A", f"GIT_{part}_EMAIL": "a@b.c"}
    return subprocess.run(
        ["git", *arguments],
        cwd=root,
        env=os.environ | who,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def commit(root: Path, message: str = "A commit") -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def repository(project: Path) -> Path:
    git(project, "init", "--quiet", "--initial-branch", "main")
    commit(project)
    return project


def shows(came: Came, *texts: str) -> bool:
    everything = [came.said, *(file.read_text() for file in came.reports.iterdir())]
    return any(text in one for text in texts for one in everything)


def test_a_key_is_found_at_its_line_and_never_shown(project: Path) -> None:
    write(project, {"a.py": f'one = 1\nkey = "{KEY}"\n'})

    came = hold("secrets", project)

    assert came.code == 1
    assert came.found() == [("a.py", 2, "aws-access-token")]
    assert not shows(came, KEY, KEY[4:])
    report = came.report("gl-secret-detection-report.json")
    must_be_security(report, "secret_detection")
    assert report["vulnerabilities"][0]["severity"] == "Critical"
    must_be_code_quality(came.report("gl-code-quality-secrets.json"))


def test_no_secret_passes_and_says_that_no_commit_was_looked_at(project: Path) -> None:
    came = hold("secrets", project)

    assert came.code == 0, came.said
    assert came.verdict["scanned"]["number"] == 2
    assert "No commits were looked at" in came.said


def test_what_git_does_not_track_is_not_looked_at(repository: Path) -> None:
    write(repository, {".gitignore": "local.env\n", "local.env": f"KEY={KEY}\n"})
    assert hold("secrets", repository).code == 0

    write(repository, {"new.env": f"KEY={KEY}\n"})
    assert hold("secrets", repository).found() == [("new.env", 1, "aws-access-token")]


def test_neither_comments_nor_files_of_the_project_quiet_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        repository,
        {
            "a.py": f'key = "{KEY}"  # gitleaks:allow\n',
            ".gitleaksignore": "a.py:aws-access-token:1\ntree/a.py:aws-access-token:1\n",
            ".gitleaks.toml": "[allowlist]\npaths = ['.*']\n",
        },
    )
    monkeypatch.setenv("GITLEAKS_CONFIG", str(repository / ".gitleaks.toml"))

    assert hold("secrets", repository).found() == [("a.py", 1, "aws-access-token")]


def test_a_secret_that_was_taken_away_again_is_found_in_its_commit(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    write(repository, {"docs/k ü.txt": f"\n\n\ntoken: {TOKEN}\n"})
    guilty = commit(repository)
    (repository / "docs/k ü.txt").unlink()
    commit(repository)

    assert hold("secrets", repository).code == 0
    came = hold("secrets", repository, "--base", base)

    assert came.found() == [("docs/k ü.txt", 4, "github-pat")]
    assert came.verdict["figures"]["commits"] == 2
    assert guilty[:12] in came.said
    assert not shows(came, TOKEN)
    report = came.report("gl-secret-detection-report.json")
    must_be_security(report, "secret_detection")
    assert report["vulnerabilities"][0]["location"]["commit"]["sha"] == guilty


def test_a_merge_request_says_itself_where_it_begins(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = git(repository, "rev-parse", "HEAD")
    write(repository, {"a.py": f'token = "{TOKEN}"\n'})
    commit(repository)
    write(repository, {"a.py": "one = 1\n"})
    commit(repository)
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)

    assert hold("secrets", repository).found() == [("a.py", 1, "github-pat")]


def test_what_is_still_there_is_told_once(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    write(repository, {"a.py": f'one = 1\ntoken = "{TOKEN}"\n'})
    commit(repository)

    assert hold("secrets", repository, "--base", base).found() == [("a.py", 2, "github-pat")]


def test_what_stood_there_before_is_not_the_merge_requests(repository: Path) -> None:
    write(repository, {"a.py": f'token = "{TOKEN}"\ntwo = 2\n'})
    base = commit(repository)
    write(repository, {"a.py": f'token = "{TOKEN}"\ntwo = 3\n'})
    commit(repository)
    write(repository, {"a.py": "two = 3\n"})
    commit(repository)

    assert hold("secrets", repository, "--base", base).code == 0
    assert hold("secrets", repository, "--base", "all").found() == [("a.py", 1, "github-pat")]


def test_a_secret_that_a_merge_brings_is_found(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "switch", "--quiet", "--create", "side")
    write(repository, {"side.py": "side = 1\n"})
    commit(repository)
    git(repository, "switch", "--quiet", "main")
    write(repository, {"main.py": "main = 1\n"})
    commit(repository)
    git(repository, "merge", "--quiet", "--no-commit", "--no-ff", "side")
    write(repository, {"side.py": f'side = "{TOKEN}"\n'})
    commit(repository)
    write(repository, {"side.py": "side = 1\n"})
    commit(repository)

    found = hold("secrets", repository, "--base", base).found()

    assert found == [("side.py", 1, "github-pat")]


def test_what_is_marked_as_binary_is_looked_at_all_the_same(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    write(repository, {".gitattributes": "*.dat -diff\n", "k.dat": f"{TOKEN}\n"})
    commit(repository)
    (repository / "k.dat").unlink()
    commit(repository)

    assert hold("secrets", repository, "--base", base).found() == [("k.dat", 1, "github-pat")]


ACCEPTED = """
[[tool.blogtools.gates.secrets.accepted]]
path = "a.py"
code = "github-pat"
reason = "An example; it opens nothing."
expires = {}
"""


def test_an_accepted_secret_does_not_count_until_its_day_is_over(project: Path) -> None:
    write(
        project, {"a.py": f'token = "{TOKEN}"\n', "pyproject.toml": ACCEPTED.format("2999-01-01")}
    )
    assert hold("secrets", project).code == 0

    write(project, {"pyproject.toml": ACCEPTED.format("2020-01-01")})
    assert hold("secrets", project).code == 1


def test_digests_that_records_call_keys_are_no_secrets(project: Path) -> None:
    digest = "03b38643fb406ddc92139c7001aea10a"
    write(project, {"posts/a/run/record.json": f'{{\n "key": "{digest}",\n "runner": 1\n}}\n'})
    assert hold("secrets", project).code == 0

    write(project, {"posts/a/run/other.json": f'{{\n "key": "{digest}",\n "runner": 1\n}}\n'})
    assert hold("secrets", project).code == 1


def test_rules_of_the_project_can_replace_those_of_gitleaks(project: Path) -> None:
    rules = "[[rules]]\nid = 'ours'\ndescription = 'Ours'\nregex = '''ours-[0-9]{4}'''\n"
    write(project, {"rules.toml": rules, "a.py": f'key = "{KEY}"\nour = "ours-1234"\n'})

    assert hold("secrets", project, "--rules", "rules.toml").found() == [("a.py", 2, "ours")]
    hold("secrets", project, "--rules", "none.toml").must_be_broken("none.toml is not there")


def test_rules_that_leave_everything_out_are_noticed(project: Path) -> None:
    write(project, {"rules.toml": "[[allowlists]]\npaths = ['''.*''']\n"})

    hold("secrets", project, "--rules", "rules.toml").must_be_broken("what was planted")


def test_a_commit_that_is_not_here_is_no_pass(repository: Path) -> None:
    hold("secrets", repository, "--base", "0123456789" * 4).must_be_broken(
        "is not here", "GIT_DEPTH"
    )


def test_a_shallow_clone_has_no_whole_history(repository: Path, tmp_path: Path) -> None:
    commit(repository)
    git(tmp_path, "clone", "--quiet", "--depth", "1", repository.as_uri(), "shallow")

    came = hold("secrets", tmp_path / "shallow", "--base", "all")

    came.must_be_broken("The clone is shallow")


def test_commits_are_asked_for_where_there_is_no_repository(project: Path) -> None:
    hold("secrets", project, "--base", "all").must_be_broken("no git repository")


def test_nothing_to_look_at_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()

    hold("secrets", tmp_path / "project").must_be_broken("There is no file to look at")


def test_a_missing_gitleaks_is_told(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_tools(monkeypatch, tmp_path / "none")

    hold("secrets", project).must_be_broken("gitleaks is not installed")


def reporting(report: str, code: int) -> str:
    """Return the code of a gitleaks that writes a report."""
    at = "sys.argv[sys.argv.index('--report-path') + 1]"
    return f"open({at}, 'w').write({report!r}); sys.exit({code})"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit(0)", "wrote no report"),
        ("sys.exit(1)", "wrote no report"),
        ("sys.exit(126)", "wrote no report|exited with 126"),
        (reporting("", 1), "reported nothing at all"),
        (reporting("[", 1), "cannot be read"),
        (reporting("{}", 1), "cannot be read"),
        (reporting("[{}]", 1), "cannot be read"),
        (reporting("null", 0), "cannot be read"),
        (reporting("[]", 0), "did not find what was planted"),
        (reporting("[]", 1), "did not find what was planted"),
        (reporting(json.dumps(CANARY), 0), "did not find what was planted"),
        (reporting(json.dumps(CANARY), 2), "exited with 2"),
    ],
)
def test_a_gitleaks_that_cannot_be_believed_is_no_pass(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    fake(tmp_path / "tools", "gitleaks", f"if '--version' in sys.argv: sys.exit()\n{code}")
    replace_tools(monkeypatch, tmp_path / "tools")

    came = hold("secrets", project)

    came.must_be_broken()
    assert any(word in came.said for word in words.split("|")), came.said


def test_a_gitleaks_that_hangs_is_stopped(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path / "tools", "gitleaks", "time.sleep('--version' not in sys.argv and 600)")
    replace_tools(monkeypatch, tmp_path / "tools")

    hold("secrets", project, "--time-limit", "1").must_be_broken("the time limit of 1 seconds")
