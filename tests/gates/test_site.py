from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogtools.gates.site import chosen
from blogtools.publishing.pages import Folder, Page
from tests.gates.judged import Came, fake, hold, write
from tests.gates.schemas import must_be_code_quality

HEAD = '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>T</title>'


def page(body: str, head: str = "") -> str:
    return f"{HEAD}{head}</head>\n<body><main><h1>T</h1>\n{body}\n</main></body></html>\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project",
        {
            "site/index.html": page('<a href="a/#part">A</a> <img src="p.svg" alt="P">'),
            "site/a/index.html": page('<h2 id="part">Part</h2> <a href="../">Up</a>'),
            "site/p.svg": "<svg/>",
        },
    )


def quick(root: Path, *options: str) -> Came:
    """Hold to the gate without the browser."""
    return hold("site", root, "--no-accessibility", *options)


def test_a_good_site_passes_and_says_what_was_not_looked_at(project: Path) -> None:
    came = quick(project)

    assert came.code == 0, came.said
    assert "no findings in 2 pages" in came.said
    assert "Nobody looked at accessibility: that is switched off" in came.said
    assert came.verdict["figures"]["heaviest page"] == "index.html"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ('<a href="gone/">', "there is no gone/"),
        ('<a href="a/#nowhere">', "a/index.html has no #nowhere"),
        ('<img alt="" src="gone.png">', "there is no gone.png"),
        ('<a href="#nowhere">', "index.html has no #nowhere"),
        ('<img alt="" srcset="p.svg 1x, big.png 2x">', "there is no big.png"),
        ('<script src="gone.js"></script>', "there is no gone.js"),
        ('<a href="a">', ""),
        ('<a href="https://example.org/gone">', ""),
        ('<a href="mailto:a@example.org">', ""),
        ('<a href="a/?q=1#:~:text=x">', ""),
        ('<a href="#">', ""),
        ('<a href="p.svg#any">', ""),
    ],
)
def test_links_are_followed_inside_the_site_down_to_the_heading(
    project: Path, link: str, said: str
) -> None:
    text = page(f"\n\n{link}x</a>" if link.startswith("<a") else f"\n\n{link}")
    write(project, {"site/index.html": text})

    came = quick(project, "--no-html")

    expected = [("site/index.html", 6, "site/link")] if said else []
    assert came.found() == expected, came.said
    assert said in came.said


def test_a_broken_link_is_told_in_the_markdown_that_its_page_is_made_of(project: Path) -> None:
    gone = page('<a href="gone/?a=1&amp;b=2">x</a>')
    write(
        project,
        {
            "site/index.html": gone,
            "site/a/index.html": page('<h2 id="part">P</h2><img alt="" srcset="gone.png 2x">'),
            "site/b.html": page('<a href="made/by/a/template/">x</a>'),
            "docs/index.md": "# T\n\n[x](gone/?a=1&b=2)\n",
            "pages/a.md": "![](gone.png)\n",
            "pages/b.md": "# B\n",
        },
    )

    assert quick(project, "--no-html").found() == [
        ("docs/index.md", 3, "site/link"),
        ("site/a/index.html", 4, "site/link"),
        ("site/b.html", 4, "site/link"),
    ]
    came = quick(project, "--no-html", "--source", "docs", "--source", "pages")
    assert [path for path, _, _ in came.found()] == ["docs/index.md", "pages/a.md", "site/b.html"]
    assert "(line 4 of site/index.html)" in came.said
    quick(project, "--source", "none").must_be_broken("There is no folder none")


SEGMENTS = ["..", ".", "", "a", "b.html", "%C3%A9", "x y", "a:b", "?q=1/../x", "#f%20g", "..."]


