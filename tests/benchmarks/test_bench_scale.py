from __future__ import annotations

import os
import re
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path
from statistics import mean

import markdown
import pytest

from benchmarks.corpus import Post, parse_post, read_corpus
from benchmarks.scale import AUTHORS, TAGS, Copy, Vocabulary, learn, scale

BODY = """
# A heading with `code`

Some words of *prose* about one thing, and [a link](https://example.org/some/words) to [another
one][other] or [within](#a-heading-with-code). Mail somebody@example.org, or not[^note].

| left | right |
| --- | --- |
| some | words |

```rust
let number = 42;
fn function(argument: usize) -> String { return argument.to_string(); }
```

- An item <span class="some">of words</span>

    ~~~~
    { }
    ~~~~

> ```sh
> cargo run --some-words 1.72.0
> ```

[other]: /somewhere/else "words"
[^note]: A note of words.
<!-- more -->
"""
EXTENSIONS = ["attr_list", "footnotes", "tables", "toc", "pymdownx.superfences"]
FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*\n(.*?)^[ \t>]*\1", re.MULTILINE | re.DOTALL)


def post(number: int, body: str = BODY) -> Post:
    day = date(2015 + number, 1, 1)
    meta = f"title: Some words {number}\ndate: {day}\nauthors: [Ada]\ndescription: Words."
    return parse_post(f"{day}-post-{number}.md", f"---\n{meta}\n---\n{body}")


CORPUS = tuple(post(n, BODY + f"\nMore prose.\n\n{'Words, words, words. ' * n}") for n in range(7))


def tags_of(body: str) -> list[str]:
    page = markdown.markdown(body, extensions=EXTENSIONS)
    # How a block is highlighted depends on its names; that it is a block does not.
    return re.findall(r"</?[a-z0-9]+", re.sub(r"<pre>.*?</pre>", "<pre>", page, flags=re.DOTALL))


def blocks(body: str) -> list[str]:
    return [match[2] for match in FENCE.finditer(body)]


def test_the_same_seed_gives_the_same_posts() -> None:
    assert scale(CORPUS, 20) == scale(CORPUS, 20)
    assert [p.text for p in scale(CORPUS, 20)] != [p.text for p in scale(CORPUS, 20, seed=1)]


@pytest.mark.parametrize("size", [3, 7, 20])
def test_as_many_posts_are_made_as_wanted_each_with_its_own_address_and_title(size: int) -> None:
    posts = scale(CORPUS, size)
    assert len({p.slug for p in posts}) == len({p.title for p in posts}) == size
    assert len({p.filename for p in posts}) == size


def test_every_post_is_copied_as_often_as_the_next() -> None:
    origins = Counter(p.slug.rpartition("-")[0] for p in scale(CORPUS, 23))
    assert len(origins) == 7
    assert set(origins.values()) == {3, 4}


def test_posts_are_of_the_size_of_the_real_ones_however_many() -> None:
    real = mean(len(p.body) for p in CORPUS)
    for size in (3, 7, 20):
        assert mean(len(p.body) for p in scale(CORPUS, size)) == pytest.approx(real, rel=0.1)


def test_posts_have_one_to_four_of_sixty_tags_and_one_or_two_of_eight_authors() -> None:
    posts = scale(CORPUS, 400)
    assert (len(set(TAGS)), len(set(AUTHORS))) == (60, 8)
    assert {len(p.tags) for p in posts} == {1, 2, 3, 4}
    assert {tag for p in posts for tag in p.tags} == {*TAGS}
    assert {name for p in posts for name in p.authors} == {*AUTHORS}
    pairs = sum(len(p.authors) == 2 for p in posts)
    assert 0 < pairs < len(posts) / 2
    assert all(len(set(p.tags)) == len(p.tags) for p in posts)


def test_dates_are_spread_over_the_years_of_the_real_posts() -> None:
    posts = scale(CORPUS, 70)
    dates = [p.date for p in posts]
    assert dates == sorted(dates)
    assert {p.date.year for p in posts} >= {*range(2015, 2021)}
    assert max(dates) <= date(2021, 1, 1)


