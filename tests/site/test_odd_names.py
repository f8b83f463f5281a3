"""Names, titles and labels may hold any character: they arrive as text, and links still lead on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from tests.site.html import Links, Page, pages
from tests.site.support import BLOGTOOLS, MKDOCS, build, differing, essay, run, succeed, write

ADDRESS = "https://odd.example/"
CONFIG = """\
site_name: 'Odd <b> & "q"'
site_url: https://odd.example/
theme: {name: material}
plugins: [blogtools: {workers: 1}]
"""
MARKUP = "</script><script>alert(1)</script> & \"q\" 'q' <!-- {{ 1 + 1 }} [[x]]"
PIPES = """
docs/pipe docs/pipe.md posts/pipe posts/pipe.md posts/pipe.ipynb overrides/pipe overrides/main.html
""".split()
BODY = """\
![By its name](<a pic%231.svg>) ![encoded](a%20pic%231.svg)
[A folder](<a folder & more/index.md>), [a hundred](100%25.md), [a question](what%3F.md),
[myself](#ünï), [elsewhere](Große%20Straße.md#%C3%BCn%C3%AF), [a page](<../docs/a page & b.md>).

## Ünï {#ünï}

Text.
"""


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    quoted = json.dumps(MARKUP)
    labels = '["a/b", "<b>&", "C#", "日本 語", "..", "?"]'
    odd = essay(
        quoted,
        body=BODY,
        tags=labels,
        categories=f"[{quoted}]",
        series=quoted,
        authors=f"[{quoted}]",
        description=quoted,
        aliases='["/old path/", "/ü/", "/q&a/"]',
    )
    blog = write(
        tmp_path_factory.mktemp("odd"),
        {
            "mkdocs.yml": CONFIG,
            "docs/a page & b.md": "# A <page>\n\n[Odd](<../posts/with space.md>)\n",
            "posts/with space.md": odd,
            "posts/two & more.md": essay("Two", series=quoted, tags=labels),
            "posts/a pic#1.svg": "<svg/>",
            "posts/100%.md": essay("A hundred"),
            "posts/what?.md": essay("What?"),
            "posts/Große Straße.md": essay("Straße", body="## Ünï {#ünï}\n\nText."),
            "posts/a folder & more/index.md": essay(
                "In a folder", body='![x](<my pic.svg>) <a href="../with space.md#ünï">back</a>'
            ),
            "posts/a folder & more/my pic.svg": "<svg/>",
        },
    )
    build(blog)
    return blog


def test_links_lead_on_whatever_a_name_holds(blog: Path) -> None:
    links = Links(blog / "site", ADDRESS)
    broken = {page.url: links.broken(page) for page in pages(links.site)}
    assert {url: found for url, found in broken.items() if found} == {}


def test_what_an_author_writes_arrives_as_text(blog: Path) -> None:
    page = Page(blog / "site", "posts/with-space/")
    assert page.texts("h1") == [MARKUP]
    assert page.one("title").text() == f'{MARKUP} - Odd <b> & "q"'
    assert page.one("meta[name=description]").attributes["content"] == MARKUP
    assert page.one('meta[property="og:title"]').attributes["content"] == MARKUP
    assert page.texts(".bt-author a") == [MARKUP]
    assert MARKUP in page.texts(".bt-term")
    for page in pages(blog / "site"):
        assert not [n for n in page.all("script:not([type])") if "alert(1)" in n.text()], page.url


def test_machines_can_read_it(blog: Path) -> None:
    site = blog / "site"
    for file in site.rglob("*.xml"):
        assert len(etree.fromstring(file.read_bytes()))  # noqa: S314 - our own
    for file in site.rglob("*.json"):
        assert json.loads(file.read_bytes())
    for page in pages(site):
        for data in page.all('script[type="application/ld+json"]'):
            assert json.loads(data.text())["@graph"]


def test_mkdocs_writes_the_same_bytes(blog: Path) -> None:
    succeed(blog, "mkdocs", "build", "-q", "-d", "site-mkdocs")
    assert differing(blog / "site", blog / "site-mkdocs") == []


def with_overrides(root: Path) -> Path:
    """Write a blog with something in each folder of the author's."""
    theme = "{name: material, custom_dir: overrides}"
    files = dict.fromkeys(("docs/a.md", "overrides/a.css"), "A page")
    config = CONFIG.replace("{name: material}", theme)
    return write(root, {"mkdocs.yml": config, "posts/a.md": essay("A"), **files})


@pytest.mark.parametrize("command", [BLOGTOOLS, MKDOCS])
@pytest.mark.parametrize("folder", ["posts", "docs", "overrides"])
def test_a_name_that_is_no_text_is_a_mistake_wherever_it_is_found(
    tmp_path: Path, folder: str, command: tuple[str, ...]
) -> None:
    blog = with_overrides(tmp_path)
    odd = os.fsencode(blog / folder) + b"/odd\xff.txt"
    os.close(os.open(odd, os.O_CREAT | os.O_WRONLY))
    failed = run(blog, *command)
    said = failed.stdout + failed.stderr
    assert failed.returncode == 1
    assert f"{folder}/odd\\udcff.txt:1:1: the file's name holds what cannot stand in a URL" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [BLOGTOOLS, MKDOCS])
@pytest.mark.parametrize("pipe", PIPES)
def test_a_pipe_is_a_mistake_wherever_it_is_found_and_never_waited_for(
    tmp_path: Path, pipe: str, command: tuple[str, ...]
) -> None:
    blog = with_overrides(tmp_path)
    os.mkfifo(blog / pipe)
    failed = run(blog, *command)
    said = failed.stdout + failed.stderr
    assert failed.returncode == 1
    assert f"{pipe}:1:1: this is a pipe, a socket or a device, and no file. Remove it" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [BLOGTOOLS, MKDOCS])
@pytest.mark.parametrize("page", ["posts/with.md", "docs/with.md"])
@pytest.mark.parametrize("strict", ["false", "true"])
def test_a_pipe_that_a_text_includes_is_a_file_that_is_not_there(
    tmp_path: Path, command: tuple[str, ...], page: str, strict: str
) -> None:
    blog = with_overrides(tmp_path)
    snippets = f"pymdownx.snippets: {{base_path: [parts], check_paths: {strict}}}"
    with (blog / "mkdocs.yml").open("a") as settings:
        settings.write(f"markdown_extensions: [{{{snippets}}}]\n")
    write(blog, {page: essay("With", body='Before.\n\n--8<-- "pipe"\n')})
    (blog / "parts").mkdir()
    os.mkfifo(blog / "parts/pipe")
    built = run(blog, *command)
    assert built.returncode == int(strict == "true"), built
    assert ("SnippetMissingError" in built.stdout + built.stderr) == (strict == "true")
