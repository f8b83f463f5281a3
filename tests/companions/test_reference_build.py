"""Real builds, by MkDocs and mkdocstrings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.app import planning
from blogtools.app.ports import silent
from blogtools.app.reference import build_references, inventories
from blogtools.companions.fetch import fetch
from blogtools.companions.lock import read_lock
from blogtools.companions.reading import read
from blogtools.mkdocs.reference import build_reference, objects_inv
from blogtools.mkdocs.reference_engine import engine
from blogtools.mkdocs.settings import chrome
from blogtools.model.companion import Chrome, Companion, Inventory, RenderError
from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.wired import configured, reference_plan, reference_ports
from tests.companions.packages import COMPANION, FILES, write_folder
from tests.sharing import made_once

ROOT = Path(__file__).parents[2]
METALOG = "metalog-jax@2.2.0"
SOURCE_URL = "https://code.example/tree/v{version}/{path}#L{line}"
LINKED = replace(COMPANION, source_url=SOURCE_URL)
CHROME = Chrome("https://blog.example/essays/")


class Reference:
    """A reference that was built."""

    root: Path
    companion: Companion
    inventory: Inventory
    said: Sequence[Diagnostic]

    def html(self, url: str) -> str:
        return (self.root / url / "index.html").read_text(encoding="utf-8")

    def ids(self, page: str) -> set[str]:
        text = self.html(str(Path(page).relative_to(self.companion.url)))
        return set(re.findall(r'\sid="?([^"\s>]+)', text))

    def files(self) -> Mapping[str, bytes]:
        files = (file for file in self.root.rglob("*") if file.is_file())
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in files}


class Built(Reference):
    """One that is built into a site, from source that need not be locked."""

    def __init__(self, site: Path, companion: Companion, source: Path, chrome: Chrome) -> None:
        self.site = site
        self.root = site / companion.url
        self.companion = companion
        self.inventory = read(companion, source)
        self.root.parent.mkdir(parents=True)
        self.said = build_reference(companion, self.inventory, source, chrome, self.root)


class Real(Reference):
    """One of this repository's own site: the very tree that `make site` shows, kept for it too."""

    def __init__(self, name: str) -> None:
        site = configured(ROOT / "mkdocs.yml")
        ports, every = reference_ports(site.project), reference_plan(site.project)
        plan = replace(every, jobs=tuple(planning.select(every, name)))
        built = build_references(plan, chrome(site.config), ports, silent)
        assert [str(found) for found in built.diagnostics] == []
        ((self.companion, tree),) = built.trees
        (self.inventory,) = inventories(plan, ports).inventories
        self.root, self.said = tree.folder, tree.diagnostics

    @classmethod
    def once(cls, factory: pytest.TempPathFactory, name: str) -> Real:
        """Return it, and let no two processes build it at once."""
        made_once(factory, name, lambda _: cls(name))
        return cls(name)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("tiny")
    return Built(folder / "site", LINKED, write_folder(folder / "source"), CHROME)


@pytest.fixture(scope="module", params=[METALOG, "blogtools@dev"])
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Real:
    return Real.once(tmp_path_factory, request.param)


def parse_inventory(data: bytes) -> dict[str, str]:
    """Return what an inventory says, read as Sphinx reads it."""
    *head, body = data.split(b"\n", 4)
    assert head[0] == b"# Sphinx inventory version 2"
    found = {}
    for line in zlib.decompress(body).decode().splitlines():
        match = re.match(r"(.+?)\s+(\S+)\s+(-?\d+)\s+?(\S*)\s+(.*)", line)
        assert match, line
        name, _, _, url, _ = match.groups()
        found[name] = url.removesuffix("$") + name if url.endswith("$") else url
    return found


def assert_every_symbol_is_there(built: Reference) -> None:
    urls = set(built.inventory.symbols.values())
    ids = {page: built.ids(page) for page in {url.partition("#")[0] for url in urls}}
    missing = [url for url in urls if url.partition("#")[2] not in ids[url.partition("#")[0]]]
    assert missing == []


def assert_every_heading_is_a_symbol(built: Reference) -> None:
    for page in built.inventory.pages:
        html = built.html(page.module.replace(".", "/"))
        shown = re.findall(r'<h\d id="?([^"\s>]+)"? class="doc doc-heading', html)
        assert shown
        assert set(shown) <= set(built.inventory.symbols)
        assert len(shown) == len(set(shown))