@given(
    path=st.sampled_from(["index.html", "a/index.html", "a/b/c.html"]),
    address=st.lists(st.sampled_from(SEGMENTS), max_size=5).map("/".join),
)
def test_short_ways_to_follow_a_link_lead_where_the_standard_does(path: str, address: str) -> None:
    where = "https://a.example/blog/"
    joined = urlsplit(urljoin(where + path, address))
    inside = joined.netloc == "a.example" and joined.path.startswith("/blog/")
    meant = (unquote(joined.path[len("/blog/") :]), unquote(joined.fragment)) if inside else None

    found = Folder(Path("site"), {}, where).resolved(Page(path, "", {}, (), "", "", ()), address)

    assert found == meant


def test_addresses_of_the_site_itself_are_links_inside_it(project: Path) -> None:
    canonical = '<link rel="canonical" href="https://a.example/blog/">'
    links = (
        '<a href="https://a.example/blog/gone/">x</a><a href="/blog/a/">y</a><a href="/z/">z</a>'
    )
    write(project, {"site/index.html": page(links, canonical)})

    assert [found[2] for found in quick(project).found()] == ["site/link"]
    other = quick(project, "--url", "https://b.example/")
    assert "there is no blog/a/" in other.said
    assert "blog/gone" not in other.said


def test_sitemaps_list_what_is_there_and_redirects_lead_somewhere(project: Path) -> None:
    url = "https://a.example/"
    entries = "".join(f"<url><loc>{url}{name}</loc></url>\n" for name in ("a/", "gone/", "old/x"))
    sitemap = f"<urlset>\n{entries}</urlset>"
    write(project, {"site/sitemap.xml": sitemap, "site/_redirects": "/old/* /a/:splat 301\n"})

    assert quick(project, "--url", url).found() == [("site/sitemap.xml", 3, "site/link")]


def test_html_that_breaks_the_rules_is_found_at_its_line(project: Path) -> None:
    write(
        project,
        {
            "site/index.html": page('<p id="x">\n<table><p>In</p></table>\n<i id="x">'),
            "site/b.html": "<html><title>B</title><img src='p.svg'>",
        },
    )

    came = quick(project)

    found = came.found()
    assert ("site/index.html", 5, "html/unexpected-start-tag-implies-table-voodoo") in found
    assert ("site/index.html", 4, "site/duplicate-id") in found
    assert ("site/b.html", 1, "html/expected-doctype-but-got-start-tag") in found
    lacking = [one["message"] for one in came.verdict["findings"] if one["code"] == "site/missing"]
    assert len(lacking) == 2
    must_be_code_quality(came.report("gl-code-quality-site.json"))


def test_weights_have_limits(project: Path) -> None:
    write(project, {"site/p.svg": "x" * 5000, "site/unused.bin": "x" * 1_500_000})

    came = quick(project, "--page-kilobytes", "5", "--total-megabytes", "1", "--entries", "3")

    assert {found[2] for found in came.found()} == {
        "site/page-weight",
        "site/weight",
        "site/entries",
    }
    assert came.found()[0][0] == "site/index.html"


def test_what_keeps_people_from_reading_is_found_in_a_browser(project: Path) -> None:
    grey = '<p style="color:#ccc;background:#fff">Hard to read</p>'
    write(project, {"site/a/index.html": page(f'<h2 id="part">Part</h2>\n{grey}')})

    came = hold("site", project, "--impact", "serious")

    assert came.code == 1, came.said
    assert came.found() == [("site/a/index.html", 5, "axe/color-contrast")]
    assert came.verdict["figures"]["pages that axe looked at"] == 2
    assert any(tool.startswith("axe 4") for tool in came.verdict["tools"])


def test_what_is_accepted_has_a_reason_and_a_day_it_ends_on(project: Path) -> None:
    write(project, {"site/a/index.html": page('<a href="gone/">x</a>')})
    accepted = (
        '[[tool.blogtools.gates.site.accepted]]\ncode = "site/link"\npage = "a/*"\n'
        'reason = "A theme"\nexpires = {}\n'
    )
    write(project, {"pyproject.toml": accepted.format("2999-01-01")})
    assert quick(project).code == 1, "there is a second broken link, on another page"
    write(project, {"site/index.html": page("")})
    assert quick(project).code == 0
    write(project, {"pyproject.toml": accepted.format("2001-01-01")})
    again = quick(project)
    assert again.code == 1
    assert "accepted until 2001-01-01, so it counts again" in again.said


