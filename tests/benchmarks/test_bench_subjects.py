from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import benchmarks
from benchmarks.corpus import parse_post
from benchmarks.project import Project
from benchmarks.subjects import NAMES, REFERENCE, Subject, SubjectError, Venv, all_subjects
from benchmarks.subjects.dialect import author_ids, authors_file, with_front_matter
from tests.benchmarks.support import make_posts

HERE = Path(benchmarks.__file__).parent
NOWHERE = Venv(Path("nowhere"), "Make it.")
SUBJECTS = all_subjects(NOWHERE, NOWHERE)

each_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=NAMES)


def with_authors(*names: str) -> str:
    return yaml.safe_dump({"title": "T", "date": "2020-01-01", "authors": [*names]})


def config_of(name: str) -> dict[str, object]:
    config: dict[str, object] = yaml.safe_load(
        (HERE / "subjects" / name / "mkdocs.yml").read_text()
    )
    return config


def test_the_subjects_are_listed_in_the_order_of_their_names() -> None:
    assert tuple(subject.name for subject in SUBJECTS) == NAMES
    assert REFERENCE in NAMES


@each_subject
def test_a_subject_writes_every_post_with_its_text_unchanged(
    subject: Subject, tmp_path: Path
) -> None:
    project = Project(tmp_path, subject.posts_folder, make_posts(3))
    subject.prepare(project)
    written = [project.source(post).read_text(encoding="utf-8") for post in project.posts]
    assert [parse_post("a.md", text).body for text in written] == [p.body for p in project.posts]
    assert not project.site.exists()


@each_subject
def test_a_subject_that_is_not_installed_says_how_to_get_it(
    subject: Subject, tmp_path: Path
) -> None:
    project = Project(tmp_path, subject.posts_folder, make_posts(1))
    with pytest.raises(SubjectError, match=r"Make it\."):
        subject.command(project)


@each_subject
def test_every_subject_promises_what_a_blog_has(subject: Subject) -> None:
    promised = {feature.name for feature in subject.features}
    assert promised >= {
        "archive by year",
        "pages of authors",
        "pagination",
        "feed",
        "highlighting",
    }


def test_mkdocs_zensical_and_blogtools_convert_with_the_same_extensions() -> None:
    peers, own = config_of("mkdocs_blog"), config_of("blogtools_blog")
    assert peers["markdown_extensions"] == own["markdown_extensions"]


def test_authors_get_ids_of_their_own() -> None:
    names = ["Rémy Rakic", "Remy Rakic", "The Team", "the team", "李"]
    post = parse_post("a.md", f"---\n{with_authors(*names)}---\n")
    assert author_ids([post]) == {
        "Rémy Rakic": "remy-rakic",
        "Remy Rakic": "remy-rakic-2",
        "The Team": "the-team",
        "the team": "the-team",
        "李": "author",
    }


def test_the_authors_file_names_each_author() -> None:
    written = yaml.safe_load(authors_file({"Ada": "ada"}))
    assert written["authors"]["ada"]["name"] == "Ada"


def test_front_matter_keeps_what_a_post_says_and_takes_changes() -> None:
    text = with_front_matter(make_posts(1)[0], authors=["ada"], archive=["2020"])
    meta = yaml.safe_load(text.split("---\n")[1])
    assert (meta["title"], meta["slug"], meta["authors"]) == ("Post & 0", "post-000", ["ada"])
    assert meta["archive"] == ["2020"]
    assert "description" not in meta


def pins(lines: list[str]) -> dict[str, str]:
    found = (re.match(r"([\w.-]+)==([^\s\\]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def test_the_peers_are_locked_with_hashes_and_without_an_index() -> None:
    wanted = pins((HERE / "requirements.in").read_text().splitlines())
    text = (HERE / "requirements.txt").read_text()
    locked = pins(text.splitlines())
    assert wanted.items() <= locked.items()
    assert text.count(" \\\n    --hash=sha256:") >= len(locked)
    assert not re.search(r"://|--index|--find-links|--trusted", text)


def test_the_peers_are_of_the_versions_that_blogtools_stands_on() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]
    own, peers = (
        pins(project["dependencies"]),
        pins((HERE / "requirements.in").read_text().splitlines()),
    )
    shared = own.keys() & peers.keys()
    assert shared == {"mkdocs", "mkdocs-material"}
    assert {name: own[name] for name in shared} == {name: peers[name] for name in shared}