def test_every_symbol_of_a_real_package_is_an_anchor_of_its_reference(real: Real) -> None:
    assert len(real.inventory.symbols) > 200
    assert_every_symbol_is_there(real)


def test_every_heading_of_a_real_reference_can_be_linked_to(real: Real) -> None:
    assert_every_heading_is_a_symbol(real)


def test_the_inventory_for_others_says_the_same_of_a_real_package(real: Real) -> None:
    says = parse_inventory((real.root / "objects.inv").read_bytes())
    url = real.companion.url
    assert {name: url + there for name, there in says.items()} == real.inventory.symbols


def test_no_real_page_tells_where_it_was_built(real: Real) -> None:
    places = (str(ROOT).encode(), b"/tmp/", str(Path.home()).encode() + b"/")
    for path, data in real.files().items():
        assert not any(place in data for place in places), path


def test_our_own_docstrings_give_nothing_to_complain_of(real: Real) -> None:
    assert real.said == ()


def test_every_symbol_is_an_anchor(tiny: Built) -> None:
    assert_every_symbol_is_there(tiny)
    assert_every_heading_is_a_symbol(tiny)


def test_what_is_not_public_is_on_no_page(tiny: Built) -> None:
    text = "".join(tiny.html(page.module.replace(".", "/")) for page in tiny.inventory.pages)
    ids = set(re.findall(r'\sid="?([^"\s>]+)', text))
    for name in ("_secret", "_private", "unseen", "UNLISTED", "external"):
        assert not [found for found in ids if found.endswith(f".{name}")]


def test_a_module_has_a_page_in_a_navigation_like_the_package(tiny: Built) -> None:
    html = tiny.html("tiny/deep/inner")
    nav = html[html.index("<nav") : html.index("</nav>")]
    names = re.findall(r"<a [^>]*>([^<]+)<", nav)
    assert names == ["Overview", "tiny", "deep", "inner", "shapes"]
    assert re.findall(r'aria-current="page">(\w+)<', nav) == ["inner"]


def test_the_first_page_lists_every_module_with_its_summary(tiny: Built) -> None:
    html = tiny.html("")
    for page in tiny.inventory.pages:
        assert f'href="{page.module.replace(".", "/")}/"' in html
    assert "Shapes, for tests | with a bar." in html


def test_a_second_name_is_shown_with_a_link_to_the_first(tiny: Built) -> None:
    assert 'href="../#tiny.helper"' in tiny.html("tiny/deep")
    assert 'href="shapes/#tiny.shapes.Circle"' in tiny.html("tiny")


def test_types_and_docstrings_link_to_what_they_name(tiny: Built) -> None:
    html = tiny.html("tiny/shapes")
    assert html.count('href="../#tiny.Base"') >= 3
    assert 'href="#tiny.shapes.Circle"' in html


def test_every_link_inside_of_the_reference_has_an_end(tiny: Built) -> None:
    for file in tiny.root.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="?([^"\s>]+)', file.read_text(encoding="utf-8")):
            if "://" in link or link.startswith("mailto:"):
                continue
            path, _, anchor = link.partition("#")
            target = (file.parent / path).resolve() if path else file
            if not target.is_relative_to(tiny.root.resolve()):
                continue
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{file}: {link}"
            if anchor and target.suffix == ".html":
                page = target.parent.relative_to(tiny.site.resolve()).as_posix()
                assert anchor in tiny.ids(page), f"{file}: {link}"


def test_source_is_shown_and_linked_to(tiny: Built) -> None:
    html = tiny.html("tiny/shapes")
    line = FILES["tiny/shapes.py"].splitlines().index("class Colour(Enum):") + 1
    assert f'href="https://code.example/tree/v1.2.0/tiny/shapes.py#L{line}"' in html
    assert "Source code in <code>tiny/shapes.py</code>" in html
    # An object that is shown where it is exported links to where it is defined.
    assert 'href="https://code.example/tree/v1.2.0/tiny/_hidden.py#L' in tiny.html("tiny")


def test_a_long_signature_is_broken_alike_everywhere(tiny: Built) -> None:
    html = tiny.html("tiny/shapes")
    text = re.sub(r"<[^>]+>", "", html)
    assert "transform(\n    shape: Base,\n    first_option: int = 1,\n" in text