def test_pages_for_the_browser_are_spread_over_the_site() -> None:
    paths = [f"{folder}/{n}/index.html" for folder in "abc" for n in range(10)] + ["index.html"]

    some = chosen(paths, 6)

    assert {path[0] for path in some[:4]} == {"a", "b", "c", "i"}
    assert len(set(some)) == 6
    assert chosen(paths, 0) == tuple(paths)


def test_no_site_and_no_page_are_broken(tmp_path: Path) -> None:
    root = write(tmp_path / "project", {"empty/x.txt": ""})

    quick(root).must_be_broken("There is no folder", "--site")
    quick(root, "--site", "empty").must_be_broken("There is no page in")


def test_no_browser_is_broken_and_says_how_to_go_without(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    hold("site", project, "--no-html").must_be_broken("There is no browser", "--no-accessibility")
    came = hold("site", project, "--no-html", "--browser", str(tmp_path / "none"))
    came.must_be_broken("There is no browser")


def test_a_browser_that_crashes_or_hangs_is_broken(project: Path, tmp_path: Path) -> None:
    crashing = fake(tmp_path / "bin", "crashing", "sys.exit(1)")
    hanging = fake(tmp_path / "bin", "hanging", "time.sleep(60)")

    came = hold("site", project, "--no-html", "--browser", str(crashing))
    came.must_be_broken("axe exited with 1")
    came = hold("site", project, "--no-html", "--browser", str(hanging), "--time-limit", "6")
    came.must_be_broken("axe was stopped: the time limit")


@pytest.mark.parametrize(
    ("package", "said"),
    [("html5lib", "html5lib is not installed"), ("playwright", "playwright is not installed")],
)
def test_a_package_that_is_not_installed_is_broken(
    project: Path, monkeypatch: pytest.MonkeyPatch, package: str, said: str
) -> None:
    monkeypatch.setattr(
        "blogtools.gates.site.find_spec", lambda name: None if name == package else True
    )

    hold(
        "site", project, *([] if package == "playwright" else ["--no-accessibility"])
    ).must_be_broken(said)


@pytest.mark.parametrize(
    ("module", "code", "said"),
    [
        ("html_child", "print('{}')", "html5lib says nothing of 2 pages"),
        ("html_child", "print('x')", "The report of html5lib cannot be read"),
        ("html_child", "pass", "html5lib reported nothing at all"),
        ("html_child", "sys.exit(1)", "html5lib exited with 1"),
        ("html_child", "time.sleep(60)", "time limit"),
        ("axe_child", "print('{}')", "axe says nothing of 2 pages"),
        ("axe_child", "print('x')", "The report of axe cannot be read"),
        ("axe_child", "pass", "axe reported nothing at all"),
        (
            "axe_child",
            "import json; none = {'version': '4', 'passes': 0, 'violations': []}\n"
            "print(json.dumps({path: none for path in sys.stdin.read().split()}))",
            "axe found nothing to look at",
        ),
    ],
)
def test_tools_that_cannot_be_believed_are_broken(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    code: str,
    said: str,
) -> None:
    python = fake(tmp_path / "bin", "python", f"assert sys.argv[2].endswith({module!r})\n{code}")
    monkeypatch.setattr("blogtools.gates.site.sys.executable", str(python))
    browser = ("--browser", "true") if module == "axe_child" else ("--no-accessibility",)
    skipped = ("--no-html",) if module == "axe_child" else ()

    hold("site", project, *browser, *skipped, "--time-limit", "3").must_be_broken(said)


def test_names_with_spaces_and_accents_are_found(project: Path) -> None:
    name = "caf\N{LATIN SMALL LETTER E WITH ACUTE} one"
    write(
        project,
        {
            f"site/{name}/index.html": page("x"),
            "site/index.html": page('<a href="caf%C3%A9%20one/">x</a>'),
        },
    )

    assert quick(project).code == 0
