"""A published collection of vectors: none of them acts in what becomes of a stranger's essay.

BRS-KB (MIT, a wheel on PyPI, in the lock of the tools) holds the vectors of several well-known
collections. Each is converted as an essay of its own, and stands in a page as the build writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from brs_kb.payloads import FULL_PAYLOAD_DATABASE
from playwright.sync_api import Browser
from selectolax.lexbor import LexborHTMLParser

from blogtools.app.cleaning import cleaned
from blogtools.content.marks import fill
from blogtools.content.presenting import presented
from blogtools.model.interface import voice
from blogtools.model.rendered import Rendered
from tests.browser import Visit, serving
from tests.browser import browser as browser
from tests.browser import visit as visit
from tests.content.support import convert, read
from tests.media.blog import blog
from tests.media.test_cleaning import acting
from tests.site.support import build

VECTORS = tuple(dict.fromkeys(found.payload for found in FULL_PAYLOAD_DATABASE.values()))
_A_PAGE = 300
_BODY = "The body of the essay."
_HOOKS = """
window.hits = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = (...given) => { window.hits.push(`${name} ${given}`); };
"""


def rendered(vector: str, *, clean: bool) -> str:
    """Return a vector as an essay's page shows it."""
    document, _ = read(f"---\ntitle: E\ndate: 2026-01-01\n---\n{vector}\n")
    made: Rendered = convert(document.body)
    if clean:
        made = cleaned(made, document)
    text = presented(made.heading + made.html, voice("en"))
    return fill(text, ["#"] * len(made.links))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with pages that hold all vectors, and one that holds some as they are."""
    folder = blog(tmp_path_factory.mktemp("vectors"), "untrusted: true", _BODY)
    build(folder)
    page = (folder / "site/posts/e1/index.html").read_text()
    assert page.count(f"<p>{_BODY}</p>") == 1

    def write(name: str, texts: Iterable[str]) -> None:
        body = "\n".join(f"<div class='vector'>{text}</div>" for text in texts)
        whole = page.replace(f"<p>{_BODY}</p>", f"{body}<p id='end'>{_BODY}</p>")
        (folder / f"site/posts/e1/{name}.html").write_text(whole, "utf-8", "replace")

    for number, part in enumerate(_parts()):
        write(f"cleaned{number}", (rendered(one, clean=True) for one in part))
    simple = [one for one in VECTORS if re.fullmatch(r"<(img|svg)\b[^<>]*alert\(1\)>", one)]
    write("trusted", (rendered(one, clean=False) for one in simple[:_A_PAGE]))
    return folder / "site"


def _parts() -> Iterator[tuple[str, ...]]:
    return (VECTORS[at : at + _A_PAGE] for at in range(0, len(VECTORS), _A_PAGE))


def test_the_collection_is_there() -> None:
    assert len(VECTORS) > 4000
    assert sum("<script" in one for one in VECTORS) > 500


def test_nothing_that_acts_is_left_of_any(pages: Path) -> None:
    for file in sorted(pages.glob("posts/e1/cleaned*.html")):
        tree = LexborHTMLParser(file.read_text())
        vectors = tree.css(".vector")
        assert len(vectors) == min(_A_PAGE, len(VECTORS) - _A_PAGE * int(file.stem[7:]))
        assert [found for one in vectors for found in acting(str(one.html))] == []
        assert len(tree.css("article #end")) == 1, "nothing reaches out of its place"


def test_no_script_runs_without_the_policy_either(browser: Browser, pages: Path) -> None:
    hits = {}
    with serving(pages) as address:
        context = browser.new_context(bypass_csp=True)
        context.add_init_script(_HOOKS)
        context.route(lambda url: not url.startswith(address), lambda route: route.abort())
        for file in sorted(pages.glob("posts/e1/[ct]*.html")):
            page = context.new_page()
            trusted = file.stem == "trusted"
            page.goto(f"{address}posts/e1/{file.name}", wait_until="commit" if trusted else "load")
            if trusted:
                page.wait_for_function("window.hits.length > 20")
            else:
                page.wait_for_timeout(50)
            hits[file.stem] = page.evaluate("window.hits")
            assert trusted or page.url == f"{address}posts/e1/{file.name}", "it leads nowhere"
            page.close()
        context.close()
    assert len(hits.pop("trusted")) > 20, "as they are, they act"
    assert hits == {name: [] for name in hits}


def test_pages_keep_their_policy_and_ask_nobody(visit: Visit, pages: Path) -> None:
    with serving(pages) as address:
        for file in sorted(pages.glob("posts/e1/cleaned*.html")):
            visit.page.goto(f"{address}posts/e1/{file.name}", wait_until="load")
        foreign = [one for one in visit.requests if not one.startswith((address, "data:"))]
    assert foreign == []
    # The icon of a page that was left for the next one is no longer asked for.
    assert [one for one in visit.complaints if not one.endswith("favicon.png")] == []
