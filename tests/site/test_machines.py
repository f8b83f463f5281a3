"""What a site offers to machines that read text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.support import CONFIG, MKDOCS, build, differing, essay, succeed, write

FILES: dict[str, str | bytes] = {
    "mkdocs.yml": CONFIG.replace("plugins: [blogtools]", "plugins:\n  - blogtools: {OPTIONS}")
    + "site_description: On things\n"
    + "markdown_extensions:\n  - pymdownx.snippets: {base_path: [FOLDER/parts]}\n",
    "parts/a.md": "Included: [three](three/index.md).\n",
    "docs/about.md": "---\ntitle: About us\n---\nSee [one](../posts/one.md).\n",
    "posts/one.md": essay(
        "One", "2026-01-01", 'To [three](three/index.md#x).\n\n--8<-- "a.md"', tags="['A: b']"
    ),
    "posts/two.md": essay("Two", "2026-01-02", "Words " * 30, description="A sentence."),
    "posts/three/index.md": "---\ndate: 2026-01-03\n---\n# Three\n\nText.\n\n## X\n\n![p](p.svg)\n",
    "posts/three/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "posts/four.md": essay("Draft", "2026-01-04", "Xyzzydraft.", draft="true"),
}
TWO = "https://tiny.example/posts/two/"


def blog(folder: Path, options: str = "{}") -> Path:
    config = str(FILES["mkdocs.yml"]).replace("{OPTIONS}", options).replace("FOLDER", str(folder))
    write(folder, {**FILES, "mkdocs.yml": config})
    build(folder)
    return folder / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return blog(tmp_path_factory.mktemp("machines"))


def test_an_essay_has_a_copy_with_full_addresses_and_what_it_includes(site: Path) -> None:
    text = (site / "posts/one/index.md").read_text()
    assert text.startswith('---\ntitle: "One"\nurl: "https://tiny.example/posts/one/"\n')
    assert 'tags: ["A: b"]\n' in text
    assert "# One\n\nTo [three](https://tiny.example/posts/three/#x)." in text
    assert "Included: [three](https://tiny.example/posts/three/)." in text
    own = (site / "posts/three/index.md").read_text()
    assert own.count("# Three\n") == 1
    assert "![p](https://tiny.example/posts/three/p.svg)" in own


def test_a_page_has_one_too_and_each_page_says_where_its_own_is(site: Path) -> None:
    text = (site / "about/index.md").read_text()
    assert "# About us\n\nSee [one](https://tiny.example/posts/one/)." in text
    link = '<link rel="alternate" type="text/markdown" href="index.md">'
    with_copies = [page for page in site.rglob("*.html") if link in page.read_text()]
    copies = sorted(site.rglob("*.md"))
    assert sorted(page.with_suffix(".md") for page in with_copies) == copies
    assert len(copies) == 4


def test_the_index_names_essays_and_pages_the_newest_first(site: Path) -> None:
    text = (site / "llms.txt").read_text()
    assert text.startswith("# Tiny\n\n> On things\n\n## Essays\n\n- [Three]")
    assert f"- [Two]({TWO}index.md): A sentence.\n" in text
    assert "- [About us](https://tiny.example/about/index.md)\n" in text
    full = (site / "llms-full.txt").read_text()
    places = [full.index(f"# {title}\n") for title in ("Three", "Two", "One")]
    assert places == sorted(places)


def test_nothing_of_a_draft_is_in_any_of_it(site: Path) -> None:
    files = [file for file in site.rglob("*") if file.is_file()]
    assert not [file for file in files if b"xyzzydraft" in file.read_bytes().lower()]


def test_both_are_bounded_and_lead_on(tmp_path: Path) -> None:
    site = blog(tmp_path, "{machines: {essays: 1, words: 10}}")
    index, full = ((site / name).read_text() for name in ("llms.txt", "llms-full.txt"))
    assert index.count("/posts/") == 1
    assert "- [2026](https://tiny.example/archive/2026/): 3 essays" in index
    assert "# Three" in full
    assert "2 older essays are not in this file" in full
    assert "# Two" not in full


def test_what_is_switched_off_is_not_there(tmp_path: Path) -> None:
    site = blog(tmp_path, "{machines: false}")
    assert not [*site.rglob("*.md"), *site.glob("llms*")]
    assert "text/markdown" not in (site / "about/index.html").read_text()


def test_each_edit_gives_what_a_clean_build_gives(tmp_path: Path) -> None:
    blog(tmp_path)
    one = tmp_path / "posts/one.md"
    edits = {
        "posts/one.md": one.read_text() + "\n<!-- seen by nobody -->",
        "posts/two.md": str(FILES["posts/two.md"]).replace("Words", "_Words_", 1),
        "parts/a.md": "Included: *[three](three/index.md)*.\n",
        "docs/about.md": "---\ntitle: Us\n---\nSee [one](../posts/one.md).\n",
        "posts/three/index.md": "---\ndate: 2026-01-03\nslug: drei\n---\n# Three\n\n## X\n",
    }
    for name, text in edits.items():
        write(tmp_path, {name: text})
        build(tmp_path)
        succeed(tmp_path, *MKDOCS, "-d", "site-mkdocs")
        assert differing(tmp_path / "site", tmp_path / "site-mkdocs") == [], name
    assert (
        "[three](https://tiny.example/posts/drei/)"
        in (tmp_path / "site/posts/one/index.md").read_text()
    )
