"""Citations, and the list that they lead to."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from blogtools.media import works
from tests.media.blog import assert_as_built_anew, blog
from tests.site.support import build, run

BIB = r"""
@article{keelin2016,
  author = {Keelin, Thomas W. and M{\"u}ller, A.}, title = {The {Metalog} Distributions},
  journal = {Decision Analysis}, year = 2016, url = {https://a.example/?a=1&b=2},
}
@book{knuth1968, author = {Donald E. Knuth}, title = {<b>Art</b>}, publisher = {AW}, year = 1968}
"""
BODY = """
First [@knuth1968, p. 3], then [@keelin2016; @knuth1968, ch. *1*] and [@keelin2016].

`[@code]` is code, [@x](https://a.example/) is a link, and a@b.example is mail.
"""
FILES: dict[str, str | bytes] = {"works.bib": BIB}


def test_a_work_is_html_in_which_nothing_of_the_file_is_markup() -> None:
    found = works.read(BIB).known
    assert "Müller" in found["keelin2016"]
    assert '<a href="https://a.example/?a=1&amp;b=2">' in found["keelin2016"]
    assert "<b>" not in found["knuth1968"]
    evil = '@misc{x, title={T}, url={javascript:alert(1)}, note={"><script>alert(1)</script>}}'
    assert "<a" not in works.read(evil).known["x"]
    assert "<script" not in works.read(evil).known["x"]


def test_citations_are_numbered_as_they_come_and_lead_to_the_list(tmp_path: Path) -> None:
    report = build(blog(tmp_path, "bibliography: works.bib", BODY, "None.", **FILES))
    assert report.diagnostics == ()
    page = LexborHTMLParser((tmp_path / "site/posts/e1/index.html").read_text())
    assert [node.text() for node in page.css("span.bt-cite")] == [
        "[1, p. 3]",
        "[2; 1, ch. *1*]",
        "[2]",
    ]
    links = page.css("a[role=doc-biblioref]")
    assert [node.attributes["href"] for node in links[:2]] == ["#ref-knuth1968", "#ref-keelin2016"]
    assert [node.attributes["id"] for node in page.css(".bt-references li")] == [
        "ref-knuth1968",
        "ref-keelin2016",
    ]
    assert page.css("h2#references")[0].text() == "References"
    assert "[@code]" in page.css("article")[0].text()
    assert not LexborHTMLParser((tmp_path / "site/posts/e2/index.html").read_text()).css(
        ".bt-references"
    )


def test_unknown_works_are_errors_at_their_places_with_the_near_ones(tmp_path: Path) -> None:
    body = "Text, and [@keelin2016;\n@knuth1986, p. 3]."
    folder = blog(tmp_path, "bibliography: [works.bib]", body, **FILES)
    for _ in range(2):
        said = run(folder, "blogtools", "build").stderr
        assert (
            "posts/e1.md:7:2: there is no work 'knuth1986' to cite. Did you mean 'knuth1968'"
        ) in said


def test_a_broken_or_missing_file_is_an_error_at_its_line(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"works.bib": "@book{a,\n  title = {x}\n\n@book{b, title=}"}
    options = "bibliography: {files: [works.bib, none.bib], title: Literatur}"
    said = run(blog(tmp_path, options, BODY, **files), "blogtools", "build").stderr
    assert "works.bib:4:1: the works in it cannot be read: " in said
    assert "none.bib:1:1: the works in it cannot be read: there is no such file" in said


def test_a_changed_file_gives_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    blog(folder, "bibliography: works.bib", BODY, "None.", **FILES)
    build(folder)
    (folder / "works.bib").write_text(BIB.replace("AW", "Addison-Wesley"))
    steps = [step.target.path for step in build(folder).steps or ()]
    assert "posts/e1/index.html" in steps
    assert "posts/e2/index.html" not in steps
    assert_as_built_anew(folder)
