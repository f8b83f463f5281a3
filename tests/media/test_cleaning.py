"""What strangers write cannot act; what we write around it survives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from selectolax.lexbor import LexborHTMLParser

from blogtools.app.cleaning import cleaned
from blogtools.content.marks import fill
from blogtools.media.cleaning import clean
from tests.browser import browser as browser
from tests.browser import serving
from tests.content.support import convert, read
from tests.media.blog import blog
from tests.media.vectors import VECTORS
from tests.site.support import MKDOCS, build, differing, run, succeed, write

_ACTING = frozenset(
    """script iframe object embed applet meta base link style form button select textarea frameset
    template noscript svg math portal dialog video audio xmp plaintext""".split()
)
_SCHEME = re.compile(r"([^/?#:]*):")
_ADDRESSES = ("href", "src", "action", "formaction", "data", "xlink:href", "cite", "background")


def acting(fragment: str) -> list[str]:
    """Return whatever of some HTML could act."""
    tree = LexborHTMLParser(f"<body>{fragment}</body>")
    found = []
    for node in tree.css("body *"):
        attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
        if node.tag in _ACTING or any(name.startswith("on") for name in attributes):
            found.append(str(node.html))
        for name in _ADDRESSES:
            scheme = _SCHEME.match("".join(attributes.get(name, "").split()).lower())
            if scheme and scheme[1] not in ("http", "https", "mailto"):
                found.append(str(node.html))
        if attributes.get("style", "text-align:").replace(" ", "").count(":") != 1:
            found.append(str(node.html))
    return found


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_that_acts_is_left(vector: str) -> None:
    assert acting(clean(vector)) == []


def test_the_test_sees_what_acts() -> None:
    html = [one for one in VECTORS if one.startswith("<") and acting(one)]
    assert len(html) > len(VECTORS) * 0.6


WRITTEN = """\
A [link](other.md), ==a mark== and <kbd>Ctrl</kbd>.[^1]

| a | b |
| - | -: |
| 1 | 2 |

- [x] done

!!! note "A note"
    With **bold** text.

=== "One"
    Text

=== "Two"
    Text

```python
print("<b>")
```

$x < y$

```dot title="t"
digraph { a -> b }
```

[^1]: A note.
"""


def test_what_markdown_writes_is_as_it_is_of_those_who_are_trusted(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"posts/other.md": "---\ntitle: O\ndate: 2026-01-01\n---\nO.\n"}
    pages = []
    for name, option in (("trusted", "false"), ("not", "true")):
        options = f"untrusted: {option}\nmath: true\ndiagrams: true"
        build(blog(tmp_path / name, options, WRITTEN, **files))
        tree = LexborHTMLParser((tmp_path / name / "site/posts/e1/index.html").read_text())
        article = tree.css("article")[0]
        # The same tree: only how its text is spelled may differ.
        pages.append(
            [
                (
                    node.tag,
                    sorted((k, (v or "").replace(" ", "")) for k, v in node.attributes.items()),
                )
                for node in article.css("*")
            ]
        )
    trusted = [(tag, [(k, v.rstrip(";")) for k, v in values]) for tag, values in pages[0]]
    assert [(tag, [(k, v.rstrip(";")) for k, v in values]) for tag, values in pages[1]] == trusted


def test_vectors_in_an_essay_do_nothing_in_a_browser(tmp_path: Path, browser: Browser) -> None:
    hits = {}
    for name in ("trusted", "cleaned"):
        for number in range(4):
            body = "\n\n".join(VECTORS[number::4])
            document, _ = read(f"---\ntitle: E\ndate: 2026-01-01\n---\n{body}\n")
            rendered = convert(document.body)
            if name == "cleaned":
                rendered = cleaned(rendered, document)
            text = fill(rendered.html, ["#"] * len(rendered.links))
            whole = f"<!doctype html><meta charset=utf-8><article>{text}</article><p id=end>End"
            write(tmp_path, {f"{name}{number}.html": whole})
    with serving(tmp_path) as address:
        context = browser.new_context()
        context.add_init_script("window.hits = []; window.alert = (text) => window.hits.push(1);")
        context.route(lambda url: not url.startswith(address), lambda route: route.abort())
        for file in sorted(tmp_path.glob("*.html")):
            page = context.new_page()
            page.goto(f"{address}{file.name}", wait_until="commit")
            page.wait_for_timeout(300)
            hits[file.stem] = page.evaluate("window.hits.length")
            if file.stem.startswith("cleaned"):
                assert page.locator("#end").count() == 1
        context.close()
    assert all(count == 0 for name, count in hits.items() if name.startswith("cleaned"))
    assert sum(count for name, count in hits.items() if name.startswith("trusted")) > 10


def test_the_front_matter_links_to_no_script(tmp_path: Path) -> None:
    text = "---\ntitle: E\ndate: 2026-01-01\nlinks:\n  - X: javascript:alert(1)\n---\nText.\n"
    said = run(
        blog(tmp_path, "untrusted: true", **{"posts/e.md": text}), "blogtools", "build"
    ).stderr
    assert "posts/e.md:5:1: 'javascript:alert(1)' is no address that a stranger's essay" in said


def test_both_ways_to_build_give_the_same(tmp_path: Path) -> None:
    folder = blog(
        tmp_path, "untrusted: true", "<b onclick=alert(1)>x</b> <script>alert(1)</script>"
    )
    build(folder)
    succeed(folder, *MKDOCS, "-d", "site-mkdocs")
    assert differing(folder / "site", folder / "site-mkdocs") == []
    assert "<p><b>x</b> </p>" in (folder / "site/posts/e1/index.html").read_text()
