"""Real builds of a guide beside the API: what its pages contain holds where they are shown now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from blogtools.companions.guides import shown
from blogtools.companions.reading import read
from blogtools.companions.sources import Sources
from blogtools.mkdocs.reference import build_reference
from blogtools.model.companion import Chrome, Companion, Guide, RenderError
from blogtools.model.diagnostic import Diagnostic
from tests.companions.packages import write_folder
from tests.companions.test_git import entry, resolved
from tests.companions.threefold import files, write_repository

WORKING = Companion("threefold", "checkout", "dev", ("threefold",), "src", guide="docs")
CHROME = Chrome("https://blog.example/")
ODD: Mapping[str, str] = {
    "docs/index.md": """# Threefold

[Usage](usage.md#folding), [deep](deep/er/page.md), [raw](deep/README.md), [site](/elsewhere/),
[mail](mailto:a@b.example), [other](https://other.example/), [script](javascript:boom()).
[Above everything](../../../../../etc/passwd), [`fold`][threefold.folds.fold], [self](#threefold).
""",
    "docs/README.md": "# Shown on a code host\n",
    "docs/usage.md": "---\ntemplate: missing.html\ntitle: How to\n---\n\n## Folding\n\n## fold\n",
    "docs/deep/README.md": "# Deep inside\n\n[Up](../usage.md) and [down](er/page.md)\n",
    "docs/deep/er/page.md": """# Deeper

<img src="../../images/sheet.svg" alt="Sheet"> <a href="../../usage.md">raw link</a>

![A badge](https://badges.example/x.svg) <script>boom()</script>
<iframe src="https://frame.example/"></iframe> <b onclick="boom()">bold</b>

# A second heading

```python
# A comment, not a heading
```

::: threefold.folds
""",
    "docs/.hidden/secret.md": "# Secret\n",
    "docs/data.csv": "1,2\n",
}


def guide(folder: Path) -> Guide:
    """Return the guide that a folder is."""
    return Guide(folder, files=tuple(shown(folder)))


class Built:
    """A reference with a guide, and what was said of it."""

    def __init__(self, site: Path, companion: Companion, source: Path, pages: Guide | None) -> None:
        self.root = site / companion.url
        self.root.parent.mkdir(parents=True)
        inventory = read(companion, source)
        self.said: tuple[Diagnostic, ...] = build_reference(
            companion, inventory, source, CHROME, self.root, pages
        )

    def html(self, url: str) -> str:
        return (self.root / url / "index.html").read_text(encoding="utf-8")

    def article(self, url: str) -> str:
        html = self.html(url)
        return html[html.index('<div class="bt-prose') : html.index("</article>")]

    def links(self, url: str) -> dict[str, str]:
        """Return where the links of a page's text lead, by their texts."""
        found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self.article(url))
        return {re.sub(r"<[^>]+>", "", text): target for target, text in found if text != "¶"}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("odd")
    root = write_folder(folder / "code", {**files("2.0"), **ODD})
    return Built(folder / "site", WORKING, root / "src", guide(root / "docs"))


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("tagged")
    code = write_repository(folder / "code")
    url = "https://code.example/blob/v{version}/src/{path}#L{line}"
    companion = entry("1.0", code, guide="docs", source_url=url).at("1.0")
    locked = resolved(folder, "1.0", code)
    sources = Sources(folder, folder / ".blogtools/companions")
    source, pages = sources.folder(companion, locked), sources.guide(companion, locked)
    return Built(folder / "site", companion, source, pages)


def test_the_pages_of_a_tag_are_its_own(tagged: Built) -> None:
    assert "Threefold 1.0" in tagged.article("guide")
    assert "Using threefold 1.0" in tagged.article("guide/usage")
    assert (tagged.root / "guide/images/sheet.svg").is_file()


def test_links_among_pages_hold(tagged: Built, odd: Built) -> None:
    assert tagged.links("guide")["how to use it"] == "usage/"
    assert tagged.links("guide")["first section"] == "usage/#folding"
    assert tagged.links("guide/usage")["the beginning"] == "../"
    assert odd.links("guide")["deep"] == "deep/er/page/"
    assert odd.links("guide/deep") == {"Up": "../usage/", "down": "er/page/"}


def test_links_to_files_around_the_guide_lead_to_the_source(tagged: Built) -> None:
    links = tagged.links("guide")
    assert links["readme"] == "https://code.example/blob/v1.0/README.md"
    assert links["code"] == "https://code.example/blob/v1.0/src/threefold/folds.py"


def test_links_that_lead_nowhere_are_plain_text(tagged: Built, odd: Built) -> None:
    text = tagged.article("guide")
    assert "tests" in text
    assert "this page" in text
    assert not {"tests", "this page"} & set(tagged.links("guide"))
    assert not {"site", "script", "Above everything"} & set(odd.links("guide"))
    assert "Above everything" in odd.article("guide")


def test_links_that_lead_elsewhere_stay(odd: Built) -> None:
    links = odd.links("guide")
    assert links["mail"] == "mailto:a@b.example"
    assert links["other"] == "https://other.example/"
    assert links["self"] == "#threefold"


def test_a_guide_links_to_the_objects_of_its_own_version(odd: Built) -> None:
    assert odd.links("guide")["fold"] == "../threefold/folds/#threefold.folds.fold"


def test_raw_html_is_mended_like_markdown(odd: Built) -> None:
    article = odd.article("guide/deep/er/page")
    assert odd.links("guide/deep/er/page")["raw link"] == "../../../usage/"
    assert re.search(r'<img [^>]*src="../../../images/sheet.svg"', article)


def test_nothing_of_a_guide_runs_or_is_fetched_from_elsewhere(odd: Built) -> None:
    article = odd.article("guide/deep/er/page")
    assert "boom" not in article
    assert "frame.example" not in article
    assert "badges.example" not in article
    assert "A badge" in article
    assert "<b>bold</b>" in article


def test_every_link_of_a_guide_has_an_end(odd: Built, tagged: Built) -> None:
    for built in (odd, tagged):
        for file in (built.root / "guide").rglob("*.html"):
            html = file.read_text(encoding="utf-8")
            for link in re.findall(r'(?:href|src)="?([^"\s>]+)', html[html.index("<article") :]):
                path = link.partition("#")[0]
                target = (file.parent / path).resolve()
                if (
                    path
                    and not re.match("[a-z]+:", path)
                    and target.is_relative_to(built.root.resolve())
                ):
                    assert target.exists(), f"{file}: {link}"


def test_headings_are_headings_and_comments_are_code(odd: Built) -> None:
    article = odd.article("guide/deep/er/page")
    assert re.findall(r"<h1[^>]*>([^<]+)", article) == ["Deeper", "A second heading"]
    assert "A comment, not a heading" in article
    # On the API's pages it is the other way round, before and after pages of the guide.
    assert "<h1" in odd.article("threefold/folds")


def test_a_heading_of_a_guide_takes_no_objects_place(odd: Built) -> None:
    html = odd.html("threefold/folds")
    assert (
        'href="../../guide'
        not in html[html.index('<div class="bt-prose') : html.index("</article>")]
    )
    assert odd.said == ()


def test_the_navigation_has_a_guide_after_the_api_with_its_first_page_first(odd: Built) -> None:
    html = odd.html("guide/deep/er/page")
    nav = html[html.index("<nav") : html.index("</nav>")]
    names = re.findall(r'<(?:a [^>]*|span class="bt-branch")>([^<]+)<', nav)
    expected = ["Overview", "threefold", "folds", "scales", "Guide", "How to", "Deep", "Er"]
    assert [name for name in dict.fromkeys(names) if name in expected] == expected


def test_only_pages_and_images_are_taken_over(odd: Built) -> None:
    guide = odd.root / "guide"
    files = {file.relative_to(guide).as_posix() for file in guide.rglob("*") if file.is_file()}
    assert files == {
        "index.html",
        "usage/index.html",
        "deep/index.html",
        "deep/er/page/index.html",
        "images/sheet.svg",
    }
    assert "Shown on a code host" not in odd.html("guide")


def test_a_guide_is_searched_and_listed_with_the_api(odd: Built) -> None:
    assert "data-pagefind-body" in odd.html("guide/usage")
    sitemap = (odd.root / "sitemap.xml").read_text()
    assert "https://blog.example/reference/threefold/dev/guide/usage/" in sitemap


def test_the_same_guide_gives_the_same_bytes(odd: Built, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "other/place", {**files("2.0"), **ODD})
    again = Built(tmp_path / "site", WORKING, root / "src", guide(root / "docs"))
    for file in odd.root.rglob("*"):
        if file.is_file():
            other = again.root / file.relative_to(odd.root)
            assert other.read_bytes() == file.read_bytes(), file.name


def test_a_module_where_the_guide_would_be_is_a_clear_error(tmp_path: Path) -> None:
    source = write_folder(tmp_path / "code", {"guide/__init__.py": "", "docs/index.md": "# G\n"})
    companion = Companion("odd", "checkout", "dev", ("guide",), guide="docs")
    with pytest.raises(RenderError, match="a module is called guide"):
        Built(tmp_path / "site", companion, source, guide(source / "docs"))
