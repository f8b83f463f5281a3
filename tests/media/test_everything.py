"""A blog that uses all that can be drawn: however it is built, and under a strict policy."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from blogtools.content import drawings
from blogtools.content.drawings import Drawing
from blogtools.content.links import way
from tests.browser import Visit, serving
from tests.browser import browser as browser
from tests.browser import visit as visit
from tests.media.blog import blog, styled
from tests.media.test_citations import BIB
from tests.media.test_images import picture
from tests.site.support import MKDOCS, build, differing, replace_in, succeed

OPTIONS = """\
math: true
diagrams: {mermaid: true}
images: {widths: [40, 80]}
bibliography: works.bib
cards: true
untrusted: true
workers: 2"""
BODY = """
Number {n} has $\\sqrt{{x_{{{n}}}}}$, and cites [@knuth1968, p. {n}].
<b onclick="alert(1)">Bold</b>.

<!-- more -->

$$\\begin{{aligned}} a &= \\frac{{b}}{{{n}}} \\\\ c &= \\color{{red}} d \\end{{aligned}}$$

![A picture](photo.png "What one sees")

```dot title="The graph of {n}"
digraph {{ a -> n{n}; a [style=filled fillcolor="#ffeedd"] }}
```

```mermaid title="A sequence"
sequenceDiagram
  A->>B: ask
```
"""
#: Not as Mermaid draws it, but with all that it may be made of.
SEQUENCE = Drawing(
    '<svg width="200" height="60" viewBox="0 0 200 60"><g opacity="0.9" transform="translate(0,5)">'
    '<rect x="0" y="0" width="60" height="30" rx="3" fill="#f1f0ec" stroke="#000000"/>'
    '<path d="M60,15L140,15" fill="none" stroke="#77736c" stroke-dasharray="3, 3"/>'
    '<rect x="80" y="8" width="30" height="14" fill="paper"/><text x="95" y="15" font-size="14"'
    ' text-anchor="middle" dominant-baseline="central" fill="#000000"><tspan>ask</tspan></text>'
    '<a href="https://a.example/"><text x="30" y="20" fill="#000000">A</text></a></g></svg>'
)
POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; font-src data:"
ICON = '<link rel=icon href="../../assets/images/favicon.png">'
#: More than are worth more than one process.
COUNT = 26


def files_beside(count: int) -> dict[str, str | bytes]:
    """Return what as many essays need besides their texts."""
    record = drawings.dump({drawings.key("sequenceDiagram\n  A->>B: ask"): SEQUENCE})
    records = {f"posts/e{n}.run/diagrams.json": record for n in range(1, count + 1)}
    return {"works.bib": BIB, "posts/photo.png": picture(), **records}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("everything") / "blog"
    bodies = [BODY.format(n=n) for n in range(1, COUNT + 1)]
    blog(folder, OPTIONS, *bodies, **files_beside(COUNT))
    report = build(folder)
    assert report.diagnostics == ()
    return folder


def test_one_process_and_several_and_mkdocs_give_the_same(everything: Path, tmp_path: Path) -> None:
    one = tmp_path / "one"
    shutil.copytree(everything, one, ignore=shutil.ignore_patterns("site*", ".blogtools"))
    replace_in(one / "mkdocs.yml", "workers: 2", "workers: 1")
    build(one)
    succeed(one, *MKDOCS, "-d", "site-mkdocs")
    assert differing(one / "site", everything / "site") == []
    assert differing(one / "site", one / "site-mkdocs") == []


def test_a_build_of_nothing_new_makes_nothing(everything: Path) -> None:
    assert build(everything).steps == ()


def test_a_checkout_with_the_store_draws_nothing_again(
    everything: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    shutil.copytree(everything, other, ignore=shutil.ignore_patterns("site*"))
    replace_in(other / "posts/e3.md", "Number 3 has", "Number three has")

    def never(*_anything: object) -> None:
        raise AssertionError("something was drawn again")

    for name in ("scripts.ask", "pictures.drawn", "cards.draw", "works.read"):
        monkeypatch.setattr(f"blogtools.media.{name}", never)
    build(other)
    assert "Number three has" in (other / "site/posts/e3/index.html").read_text()


def test_lists_show_formulas_with_their_stylesheet(everything: Path) -> None:
    home = (everything / "site/index.html").read_text()
    assert 'href="assets/math.css"' in home
    assert "<math" in home
    assert "[@" not in home


def article(folder: Path, number: int) -> str:
    page = (folder / f"site/posts/e{number}/index.html").read_text()
    found = re.search(r"<article.*?</article>", page, re.DOTALL)
    assert found
    return found[0]


def test_an_essay_has_no_style_and_no_script_in_its_text(everything: Path) -> None:
    for number in range(1, COUNT + 1):
        text = article(everything, number)
        assert styled(text) == []
        assert "<script" not in text
        assert "onclick" not in text
        assert "<ol>" in text.partition("bt-references")[2]


def test_a_strict_policy_holds_in_a_browser(
    everything: Path, visit: Visit, browser: Browser
) -> None:
    sheets = ("assets/math.css", "assets/diagrams.css")
    links = "".join(f'<link rel=stylesheet href="{way(one, "posts/e1/")}">' for one in sheets)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = f"<!doctype html><meta charset=utf-8><title>P</title>{policy}{links}{ICON}"
    file = everything / "site/posts/e1/strict.html"
    file.write_text(page + article(everything, 1))
    try:
        with serving(everything / "site") as address:
            visit.page.goto(f"{address}posts/e1/strict.html")
            visit.page.wait_for_load_state("networkidle")
            assert visit.complaints == []
            assert not [url for url in visit.requests if not url.startswith(address)]
            assert visit.page.evaluate("document.fonts.check('16px KaTeX_Main')")
            # Both halves of the fraction stand at different heights: the classes have effect.
            heights = "[...document.querySelectorAll('.mfrac .vlist > span')].map(e => e.offsetTop)"
            assert visit.page.evaluate("document.querySelector('.mfrac').offsetHeight") > 20
            assert len(visit.page.evaluate(heights)) >= 2
            colour = "getComputedStyle(document.querySelector('.bt-diagram [class^=d-]')).fill"
            light = visit.page.evaluate(colour)
            visit.page.evaluate("document.documentElement.style.colorScheme = 'dark'")
            assert visit.page.evaluate(colour) != light
            shown = "document.querySelector('picture img').currentSrc"
            assert visit.page.evaluate(shown).endswith(".avif")
    finally:
        file.unlink()
