"""How pages of references read: summaries, inherited members, sizes, and HTML that is right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from markdown import Markdown

from blogtools.companions.reading import read
from blogtools.mkdocs.reference_limit import FRAME, LIMIT, lighten
from blogtools.mkdocs.reference_summary import inline
from blogtools.model.companion import Chrome, Companion, Inventory
from blogtools.model.interface import voice
from tests.companions.large import HIDDEN, LARGE, constants, huge_class, module
from tests.companions.packages import write_folder
from tests.companions.test_reference_build import (
    METALOG,
    Built,
    Real,
    Reference,
    assert_every_heading_is_a_symbol,
    assert_every_symbol_is_there,
)

NAME = "blogtools.mkdocs.reference_markdown"
CHROME = Chrome("https://blog.example/")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_BLOCKS = frozenset("div p table ul ol dl pre details h1 h2 h3 h4 h5 h6".split())


class Checked(HTMLParser):
    """Reads a page as strictly as it should be written."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: Counter[str] = Counter()
        self.headings: list[tuple[int, str]] = []
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self.open]
        self.wrong += [f"the id {name} is there {n} times" for name, n in self.ids.items() if n > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if len(named) < len(attrs):
            self.wrong.append(f"<{tag}> has an attribute twice at {self.getpos()}")
        if "id" in named:
            self.ids[named["id"] or ""] += 1
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag in _BLOCKS and "p" in self.open:
            self.wrong.append(f"<{tag}> in a paragraph at {self.getpos()}")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and re.fullmatch(r"h[1-6]", self.open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = level, text + data

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing at {self.getpos()}")


def built(folder: Path, files: Mapping[str, str]) -> Built:
    name = next(iter(files)).split("/")[0]
    companion = Companion(name, "pypi", "1", (name,))
    return Built(folder / "site", companion, write_folder(folder / "source", files), CHROME)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("hidden"), HIDDEN)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("large"), LARGE)


@pytest.fixture(scope="module")
def metalog(tmp_path_factory: pytest.TempPathFactory) -> Real:
    return Real.once(tmp_path_factory, METALOG)


@pytest.fixture(params=["hidden", "large", "metalog"])
def each(request: pytest.FixtureRequest) -> Reference:
    found: Reference = request.getfixturevalue(request.param)
    return found


def html_pages(reference: Reference) -> dict[str, str]:
    return {
        path: data.decode() for path, data in reference.files().items() if path.endswith(".html")
    }


def objects_on(reference: Reference, page: str) -> set[str]:
    whole = reference.companion.url + page
    return {o.path for o in reference.inventory.objects if o.url.partition("#")[0] == whole}


def part(html: str, start: str) -> str:
    """Return a page from the first heading of an object up to the next of the same level."""
    found = re.search(rf'<h(\d) id="{re.escape(start)}"', html)
    assert found
    rest = html[found.start() :]
    after = re.search(rf"<h[1-{found[1]}] id=", rest[1:])
    return rest[: after.start() + 1 if after else None]


def read_module(folder: Path, text: str) -> Inventory:
    companion = Companion("one", "pypi", "1", ("one",))
    return read(companion, write_folder(folder, {"one/__init__.py": text}))


# -- all pages -----------------------------------------------------------------------------------


def test_no_page_is_larger_than_300_kb(each: Reference) -> None:
    sizes = {path: len(text.encode()) for path, text in html_pages(each).items()}
    assert {path: size for path, size in sizes.items() if size > LIMIT - FRAME} == {}
    assert (LIMIT, FRAME) == (300_000, 20_000)


def test_every_page_is_html_that_is_right(each: Reference) -> None:
    wrong = {path: Checked(text).wrong[:3] for path, text in html_pages(each).items()}
    assert {path: found for path, found in wrong.items() if found} == {}


def test_headings_begin_with_one_title_and_leave_no_level_out(each: Reference) -> None:
    for path, text in html_pages(each).items():
        levels = [level for level, _ in Checked(text).headings]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        steps = [after - before for before, after in pairwise(levels)]
        assert max(steps, default=0) <= 1, path


def test_anchors_and_symbols_agree(each: Reference) -> None:
    assert_every_symbol_is_there(each)
    for page in each.inventory.pages:
        for apart in page.apart:
            assert (each.root / apart.folder / "index.html").is_file()
    ids = {path: Checked(text).ids for path, text in html_pages(each).items()}
    for found in each.inventory.objects:
        there, _, anchor = found.url.removeprefix(each.companion.url).partition("#")
        assert ids[f"{there}index.html"][anchor] == 1, found.url


def test_every_heading_of_an_object_is_in_the_inventory(hidden: Built, metalog: Real) -> None:
    assert_every_heading_is_a_symbol(hidden)
    for path, text in html_pages(metalog).items():
        shown = re.findall(r'<h\d id="([^"]+)" class="doc doc-heading', text)
        assert set(shown) <= objects_on(metalog, path.removesuffix("index.html")), path


# -- summaries -----------------------------------------------------------------------------------