def test_copies_have_the_structure_of_their_original() -> None:
    for p in scale(CORPUS, 21):
        original = CORPUS[int(p.slug.split("-")[1])]
        assert tags_of(p.body) == tags_of(original.body)


def test_no_two_posts_share_a_block_of_code() -> None:
    found = [{*blocks(p.body)} for p in scale(CORPUS, 60)]
    assert all(len(each) == 3 for each in found)
    assert not any(one & other for one, other in combinations(found, 2))


def test_a_block_without_a_name_gets_one_inside() -> None:
    one, other = (Copy(n, learn(CORPUS)).prose("> ```\n> {\n> ```\n") for n in (1, 2))
    assert blocks(one) == ["> {\n> _1_\n"]
    assert blocks(other) != blocks(one)
    assert Copy(1, learn(CORPUS)).prose("```\n```\n") == "```\n_1_\n```\n"


def test_prose_differs_and_addresses_and_marks_stay() -> None:
    one, other = scale(CORPUS, 7)[:2]
    paragraphs = [p.body.split("\n\n")[1] for p in (one, other)]
    assert paragraphs[0] != paragraphs[1]
    for kept in (
        "(https://example.org/some/words)",
        "(#a-heading-with-code)",
        "# A heading with `code`",
        "somebody@example.org",
        '<span class="some">',
        "]: /somewhere/else",
        "[^note]:",
        "<!-- more -->",
        "| --- | --- |",
        "```rust\nlet ",
    ):
        assert kept in one.body


def test_headings_change_where_no_link_leads_to_them() -> None:
    text = "# Some words\n\nProse.\n"
    assert not Copy(1, learn(CORPUS)).prose(text).startswith("# Some words")


def test_labels_of_links_still_fit() -> None:
    text = "See [Some Words] and [`fn`][more prose].\n\n[some words]: /a\n[More Prose]: /b\n"
    page = markdown.markdown(Copy(5, learn(CORPUS)).prose(text))
    assert page.count("<a href=") == 2


def test_numbers_of_code_keep_their_length_and_those_of_prose_their_value() -> None:
    changed = Copy(3, learn(CORPUS)).prose("In 2020:\n\n```\nwords = 1090 + 0x10\n```\n")
    assert "2020" in changed
    assert re.search(r"= [1-9]\d{3} \+ 0x10", changed)
    assert "1090" not in changed


def test_words_are_exchanged_one_to_one() -> None:
    words = ["alpha", "bravo", "delta", "hotel", "two"]
    vocabulary = Vocabulary(words)
    for key in range(9):
        changed = [vocabulary.exchange(word, key) for word in words[:4]]
        assert sorted(changed) == sorted(words[:4])
        assert all(a != b for a, b in zip(changed, words[:4], strict=True))
    assert vocabulary.exchange("Bravo", 1).istitle()
    assert vocabulary.exchange("BRAVO", 1).isupper()
    assert vocabulary.exchange("two", 1) == "two"
    assert len(vocabulary.exchange("ultra", 1)) == 5


@pytest.mark.skipif("not os.environ.get('BLOGTOOLS_CORPUS')", reason="BLOGTOOLS_CORPUS names none")
def test_the_real_posts_keep_their_size_and_structure() -> None:
    corpus = read_corpus(Path(os.environ["BLOGTOOLS_CORPUS"]))
    posts = scale(corpus, 60)
    real = mean(len(p.body) for p in corpus)
    assert mean(len(p.body) for p in posts) == pytest.approx(real, rel=0.1)
    originals = {p.slug: p for p in corpus}
    same = [tags_of(p.body) == tags_of(originals[p.slug.rpartition("-")[0]].body) for p in posts]
    assert sum(same) >= 59
    found = Counter(block for p in posts for block in {*blocks(p.body)})
    assert not [block for block, times in found.items() if times > 1]