def test_a_comment_in_an_example_is_no_heading(tiny: Built) -> None:
    html = tiny.html("tiny/shapes")
    assert "A comment, not a heading" in html
    assert not re.search(r"<h\d[^>]*>[^<]*A comment", html)


def test_nothing_is_asked_of_anybody_else_while_it_is_read(tiny: Built) -> None:
    for path, data in tiny.files().items():
        if path.endswith(".html"):
            text = data.decode()
            loaded = re.findall(r'<(?:script|img|iframe)[^>]+src="?(https?:[^"\s>]+)', text)
            loaded += re.findall(r'<link[^>]+href="?(https?:[^"\s>]+)', text)
            assert [url for url in loaded if not url.startswith(CHROME.site_url)] == []


def test_it_knows_neither_other_versions_nor_its_site_and_leaves_marks(tiny: Built) -> None:
    for page in ("", "tiny", "tiny/deep"):
        html = tiny.html(page)
        assert re.match(
            r"\s*<!doctype html>\n<title>[^<]+</title>\n"
            r'<meta name="description" content="[^"]+">\n<div',
            html,
        )
        assert html.count("<!--blogtools:versions-->") == 1
        assert html.index("<!--blogtools:note-->") < html.index("<h1")
        for foreign in ("canonical", "<script", "<style", "<link", " style=", "<header", '"md-'):
            assert foreign not in html


def test_pages_say_what_they_are_to_searches(tiny: Built) -> None:
    html = tiny.html("tiny/shapes")
    assert '<article class="bt-text" data-pagefind-body>' in html
    assert html.count("mkdocstrings-source") == html.count('source" data-pagefind-ignore') > 0
    assert '<meta name="description" content="The shapes.">' in html


def test_each_object_has_a_mark_for_the_essays_that_discuss_it(tiny: Built) -> None:
    marks = re.compile(r"<!--blogtools:backlinks (\S+)-->")
    pages = {symbol.url.partition("#")[0] for symbol in tiny.inventory.objects}
    html = {url: tiny.html(url.removeprefix(tiny.companion.url)) for url in pages}
    found = sorted((symbol, url) for url in pages for symbol in marks.findall(html[url]))
    wanted = [(symbol.path, symbol.url.partition("#")[0]) for symbol in tiny.inventory.objects]
    assert found == sorted(wanted)
    for symbol, url in found:
        place = html[url].index(f"<!--blogtools:backlinks {symbol}-->")
        assert re.search(rf'id="?{re.escape(symbol)}"? ', html[url][:place])


def test_it_consists_of_pages_and_of_what_machines_read(tiny: Built) -> None:
    others = {path for path in tiny.files() if not path.endswith("index.html")}
    assert others == {"objects.inv", "sitemap.xml"}


def test_it_has_addresses_of_its_own(tiny: Built) -> None:
    base = "https://blog.example/essays/reference/tiny-shapes/1.2.0/"
    sitemap = ET.parse(tiny.root / "sitemap.xml")  # noqa: S314
    found = {element.text for element in sitemap.iter() if element.tag.endswith("}loc")}
    pages = {base} | {f"{base}{page.module.replace('.', '/')}/" for page in tiny.inventory.pages}
    assert found == pages


def test_the_inventory_for_others_names_package_and_version() -> None:
    inventory = Inventory("p", "1", COMPANION.url, {}, ("p",))
    head = objects_inv(COMPANION, inventory).split(b"\n")[:3]
    assert head[1:] == [b"# Project: tiny-shapes", b"# Version: 1.2.0"]


