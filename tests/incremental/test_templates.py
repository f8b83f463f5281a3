"""What templates of the author's show of other pages is as new as in a clean build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from .building import difference, scratch
from .site import Blog, essay, files_of
from .small import clean, edited, make_small, page, post, told

LENGTHS = "{% for p in nav.pages %}{{ p.content | length }} {% endfor %}"
NEXT = "{% if page and page.next_page %}{{ page.next_page.content | length }}{% endif %}"
ALL = "{% for p in pages %}{{ p.url }}\n{% endfor %}"
MAIN = '{% extends "base.html" %}{% block announce %}{% include "partials/x.j2" %}{% endblock %}\n'
ITEM = "blogtools/partials/item.html"


@pytest.fixture
def blog() -> Iterator[Blog]:
    with scratch() as folder:
        yield make_small(folder / "blog")


def static(blog: Blog, name: str, text: str) -> None:
    blog.config(lambda data: data["theme"].update(static_templates=[name]))
    blog.write(f"overrides/{name}", text)


def right(blog: Blog) -> None:
    assert difference(files_of(blog.site) or {}, clean(blog)) == ""


def more(blog: Blog) -> None:
    blog.append("docs/guide.md", "More.")


@pytest.mark.parametrize("name", ["pages.json", "pages", "deep/pages.TXT"])
def test_a_template_of_any_name_may_show_other_pages(blog: Blog, name: str) -> None:
    static(blog, name, LENGTHS)
    assert name in edited(more, blog).whys
    right(blog)


def test_an_included_template_of_any_name_may_show_other_pages(blog: Blog) -> None:
    blog.write("overrides/main.html", MAIN)
    blog.write("overrides/partials/x.j2", NEXT)
    edited(more, blog)
    right(blog)


def test_templates_behind_links_may_show_other_pages(blog: Blog) -> None:
    blog.write("overrides/main.html", MAIN)
    blog.write("shared/x.j2", NEXT)
    (blog.root / "overrides/partials").symlink_to("../shared")
    (blog.root / "shared/loop").symlink_to("../overrides")
    edited(more, blog)
    # Copies of blogs are made without links, behind which MkDocs looks for no files to copy.
    (blog.root / "overrides/partials").unlink()
    blog.write("overrides/partials/x.j2", NEXT)
    wanted = {name: data for name, data in clean(blog).items() if name != "partials/x.j2"}
    assert difference(files_of(blog.site) or {}, wanted) == ""


def test_what_is_no_template_shows_no_other_page(blog: Blog) -> None:
    blog.write("overrides/own.css", "nav { parent: next_page }")
    blog.write("overrides/own.js", "const s = '{{', pages = nav.children;")
    (blog.root / "overrides/font.woff2").write_bytes(b"\xff{{ pages }}{{ nav.pages }}" * 9)
    blog.write("overrides/main.html", '{% extends "base.html" %}{# pages #}<nav>pages</nav>')
    made = edited(more, blog)
    assert not made.whole
    assert made.pages == {"guide/index.html"}


def test_a_template_of_any_name_lists_the_essays_among_all_pages(blog: Blog) -> None:
    static(blog, "pages.txt", ALL)
    made = told(blog)
    assert made.whole
    assert "pages.txt (it reads 'pages')" in made.notices[-1]
    assert "posts/alpha/" in (blog.site / "pages.txt").read_text()


def test_a_template_that_reaches_for_the_whole_edition_sees_all_of_it(blog: Blog) -> None:
    text = "{% if view and view.edition %}{{ view.edition.index.posts | length }}{% endif %}"
    blog.write("overrides/main.html", '{% extends "base.html" %}\n')
    blog.write("overrides/blogtools/partials/footer.html", text)
    assert told(blog).whole


def test_a_template_that_includes_one_of_that_name_does_not_read_all_pages(blog: Blog) -> None:
    text = '{% include "blogtools/partials/footer.html" %}{# pages #}{{ "pages" }}{{ view.pages }}'
    blog.write("overrides/partials/x.html", text)
    assert not told(blog).whole


def lists(name: str) -> set[str]:
    return {"index.html", "archive/2023/index.html", f"tags/{name}/index.html"}


SHOWN: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "updated": ("{{ item.post.updated }}", {"updated": "2024-05-05"}),
    "tags": ("{% for t in item.post.terms.tags %}{{ t.label }}{% endfor %}", {"tags": ["Teal"]}),
    "extra": ("{{ item.post.entry.document.front.meta.extra }}", {"extra": {"mood": "gay"}}),
    "links": ("{{ item.post.entry.document.front.links }}", {"links": [{"X": "https://x.org"}]}),
}


@pytest.mark.parametrize("name", [ITEM, "blogtools/partials/line.html"])
@pytest.mark.parametrize("key", SHOWN)
def test_a_replaced_template_of_ours_may_show_all_front_matter(
    blog: Blog, name: str, key: str
) -> None:
    text, front = SHOWN[key]
    blog.write(f"overrides/{name}", text)
    made = edited(lambda b: b.front(post("alpha"), **front), blog)
    assert made.pages >= lists("red") - (lists("red") if key == "tags" else set())
    assert not made.whole
    right(blog)


def test_a_template_of_the_authors_may_show_whole_texts_in_lists(blog: Blog) -> None:
    text = "{% for one in view.items or () %}{{ one.post.rendered.html }}{% endfor %}"
    blog.write("overrides/main.html", '{% extends "base.html" %}\n')
    blog.write("overrides/blogtools/home.html", f"<p>{text}</p>")
    edited(lambda b: b.append(post("alpha"), "More."), blog)
    assert "More." in (blog.site / "index.html").read_text()
    right(blog)


def test_a_replaced_overview_may_show_all_of_each_essay(blog: Blog) -> None:
    text = (
        "{% for _, items in view.shelves %}{% for item in items %}{{ item.excerpt }}"
        "{{ item.authors }}{{ item.post.updated }}{% endfor %}{% endfor %}"
    )
    blog.write("overrides/blogtools/overview.html", text)
    edited(lambda b: b.replace(post("alpha"), "The excerpt", "Another"), blog)
    right(blog)
    blog.front(post("alpha"), updated="2024-05-05")
    assert "archive/index.html" in told(blog).pages
    right(blog)


def test_a_template_that_shows_no_essay_makes_no_list_anew(blog: Blog) -> None:
    text = '{% extends "base.html" %}{% block announce %}{{ config.site_name }}{% endblock %}\n'
    blog.write("overrides/main.html", text)
    blog.write("overrides/.styles/tokens.css", ":root {}")
    made = edited(lambda b: b.front(post("alpha"), updated="2024-05-05"), blog)
    assert made.pages == {page("alpha")}


def test_a_replaced_template_may_show_how_many_essays_the_terms_have(blog: Blog) -> None:
    count = "{{ t.label }} ({{ t.count }})"
    by_line = f"{{% for t in view.terms %}}{count}{{% endfor %}}"
    in_lists = f"{{% for t in view.topics + view.series %}}{count}{{% endfor %}}"
    blog.write("overrides/blogtools/partials/byline.html", f"<p>{by_line}</p>")
    content = f"{{% block content %}}{in_lists}{{% endblock %}}"
    blog.write("overrides/blogtools/listing.html", f'{{% extends "main.html" %}}{content}')
    blog.config(lambda data: data["plugins"]["blogtools"].update(related=0))
    new = essay("Older", "2020-01-01", tags=["Green", "Red"], series="Steps")
    made = edited(lambda b: b.write("posts/older.md", new), blog)
    assert {page("zeta"), "archive/2024/index.html"} <= made.pages
    right(blog)


SOURCES: Mapping[str, str] = {
    "page.file.src_uri": "",
    "page.edit_url": "",
    "page['file'].src_uri": "",
    "page.file.content_string | length": "main.html (it reads 'content_string')",
    "page.update_date": "main.html (it reads 'update_date')",
    "config.docs_dir": "main.html (it reads 'docs_dir')",
    "config['config_file_path']": "main.html (it reads 'config_file_path')",
}


@pytest.mark.parametrize("shown", SOURCES)
def test_a_template_may_show_where_a_file_lies_and_what_is_in_it(blog: Blog, shown: str) -> None:
    text = f"{{% if page %}}<i>{{{{ {shown} }}}}</i>{{% endif %}}"
    blog.write(
        "overrides/main.html",
        f'{{% extends "base.html" %}}{{% block footer %}}{text}{{% endblock %}}',
    )

    def move(blog: Blog) -> None:
        blog.rename(post("alpha"), "posts/old/alpha.md")
        blog.rename("docs/loose.md", "docs/loose/index.md")
        blog.append("docs/guide.md", "[unused]: https://example.org/")

    made = edited(move, blog)
    assert made.whole == bool(SOURCES[shown])
    assert SOURCES[shown] in "".join(made.notices)
    if "config" not in shown:  # of a blog elsewhere that is another folder
        right(blog)


def test_a_link_to_edit_a_page_leads_to_where_its_file_is(blog: Blog) -> None:
    blog.setting("repo_url", "https://code.example/small")
    blog.setting("edit_uri", "edit/main/docs/")
    blog.config(lambda data: data["theme"].update(features=["content.action.edit"]))

    def move(blog: Blog) -> None:
        blog.rename(post("alpha"), "posts/old/alpha/index.md")
        blog.rename("docs/loose.md", "docs/loose/index.md")

    made = edited(move, blog)
    assert {page("alpha"), "loose/index.html"} <= made.pages
    assert page("beta") not in made.pages
    assert made.whys[page("alpha")] == "where its file is changed"
    assert b"posts/old/alpha/index.md" in (blog.site / page("alpha")).read_bytes()
    right(blog)


def test_where_nothing_shows_it_a_moved_file_does_not_make_its_page(blog: Blog) -> None:
    made = edited(lambda b: b.rename(post("alpha"), "posts/old/alpha.md"), blog)
    assert page("alpha") not in made.pages
    right(blog)
