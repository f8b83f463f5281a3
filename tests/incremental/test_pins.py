"""Essays that name versions: which pages an edit makes anew, and that they are right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest

from tests.companions.threefold import write_repository
from tests.site.html import Page
from tests.site.support import run, succeed

from .building import Oracle, difference, scratch, without_references
from .conftest import Bench
from .site import Blog, essay, inventory
from .small import edited, make_small, page, post

OLD, NEW = "1.1", "2.0"
INV = "inventories/other.inv"
COMPANIONS = {
    "name": "threefold",
    "source": "git",
    "repository": "../code",
    "versions": [OLD, NEW],
    "modules": ["threefold"],
}
OTHER = {"name": "Other", "file": INV, "url": "https://other.example/"}


@pytest.fixture(scope="module")
def built() -> Iterator[Bench]:
    """Build a blog that documents two versions of a package."""
    with scratch() as folder:
        write_repository(folder / "code")
        blog = make_small(folder / "blog")
        blog.option(companions=[COMPANIONS], inline_symbols=True, inventories=[OTHER])
        blog.write(INV, inventory({"other.Thing": "things.html#other.Thing"}))
        blog.append(post("beta"), "It folds by [fold][threefold.folds.fold].")
        blog.append(post("gamma"), "It is [another thing][other.Thing].")
        succeed(blog.root, "blogtools", "reference", "update")
        bench = Bench(blog, Oracle(folder / "clean"))
        bench.right()
        yield bench


@pytest.fixture
def bench(built: Bench) -> Iterator[Bench]:
    """Return that blog, which is as it was once the test is done."""
    sources = built.blog.sources()
    yield built
    built.blog.restore(sources)


def remade(bench: Bench, change: Callable[[Blog], object]) -> frozenset[str]:
    """Return the essays' pages that an edit makes anew; lists may show where a link leads too."""
    pages = edited(change, bench.blog).pages
    bench.right()
    return frozenset(name for name in pages if name.startswith("posts/"))


def links(blog: Blog, name: str) -> list[str]:
    """Return where the links of an essay's text lead, but for its list of objects."""
    found = Page(blog.site, f"posts/{name}/").values(".bt-prose > p a", "href")
    return [link for link in found if "reference/" in link or "example" in link]


def discussed(blog: Blog, name: str) -> list[str]:
    """Return what an essay's page lists: versions, and objects."""
    rows = Page(blog.site, f"posts/{name}/").all(".bt-uses a")
    return [row.text() for row in rows]


def fold(version: str) -> str:
    return f"../../reference/threefold/{version}/threefold/folds/#threefold.folds.fold"


def test_without_a_version_an_essay_speaks_of_the_newest(bench: Bench) -> None:
    bench.right()
    assert links(bench.blog, "beta") == [fold(NEW)]
    assert discussed(bench.blog, "beta") == ["threefold 2.0", "threefold.folds.fold"]


def test_a_version_that_is_added_changed_and_removed_is_followed_by_that_essays_page_alone(
    bench: Bench,
) -> None:
    for version, leads_to in ((OLD, OLD), (NEW, NEW), (None, NEW)):
        pins = {"threefold": version} if version else None
        change = partial(Blog.front, name=post("beta"), companions=pins)
        changed = remade(bench, change)
        assert changed == {page("beta")}
        assert links(bench.blog, "beta") == [fold(leads_to)]
        assert discussed(bench.blog, "beta")[0] == f"threefold {leads_to}"


def test_a_link_to_a_symbol_joins_the_list_of_objects(bench: Bench) -> None:
    text = "`threefold.scales.mean()`, or [fold][threefold.fold]."
    assert remade(bench, lambda blog: blog.append(post("alpha"), text)) == {page("alpha")}
    assert discussed(bench.blog, "alpha") == [
        "threefold 2.0",
        "threefold.folds.fold",
        "threefold.scales.mean",
    ]


def test_a_page_that_is_no_essay_names_versions_too(bench: Bench) -> None:
    guide = "# Guide\n\nBy [fold][threefold.folds.fold].\n"
    bench.blog.write("docs/guide.md", f"---\ncompanions: {{threefold: '{OLD}'}}\n---\n{guide}")
    files = bench.right()
    assert fold(OLD).removeprefix("../").encode() in files["guide/index.html"]
    bench.blog.write("docs/guide.md", guide)
    assert fold(NEW).removeprefix("../").encode() in bench.right()["guide/index.html"]


def test_a_symbol_that_the_named_version_lacks_stops_the_build(bench: Bench) -> None:
    bench.build()
    bench.blog.append(post("beta"), "And [the mean][threefold.scales.mean].")
    bench.right()
    bench.blog.front(post("beta"), companions={"threefold": OLD})
    (said,) = bench.fail().said
    assert "threefold 1.1 has no public object 'threefold.scales.mean'; it is in 2.0." in said
    bench.blog.front(post("beta"), companions={"threefold": "9.0"})
    (said,) = bench.fail().said
    assert "the site documents no version 9.0 of threefold. Write 2.0, or" in said


