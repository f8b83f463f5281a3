from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.corpus import CorpusError, clock, digest, parse_post, read_corpus

TEXT = """---
title: "Road to: here"
date: 2014-09-15
authors:
- Ada
description: A road.
---

# Text

---
"""


def test_a_post_is_read_with_its_front_matter() -> None:
    post = parse_post("2014-09-15-road.md", TEXT)
    assert (post.title, post.slug, post.date) == ("Road to: here", "road", date(2014, 9, 15))
    assert (post.authors, post.tags, post.description) == (("Ada",), (), "A road.")
    assert post.body == "\n# Text\n\n---\n"


@pytest.mark.parametrize(
    "text", ["", "# No front matter", "---\ntitle: T\n---\n", "---\n- a\n---\n"]
)
def test_a_post_without_title_and_date_is_refused_by_name(text: str) -> None:
    with pytest.raises(CorpusError, match=r"a\.md: no front matter"):
        parse_post("a.md", text)


def test_a_folder_without_posts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--corpus"):
        read_corpus(tmp_path)


def test_two_posts_of_one_address_are_refused(tmp_path: Path) -> None:
    for name in ("2014-09-15-road.md", "2015-09-15-road.md"):
        (tmp_path / name).write_text(TEXT)
    with pytest.raises(CorpusError, match="one name"):
        read_corpus(tmp_path)


def test_the_digest_names_the_content() -> None:
    one, other = parse_post("a.md", TEXT), parse_post("a.md", TEXT + "more")
    assert digest((one,)) == digest((parse_post("a.md", TEXT),))
    assert digest((one,)) != digest((other,))


def test_no_post_lies_in_the_future_of_the_builds() -> None:
    post = parse_post("a.md", TEXT)
    day = date.fromtimestamp(clock((post,)))  # noqa: DTZ012
    assert day >= post.date
