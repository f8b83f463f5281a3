"""Formulas drawn at build time."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path

import pytest

from blogtools.media import fonts, math
from blogtools.media.math import Formula
from blogtools.mkdocs import settings
from blogtools.model.diagnostic import ContentError
from tests.media.blog import assert_as_built_anew, blog, styled
from tests.site.support import MKDOCS, build, run

FORMULAS = r"""
Euler wrote $e^{i\pi} + 1 = 0$, which costs $5 or $6.

## The case $x < y$ { #case }

$$
\begin{aligned}
a &= \sqrt{b} \\
c &= \frac{d}{e}
\end{aligned}
$$

```math
\color{red} \int_0^1 x^2 \,dx
```

`$not$` is code.
"""


def drawn(tex: str, *, display: bool = False, **macros: str) -> math.Drawn:
    named = {f"\\{name}": value for name, value in macros.items()}
    return math.draw([Formula(tex, display)], named)[0]


def test_a_formula_is_html_and_mathml_without_style_attributes() -> None:
    found = drawn(r"\sqrt{\color{red} x}", display=True)
    assert "<math" in found.html
    assert 'class="katex-html"' in found.html
    assert "style=" not in found.html
    assert found.styles


def test_each_class_of_a_formula_is_in_the_stylesheet_whatever_else_is_there() -> None:
    one, other = drawn(r"\frac{a}{b}"), drawn(r"\sqrt{x}")
    sheet = math.stylesheet([*other.styles, *one.styles, *one.styles], (), "")
    assert sheet == math.stylesheet([*one.styles, *other.styles], (), "")
    for style in one.styles:
        assert math.class_of(style) in one.html
        assert f".{math.class_of(style)}{{" in sheet.decode()


def test_attributes_become_classes_beside_those_that_are_there() -> None:
    page, styles = math.without_styles(
        '<b class="x" style="top:1em;left:2em;">a</b><i style="top:1em;left:2em;">b</i>'
    )
    name = math.class_of("top:1em;left:2em;")
    assert page == f'<b class="x {name}">a</b><i class="{name}">b</i>'
    assert styles == ("top:1em;left:2em;",)
    sheet = math.stylesheet(styles, (), "").decode()
    assert f".{name}{{top:1em!important;left:2em!important}}" in sheet


def test_macros_are_known_and_one_formula_defines_none_for_the_next() -> None:
    assert not drawn(r"\R", R=r"\mathbb{R}").error
    first, second = math.draw([Formula(r"\gdef\own{x}\own", False), Formula(r"\own", False)], {})
    assert not first.error
    assert "Undefined control sequence" in second.error


def test_nothing_in_a_formula_becomes_markup() -> None:
    found = drawn(r"\href{javascript:alert(1)}{x} \text{<img src=x onerror=alert(1)>}")
    assert "<img" not in found.html
    assert "javascript" not in found.html.partition("<annotation")[0]


def test_the_page_links_the_stylesheet_and_others_do_not(tmp_path: Path) -> None:
    build(blog(tmp_path, "math: true", FORMULAS, "No formula."))
    page = (tmp_path / "site/posts/e1/index.html").read_text()
    assert 'href="../../assets/math.css"' in page
    assert "math.css" not in (tmp_path / "site/posts/e2/index.html").read_text()
    assert page.count("<math") == 4
    assert "costs $5 or $6" in page
    assert "<code>$not$</code>" in page
    assert not styled(page.partition("<article")[2].partition("</article")[0])
    sheet = (tmp_path / "site/assets/math.css").read_text()
    faces = re.findall(r"@font-face\{[^}]*font-family:(\w+)[^}]*url\(data:", sheet)
    assert {"KaTeX_Main", "KaTeX_Math"} <= {*faces}
    assert len(faces) < 8, "and those alone that these formulas need"
    assert "url(fonts/" not in sheet


def test_feeds_have_mathml_alone(tmp_path: Path) -> None:
    build(blog(tmp_path, "math: true", FORMULAS))
    feed = (tmp_path / "site/feed.xml").read_text()
    assert feed.count("&lt;math") == 4
    assert "katex-html" not in feed
    assert "is code." in feed


def test_a_site_without_math_has_no_file_of_it(tmp_path: Path) -> None:
    build(blog(tmp_path, "math: true", "Costs $5 or $6."))
    assert not (tmp_path / "site/assets/math.css").exists()
    build(blog(tmp_path / "off", "per_page: 5", FORMULAS))
    page = (tmp_path / "off/site/posts/e1/index.html").read_text()
    assert r"$e^{i\pi} + 1 = 0$" in page


def test_an_error_has_its_place_also_when_it_is_told_again(tmp_path: Path) -> None:
    body = "Good: $a$.\n\n- In a list:\n\n    $$\n    a + b\n      + \\frca{1}{2}\n    $$\n"
    folder = blog(tmp_path, "math: true", body)
    line = (folder / "posts/e1.md").read_text().split("\n").index("      + \\frca{1}{2}") + 1
    for _ in range(2):
        said = run(folder, "blogtools", "build").stderr
        assert f"posts/e1.md:{line}:9: the formula cannot be drawn: Undefined control" in said
    said = run(folder, *MKDOCS).stderr
    assert f"posts/e1.md:{line}:9: the formula cannot be drawn: Undefined control" in said


def test_an_edit_gives_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    blog(folder, "math: {macros: {'\\R': '\\mathbb{R}'}}", FORMULAS, r"In $\R^2$.")
    build(folder)
    post = folder / "posts/e2.md"
    post.write_text(post.read_text() + "\nAnd $\\sum_{i=1}^n i$, and $e^{i\\pi} + 1 = 0$.\n")
    build(folder)
    assert_as_built_anew(folder)


def test_an_unknown_option_of_math_is_an_error_at_its_line(tmp_path: Path) -> None:
    said = run(blog(tmp_path, "math: {macro: {}}", "x"), "blogtools", "build").stderr
    assert "mkdocs.yml:6:14: unknown option 'math.macro'. Did you mean 'macros'?" in said


def test_a_missing_package_is_said_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "_NEEDED", [("math", "no_such_module")])
    folder = blog(tmp_path, "math: true", "x")
    with pytest.raises(ContentError) as failed:
        build(folder)
    assert [str(one) for one in failed.value.diagnostics] == [
        "mkdocs.yml:6:13: 'math' needs the package no_such_module, which is not installed. "
        "Install it with: pip install 'blogtools[media]'"
    ]


@pytest.mark.parametrize(
    ("tex", "faces"),
    [
        ("x", {"Main-Regular", "Math-Italic"}),
        ("1", {"Main-Regular"}),
        (r"\mathbb{R}", {"Main-Regular", "AMS-Regular"}),
        (r"\mathbf{x}", {"Main-Regular", "Main-Bold"}),
        (
            r"\textsf{\textbf{a}}",
            {"Main-Regular", "Main-Bold", "SansSerif-Regular", "SansSerif-Bold"},
        ),
        (r"\sum", {"Main-Regular", "Size1-Regular"}),
        (r"\Bigl( 1", {"Main-Regular", "Size2-Regular"}),
    ],
)
def test_each_formula_names_the_faces_that_it_is_set_in(tex: str, faces: set[str]) -> None:
    shown = drawn(tex).html.rpartition("</math>")[2]
    assert {face.removeprefix("KaTeX_") for face in fonts.faces(shown)} == faces


def test_faces_hold_the_letters_that_are_shown() -> None:
    from fontTools.ttLib import TTFont

    def held(face: str, letters: str) -> set[int]:
        rule = fonts.declared([face], letters)
        data = base64.b64decode(rule.partition("base64,")[2].partition(")")[0])
        return set(TTFont(BytesIO(data)).getBestCmap())

    assert held("KaTeX_AMS-Regular", "R∈x") == {ord("R")}
    assert {*map(ord, "abcxyz")} <= held("KaTeX_Math-Italic", "x")
    assert fonts.letters('<span class="mord">x&lt;</span>') == "<x"