def test_a_module_begins_with_a_summary_of_its_objects(hidden: Built) -> None:
    html = hidden.html("hidden")
    start = html.index('class="bt-summary"')
    assert html.index("Shapes.") < start < html.index("See Also") < html.index("<h2")
    table = html[start : html.index("</table>", start)]
    rows = re.findall(r'<a href="#([\w.]+)"><code>(\w+)</code></a></td><td>(.*?)</td>', table)
    assert rows == [
        (
            "hidden.Square",
            "Square",
            "A square of &lt;length&gt; units; see <code>hidden.area</code>.",
        ),
        ("hidden.Cube", "Cube", "A cube."),
        ("hidden.area", "area", "Return the area."),
    ]


def test_what_the_summary_says_is_not_said_twice(hidden: Built) -> None:
    assert "told of below as well" not in hidden.html("hidden")


def test_a_package_names_its_modules_and_what_it_exports_from_them(large: Built) -> None:
    html = large.html("large")
    table = html[html.index('class="bt-summary"') :]
    for link in ("long/#large.long", "many/#large.many", "one/#large.one"):
        assert f'href="{link}"' in table
    assert 'href="many/large.many.Many/#large.many.Many"' in table
    assert '<span class="bt-from"><code>large.many</code></span>' in table


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Of `a < b` & c.", "Of <code>a &lt; b</code> &amp; c."),
        ("See [the base][tiny.Base].", "See the base."),
        ("Is ``x``, of :class:`~a.B`.", "Is <code>x</code>, of <code>~a.B</code>."),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_a_line_of_a_docstring_becomes_html_that_shows_it(text: str, html: str) -> None:
    assert inline(text) == html


@pytest.mark.parametrize(
    ("docstring", "line"),
    [
        ("One line.", "One line."),
        ("First. Second.", "First."),
        ("Goes on\nin a second line. And more.", "Goes on in a second line."),
        ("No full stop\n\nMore.", "No full stop"),
        ("For numbers, e.g. 1.5 or 2.", "For numbers, e.g. 1.5 or 2."),
        (f"{'word ' * 50}end.", f"{'word ' * 31}word ..."),
    ],
)
def test_a_summary_is_the_first_sentence(tmp_path: Path, docstring: str, line: str) -> None:
    found = read_module(tmp_path, f'def f():\n    """{docstring}"""\n')
    (summary,) = (one.summary for one in found.objects if one.path == "one.f")
    assert summary == line


# -- one object ----------------------------------------------------------------------------------


def test_a_function_has_its_parameters_in_a_table_with_types_as_links(hidden: Built) -> None:
    html = part(hidden.html("hidden"), "hidden.area")
    table = html[html.index("Parameters:") : html.index("Returns:")]
    assert "<table>" in table
    assert 'href="#hidden.Square">Square</a>' in table
    assert ">required<" in table
    assert "&#39;m&#39;" in table
    assert "Raises:" in html
    assert "ValueError" in html[html.index("Raises:") :]
    assert "<summary>Source code in" in html


def test_a_type_of_another_module_is_a_link_to_its_page(metalog: Real) -> None:
    html = metalog.html("metalog_jax/metalog/metalog_jax.metalog.fit")
    link = r'href="\.\./\.\./base/data/#metalog_jax\.base\.data\.MetalogInputData"'
    assert re.search(link, html)


def test_comments_of_examples_are_no_headings(hidden: Built) -> None:
    html = hidden.html("hidden")
    titles = "".join(text for _, text in Checked(html).headings)
    for comment in ("First a comment", "Then another", "indented one", "fenced one", "at a prompt"):
        assert comment in html
        assert comment not in titles


def test_a_paragraph_that_begins_at_a_prompt_is_a_session() -> None:
    text = ">>> fold(1)\n2\n\nText.\n\n```text\n>>> as it is\n```\n\n>>> at the end"
    html = Markdown(extensions=["pymdownx.superfences", NAME]).convert(text)
    assert html.count('<span class="gp">') == 2
    assert html.count("<pre>") == 3
    assert "<blockquote>" not in html


def test_lines_that_name_things_are_a_list(hidden: Built) -> None:
    html = hidden.html("hidden")
    assert re.search(r"<li>\s*hidden\.Square: with four sides\.\s*</li>", html)
    assert re.search(r"<li>\s*hidden\.Cube: has six of them,\s+or so they say\.\s*</li>", html)


def test_what_only_looks_like_html_is_text_and_roles_are_left_out(hidden: Built) -> None:
    html = part(hidden.html("hidden"), "hidden.Square")
    assert "A square of &lt;length&gt; units; see <code>hidden.area</code>" in html


# -- inherited members ---------------------------------------------------------------------------


