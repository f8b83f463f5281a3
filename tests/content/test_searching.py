"""What search finds in a page, and into which shards pages go."""

from __future__ import annotations

import pytest

from blogtools.content import searching
from blogtools.content.searching import Findable, Kind, findable, shards, versions
from blogtools.model.digest import digest

FRAME = "<!doctype html><html lang='{lang}'><head><title>T - Site</title></head><body>{body}</body>"
ESSAY = """\
<header><h1 id="t">A <em>title</em><a class="headerlink" href="#t">¶</a></h1>
<time datetime="2026-05-04T10:00:00+02:00" data-pagefind-meta="date[datetime]">4 May</time>
<a href="x" data-pagefind-filter="tag">C&amp;C++</a><a data-pagefind-filter="tag">Rust</a>
<p data-pagefind-body>A standfirst.</p></header><nav>Chrome</nav>
<div data-pagefind-body data-pagefind-weight="2"><h2 id="h">Part</h2><p>Words.</p></div>
<footer>Frame {frame}</footer>
"""


def essay(frame: str = "") -> tuple[Findable, str]:
    found = findable("a/index.html", FRAME.format(lang="de", body=ESSAY.replace("{frame}", frame)))
    assert found is not None
    return found


def test_an_essay_is_found_by_its_title_its_text_its_day_and_its_tags() -> None:
    known, text = essay()
    assert (known.date, known.year, known.tags) == ("2026-05-04", "2026", ("C&C++", "Rust"))
    assert text.startswith('<html lang="de"><body><h1>A title</h1>')
    assert 'data-pagefind-meta="date:2026-05-04"' in text
    assert 'data-pagefind-filter="tag:C&amp;C++"' in text
    assert "A standfirst." in text
    assert '<div data-pagefind-weight="2"><h2 id="h">Part</h2><p>Words.</p></div>' in text


def test_nothing_of_the_frame_is_found_and_a_change_of_it_changes_nothing() -> None:
    (before, text), (after, _) = essay("one"), essay("two")
    assert before == after
    assert "Chrome" not in text
    assert "Frame" not in text


def test_a_page_without_a_title_of_its_own_has_that_of_the_window() -> None:
    found = findable("b.html", FRAME.format(lang="en", body="<p data-pagefind-body>Words</p>"))
    assert found is not None
    assert "<h1>T - Site</h1>" in found[1]


@pytest.mark.parametrize("body", ["<p>A list</p>", "<code>data-pagefind-body</code>", ""])
def test_a_page_that_marks_nothing_is_not_found(body: str) -> None:
    assert findable("c.html", FRAME.format(lang="en", body=body)) is None


def page(path: str, date: str = "") -> Findable:
    return Findable(path, date, (), digest(path.encode()))


def test_shards_are_years_of_essays_then_pages_then_each_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "FULL", 2)
    known = versions(
        {
            "reference/pkg/": b'[{"version": "2.0", "aliases": ["latest"]},'
            b' {"version": "1.0", "aliases": []}]'
        }
    )
    days = ("2020-01-01", "2021-01-01", "2021-02-01", "2022-01-01")
    pages = [
        page("guide.html"),
        *(page(f"posts/{number}/index.html", day) for number, day in enumerate(days)),
        page("reference/pkg/1.0/m.html"),
        page("reference/pkg/2.0/m.html"),
    ]
    made = shards(pages, known)
    assert [(one.kind, [found.path for found in one.pages]) for one in made] == [
        (Kind.ESSAY, ["posts/3/index.html"]),
        (Kind.ESSAY, ["posts/0/index.html", "posts/1/index.html", "posts/2/index.html"]),
        (Kind.PAGE, ["guide.html"]),
        (Kind.REFERENCE, ["reference/pkg/2.0/m.html"]),
        (Kind.REFERENCE, ["reference/pkg/1.0/m.html"]),
    ]
    assert [(one.version.label, one.version.latest) for one in made if one.version] == [
        ("pkg 2.0", True),
        ("pkg 1.0", False),
    ]


def test_a_guide_that_is_at_home_elsewhere_is_found_there() -> None:
    known = versions({"reference/pkg/": b'[{"version": "1.0", "aliases": []}]'})
    places = {
        "reference/pkg/1.0/guide/index.html": "https://x.example/blog/guide/",
        "reference/pkg/1.0/m/index.html": "https://x.example/blog/reference/pkg/2.0/m/",
        "guide/index.html": "https://x.example/blog/guide/",
    }
    made = shards([Findable(path, "", (), b"", home) for path, home in places.items()], known)
    assert [one.path for shard in made for one in shard.pages] == [
        "guide/index.html",
        "reference/pkg/1.0/m/index.html",
    ]


def test_an_essay_more_leaves_the_shards_of_other_years_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "FULL", 2)
    pages = [page(f"{year}/{n}.html", f"{year}-01-01") for year in (2020, 2021) for n in (1, 2)]
    before, after = shards(pages, ()), shards([*pages, page("new.html", "2021-05-05")], ())
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_what_is_no_word_of_a_text_is_not_found_however_deep_it_stands() -> None:
    ignored = '<div data-pagefind-ignore>one<i data-pagefind-ignore>two<b class="linenos">3</b></i>'
    body = f'<div data-pagefind-body>{ignored}</div><b class="linenos">4</b><p>Words</p></div>'
    found = findable("a.html", FRAME.format(lang="en", body=f"<h1>T</h1>{body}"))
    assert found is not None
    assert found[1] == '<html lang="en"><body><h1>T</h1><div><p>Words</p></div></body></html>'