def test_another_projects_inventory_is_read_again_when_it_changes(bench: Bench) -> None:
    bench.right()
    assert links(bench.blog, "gamma") == ["https://other.example/things.html#other.Thing"]
    moved = inventory({"other.Thing": "new/things.html#other.Thing"})
    assert remade(bench, lambda blog: blog.write(INV, moved)) == {page("gamma")}
    assert links(bench.blog, "gamma") == ["https://other.example/new/things.html#other.Thing"]
    bench.blog.remove(INV)
    (said,) = bench.fail().said
    assert "the inventory inventories/other.inv cannot be read" in said


def test_plain_mkdocs_gives_the_same_pages(bench: Bench) -> None:
    bench.blog.front(post("beta"), companions={"threefold": OLD})
    bench.blog.write("posts/new.md", essay("New", "2024-05-05", "By `threefold.folds.fold()`."))
    ours = bench.right()
    outcome, theirs = bench.oracle.ask_mkdocs(bench.blog)
    assert not outcome.failed
    assert difference(without_references(ours), theirs) == ""


def references(made: Mapping[str, str]) -> dict[str, str]:
    """Return the files of references that were made, and why."""
    return {name: why for name, why in made.items() if re.match(r"reference/[^/]+/[^/]+/", name)}


def test_an_essay_that_begins_or_ends_to_discuss_an_object_changes_the_page_of_that_object_alone(
    bench: Bench,
) -> None:
    scales = f"reference/threefold/{NEW}/threefold/scales/"
    text = "Then by [the mean][threefold.scales.mean]."
    before = bench.blog.sources()
    made = edited(lambda blog: blog.append(post("alpha"), text), bench.blog).whys
    assert references(made) == {
        f"{scales}index.html": "the essays that discuss its objects came in"
    }
    bench.right()
    shown = Page(bench.blog.site, scales)
    assert shown.texts(".doc-discussed") == ["Discussed in: Alpha"]
    assert shown.values(".doc-discussed a", "href") == ["../../../../../posts/alpha/"]
    made = edited(lambda blog: blog.front(post("alpha"), title="Mean & <more>"), bench.blog).whys
    assert references(made) == {
        f"{scales}index.html": "the essays that discuss its objects changed"
    }
    bench.right()
    assert Page(bench.blog.site, scales).texts(".doc-discussed a") == ["Mean & <more>"]
    made = edited(lambda blog: blog.restore(before), bench.blog).whys
    assert references(made) == {
        f"{scales}index.html": "the essays that discuss its objects went out"
    }
    bench.right()
    assert Page(bench.blog.site, scales).all(".doc-discussed") == []


def test_an_essay_that_names_no_object_touches_no_reference(bench: Bench) -> None:
    made = edited(lambda blog: blog.append(post("alpha"), "Only words."), bench.blog)
    assert references(made.whys) == {}


def test_a_version_less_changes_what_its_neighbours_say(bench: Bench) -> None:
    old = f"reference/threefold/{OLD}/"
    bench.right()
    assert Page(bench.blog.site, old).texts(".bt-newer a") == [NEW]
    alone = {**COMPANIONS, "versions": [OLD]}
    made = edited(lambda blog: blog.option(companions=[alone]), bench.blog).whys
    assert "its other versions changed" in made[f"{old}index.html"]
    bench.right()
    assert Page(bench.blog.site, old).all(".bt-newer") == []
    assert not (bench.blog.site / "reference/threefold" / NEW).exists()


def newer(blog: Blog, name: str) -> list[str]:
    """Return what an essay's page says of newer versions."""
    return Page(blog.site, f"posts/{name}/").texts(".bt-newer p, .bt-newer li")


def test_what_became_of_a_version_is_told_on_the_pages_of_the_essays_that_name_it(
    bench: Bench,
) -> None:
    bench.blog.front(post("beta"), companions={"threefold": OLD})
    bench.right()
    told = ["Written for threefold 1.1. In 2.0:", "threefold.folds.fold has 3 instead of 2"]
    assert [
        said[: len(to)] for said, to in zip(newer(bench.blog, "beta"), told, strict=True)
    ] == told
    run(bench.blog.root, "blogtools", "drift", "--update")
    assert edited(lambda _: None, bench.blog).pages == frozenset()
    bench.right()
    alone = {**COMPANIONS, "versions": [OLD]}
    assert page("beta") in remade(bench, lambda blog: blog.option(companions=[alone]))
    assert newer(bench.blog, "beta") == []
