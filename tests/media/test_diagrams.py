"""Diagrams drawn at build time."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from blogtools.content import diagrams
from blogtools.media import graphs
from tests.media.blog import assert_as_built_anew, blog, styled
from tests.site.support import build, run

LAYERS = """\
Some text.

```dot title="The layers" desc="The upper imports the lower" caption="Who imports whom"
digraph {
  app -> content [color=red];
  content [style=filled fillcolor="#eeeeee"];
  content -> model [label="ü < ö"];
}
```

```dot title="Another"
graph { a -- b }
```
"""


def svg(source: str) -> str:
    (drawn,) = graphs.draw([source], "dot")
    return diagrams.tidied(drawn.svg)[0]


def test_a_diagram_is_the_same_each_time_and_bears_no_ids() -> None:
    page = svg("digraph { a -> b }")
    assert page == svg("digraph { a -> b }")
    assert page.startswith("<svg ")
    assert "id=" not in page
    assert "<title" not in page
    assert "black" not in page
    assert page.count("currentColor") >= 5


def test_colours_have_a_counterpart_on_dark_pages() -> None:
    page, colours = diagrams.tidied('<svg><path fill="#eeeeee" stroke="red"/></svg>')
    assert [one.partition(":")[0] for one in colours] == ["fill", "stroke"]
    sheet = diagrams.stylesheet(colours).decode()
    for colour in colours:
        assert f".{diagrams.class_of(colour)}{{{colour}}}" in sheet
        assert diagrams.class_of(colour) in page
    dark = diagrams.turned("#eeeeee")
    assert dark is not None
    assert int(dark[1:3], 16) < 0x40
    assert diagrams.turned("nothing") is None


def test_links_in_a_diagram_lead_to_pages_alone() -> None:
    assert 'href="https://a.example/"' in svg('digraph { a [URL="https://a.example/"] }')
    assert "javascript" not in svg('digraph { a [URL="javascript:alert(1)"] }')
    assert "<script" not in svg('digraph { a [label="<script>alert(1)</script>"] }')


def test_the_page_shows_it_with_its_words_and_no_source(tmp_path: Path) -> None:
    report = build(blog(tmp_path, "diagrams: true", LAYERS, "None."))
    assert report.diagnostics == ()
    text = (tmp_path / "site/posts/e1/index.html").read_text()
    page = LexborHTMLParser(text)
    shown = page.css("figure.bt-diagram svg[role=img]")
    assert [node.attributes["aria-label"] for node in shown] == ["The layers", "Another"]
    assert shown[0].css("desc")[0].text() == "The upper imports the lower"
    assert page.css("figure.bt-diagram figcaption")[0].text() == "Who imports whom"
    assert "ü &lt; ö" in text
    assert "data-source" not in text
    assert not styled(text.partition("<article")[2].partition("</article")[0])
    assert 'href="../../assets/diagrams.css"' in text
    assert "diagrams.css" not in (tmp_path / "site/posts/e2/index.html").read_text()
    assert "digraph" not in text


def test_mistakes_are_said_at_their_lines(tmp_path: Path) -> None:
    body = 'Text.\n\n```dot title="x"\ndigraph {\n  a -> ;\n}\n```\n'
    body += "\n```dot\ndigraph { a [shape=nosuch] }\n```\n"
    folder = blog(tmp_path, "diagrams: true", body)
    for _ in range(2):
        said = run(folder, "blogtools", "build").stderr
        assert "posts/e1.md:10:3: the diagram cannot be drawn: syntax error in line 2" in said
        assert "posts/e1.md:15:1: warning: Graphviz says of the diagram: using box for" in said
        assert "posts/e1.md:15:1: warning: the diagram has no text for those who do not" in said


def test_an_edit_gives_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    blog(folder, "diagrams: {engine: neato}", LAYERS, "None.")
    build(folder)
    post = folder / "posts/e1.md"
    post.write_text(post.read_text().replace("#eeeeee", "#ffeeee") + "\nMore.\n")
    build(folder)
    assert_as_built_anew(folder)


def test_without_the_option_a_diagram_is_code(tmp_path: Path) -> None:
    build(blog(tmp_path, "per_page: 5", LAYERS))
    assert "digraph" in (tmp_path / "site/posts/e1/index.html").read_text()
    assert not (tmp_path / "site/assets/diagrams.css").exists()