def test_equal_input_gives_equal_bytes_in_any_surroundings(
    tiny: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As far from the first build as can be: another place, clock, hash seed, time zone, language,
    # and a working folder that is above the source.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("PYTHONHASHSEED", "12345")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.chdir(tmp_path)
    again = Built(tmp_path / "site", LINKED, write_folder(tmp_path / "deep/er/source"), CHROME)
    assert set(again.files()) == set(tiny.files())
    assert [path for path, data in tiny.files().items() if again.files()[path] != data] == []


def test_without_an_address_there_is_no_sitemap(tmp_path: Path) -> None:
    built = Built(tmp_path / "site", COMPANION, write_folder(tmp_path / "source"), Chrome())
    assert "sitemap.xml" not in built.files()
    assert "View the source" not in built.html("tiny/shapes")


def test_a_docstring_of_ours_that_is_wrong_is_a_warning_at_its_line(tmp_path: Path) -> None:
    text = (
        '"""Doc."""\n\n\ndef f(x):\n    """Do.\n\n    Args:\n        y: [A][no.where].\n    """\n'
    )
    source = write_folder(tmp_path / "code/lib", {"own/__init__.py": text})
    companion = Companion("own", "checkout", "dev", ("own",), "code/lib/")
    built = Built(tmp_path / "site", companion, source, Chrome())
    assert {found.path for found in built.said} == {"code/lib/own/__init__.py"}
    assert {found.severity for found in built.said} == {Severity.WARNING}
    messages = {found.line: found.message for found in built.said}
    assert "'y'" in messages[8]
    assert any("no.where" in message for message in messages.values())


def test_a_docstring_of_somebody_else_is_not_the_authors_concern(tmp_path: Path) -> None:
    text = (
        '"""See [that][no.where]."""\ndef f(x):\n    """Do.\n\n    Args:\n        y: No.\n    """\n'
    )
    source = write_folder(tmp_path / "source", {"own/__init__.py": text})
    built = Built(tmp_path / "site", Companion("own", "pypi", "1", ("own",)), source, CHROME)
    assert built.said == ()


@pytest.mark.parametrize("options", [{"docstring_style": "nonsense"}, {"line_length": "long"}])
def test_an_option_that_cannot_be_is_a_clear_error(
    tmp_path: Path, options: Mapping[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    source = write_folder(tmp_path / "source")
    companion = replace(COMPANION, options=options)
    symbols = read(companion, source)
    with pytest.raises(RenderError, match=r"tiny-shapes 1\.2\.0 cannot be built: ") as failed:
        build_reference(companion, symbols, source, CHROME, tmp_path / "out")
    assert "\n" not in str(failed.value)
    assert "Traceback" not in str(failed.value)
    assert not (tmp_path / "out").exists()
    assert capfd.readouterr() == ("", "")


def test_a_build_runs_nothing_says_nothing_and_touches_neither_source_nor_environment(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Every module of the package raises when it runs, and so does what griffe might look for.
    source = write_folder(tmp_path / "source", {**FILES, "setup.py": "raise SystemExit(1)"})
    before = dict(os.environ)
    files = {file: file.read_bytes() for file in source.rglob("*") if file.is_file()}
    Built(tmp_path / "site", COMPANION, source, CHROME)
    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == before
    assert {file: file.read_bytes() for file in source.rglob("*") if file.is_file()} == files
    assert not list(source.rglob("__pycache__"))


def test_module_names_that_mean_something_to_mkdocs_are_nothing_special(tmp_path: Path) -> None:
    names = ("index", "README", "search", "assets", "sitemap", "objects")
    files = {f"odd/{name}.py": f'"""{name}."""\ndef f(): ...\n' for name in names}
    source = write_folder(tmp_path / "source", {"odd/__init__.py": "", **files})
    built = Built(tmp_path / "site", Companion("odd", "pypi", "1", ("odd",)), source, CHROME)
    assert len(built.inventory.pages) == 7
    assert_every_symbol_is_there(built)


def test_asking_for_the_builder_does_not_import_mkdocs() -> None:
    code = "import sys; from blogtools.mkdocs import reference_engine; reference_engine.engine(); "
    code += "sys.exit(any(name in sys.modules for name in ('mkdocs', 'material', 'griffe')))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_builder_names_everything_that_could_change_a_byte() -> None:
    for name in ("blogtools", "mkdocs ", "mkdocstrings-python", "griffelib"):
        assert name in engine()


def test_the_locked_file_is_the_one_that_is_documented() -> None:
    lock, _ = read_lock(ROOT / "companions.lock")
    entry = lock.find(Companion("metalog-jax", "pypi", "2.2.0", ("metalog_jax",)))
    assert entry is not None
    source = fetch(entry, ROOT / ".blogtools/companions")
    assert (source / "metalog_jax/metalog.py").is_file()


def test_diagnostics_print_like_all_others(tmp_path: Path) -> None:
    found = Diagnostic("src/a.py", 8, 1, "companion/docstring", "Bad", "Mend it")
    assert str(found) == "src/a.py:8:1: Bad. Mend it"