def test_what_a_hidden_base_defines_is_documented_with_the_first_class_that_shows(
    hidden: Built,
) -> None:
    here = f"{hidden.companion.url}hidden/#hidden.Square."
    assert hidden.inventory.resolve("hidden.Square.draw") == f"{here}draw"
    assert hidden.inventory.resolve("hidden.Cube.draw") == f"{here}draw"
    assert hidden.inventory.resolve("hidden.Square._secret") is None
    html = part(hidden.html("hidden"), "hidden.Square")
    for name in ("draw", "sides", "width", "turn"):
        assert f'<h3 id="hidden.Square.{name}"' in html
    assert "How wide it is." in html


def test_what_a_visible_base_defines_is_named_with_a_link(hidden: Built) -> None:
    html = part(hidden.html("hidden"), "hidden.Cube")
    names = re.findall(r'<a href="#hidden\.Square\.(\w+)"', html[html.index("Inherited from") :])
    assert names == ["draw", "sides", "turn", "width"]
    assert "<h3" not in html


def test_the_source_of_a_property_is_shown(hidden: Built) -> None:
    html = part(hidden.html("hidden"), "hidden.Square.width")
    assert '<details class="mkdocstrings-source" data-pagefind-ignore>' in html


# -- pages that are too large --------------------------------------------------------------------


def test_a_module_that_is_too_large_has_a_page_for_each_class_and_function(large: Built) -> None:
    assert objects_on(large, "large/many/") == {"large.many", "large.many.SIZE"}
    one = "large/many/large.many.work7/"
    assert objects_on(large, one) == {"large.many.work7"}
    assert (
        large.inventory.resolve("large.many.work7")
        == f"{large.companion.url}{one}#large.many.work7"
    )
    assert objects_on(large, "large/many/large.many.Many/") == {
        "large.many.Many",
        "large.many.Many.go",
    }
    assert 'href="large.many.work7/#large.many.work7"' in large.html("large/many")


def test_a_page_of_its_own_leads_back_and_opens_the_navigation(large: Built) -> None:
    html = large.html("large/many/large.many.work7")
    assert '<p class="bt-up"><a href="../"><code>large.many</code></a></p>' in html
    nav = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r'<a [^>]*aria-current="true">(\w+)<', nav) == ["large", "many"]


def test_links_lead_to_the_page_of_the_object(large: Built) -> None:
    html = large.html("large/many/large.many.Many")
    assert 'href="../large.many.work1/#large.many.work1"' in html


def test_names_that_differ_in_case_have_folders_that_do_not(large: Built) -> None:
    pages = {page.module: page for page in large.inventory.pages}
    folders = [apart.folder for apart in pages["large.many"].apart]
    assert len({folder.casefold() for folder in folders}) == len(folders)
    assert "large/many/large.many.many-2/" in folders


def test_a_class_that_is_too_large_has_a_page_for_each_method(large: Built) -> None:
    home = "large/one/large.one.Huge/"
    assert objects_on(large, home) == {"large.one.Huge", "large.one.Huge.limit"}
    method = "large/one/large.one.Huge.method3/"
    assert objects_on(large, method) == {"large.one.Huge.method3"}
    assert 'href="../large.one.Huge.method3/#large.one.Huge.method3"' in large.html(home)


def test_source_that_is_too_long_gives_way_to_how_long_it_is(large: Built) -> None:
    html = large.html("large/long/large.long.enormous0")
    assert "Parameters:" in html
    assert re.search(r"<code>large/long\.py</code>: 90\d\d lines, too long to show here", html)


def test_a_page_that_is_small_enough_stays_as_it_is() -> None:
    page = b'<details class="mkdocstrings-source"><summary>S</summary>x</details>'
    assert lighten(page, voice("en")) == page


def test_the_longest_source_gives_way_first() -> None:
    def source(length: int) -> str:
        inside = f"<summary>{length}</summary>{'x' * length}"
        return f'<details class="mkdocstrings-source">{inside}</details>'

    pieces = "".join(map(source, (9, LIMIT - 200, 99)))
    page = lighten(pieces.encode(), voice("en")).decode()
    assert source(9) in page
    assert source(99) in page
    assert f"{LIMIT - 200}: 0 lines, too long to show here" in page


def test_what_is_apart_depends_on_the_source_alone(tmp_path: Path) -> None:
    first, again = (read_module(tmp_path / name, module(100)) for name in ("a", "b"))
    assert first == again
    assert first.pages[0].apart
    assert not read_module(tmp_path / "c", module(20)).pages[0].apart


def test_a_page_that_is_there_stays_where_it_is_when_others_come(tmp_path: Path) -> None:
    def folders(text: str, name: str) -> set[str]:
        return {apart.folder for apart in read_module(tmp_path / name, text).pages[0].apart}

    assert folders(module(100), "a") < folders(module(103), "b")


@pytest.mark.parametrize("text", [constants(600), huge_class(150) + constants(10)])
def test_objects_of_any_kind_go_apart_if_they_are_too_many(tmp_path: Path, text: str) -> None:
    found = read_module(tmp_path, text)
    pages = Counter(url.partition("#")[0] for url in (one.url for one in found.objects))
    assert max(pages.values()) < 60
    assert len({one.url for one in found.objects}) == len(found.objects)
