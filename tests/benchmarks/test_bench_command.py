from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from tests.benchmarks.support import make_posts


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with as many posts as the warm-up wants."""
    monkeypatch.delenv("BLOGTOOLS_CORPUS", raising=False)
    folder = tmp_path / "posts"
    folder.mkdir()
    for post in make_posts(30):
        (folder / post.filename).write_text(post.text)
    return folder


def test_a_failed_subject_fails_the_run_and_stands_in_the_report(
    corpus: Path, tmp_path: Path
) -> None:
    places = ["--peers", str(tmp_path / "none"), "--output", str(tmp_path / "out")]
    assert main(["--corpus", str(corpus), "--subjects", "hugo", "--runs", "1", *places]) == 1
    assert "| Hugo | **error:** no hugo" in (tmp_path / "out/report.md").read_text()
    data = json.loads((tmp_path / "out/results.json").read_text())
    assert str(tmp_path) not in data["command"]


def test_sizes_have_the_cases_asked_for_and_growth_has_its_own(
    corpus: Path, tmp_path: Path
) -> None:
    places = ["--peers", str(tmp_path / "none"), "--output", str(tmp_path / "out")]
    loads = ["--sizes", "corpus,50", "--growth", "40", "--at-most", "zensical=30"]
    subjects = ["--subjects", "hugo,zensical", "--cases", "serve", "--runs", "1"]
    main(["--corpus", str(corpus), *subjects, *loads, *places])
    results = json.loads((tmp_path / "out/results.json").read_text())["results"]
    assert [(r["subject"], r["case"], r["posts"], r["scaled"]) for r in results] == [
        ("hugo", "serve", 30, False),
        ("zensical", "serve", 30, False),
        ("hugo", "serve", 50, True),
        ("zensical", "serve", 50, True),
        ("hugo", "cold", 40, True),
        ("hugo", "edited", 40, True),
    ]
    assert [r["left_out"] for r in results[2:4]] == ["", "left out beyond 30 posts"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no corpus"),
        (["--subjects", "jekyll"], "no 'jekyll'; there are blogtools"),
        (["--cases", "warm"], "no 'warm'; there are cold"),
        (["--sizes", "many"], "invalid"),
        (["--at-most", "jekyll=5"], "no 'jekyll'"),
        (["--at-most", "hugo"], "invalid"),
        (["--corpus", "CORPUS", "--sizes", "5"], "of 30 posts is needed"),
        (["--corpus", "CORPUS", "--growth", "5"], "of 30 posts is needed"),
        (["--corpus", "CORPUS", "--runs", "0"], "at least one run"),
    ],
)
def test_wrong_usage_is_explained(
    words: list[str], said: str, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main([word.replace("CORPUS", str(corpus)) for word in words])
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
