"""Which version of a package a name leads into, and what is said where it leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from blogtools.content.links import absolute, broken, relative, resolve
from blogtools.content.markdown import Converter, SymbolNames
from blogtools.content.symbols import find, wrong_pins
from blogtools.model.companion import Companion, Inventory, packages
from blogtools.model.discussion import Use
from blogtools.model.elsewhere import Elsewhere
from blogtools.model.rendered import Link, LinkKind
from blogtools.model.site import Addresses
from tests.content.support import MARKDOWN, read, said

NAMES = {
    "1.0": ("pkg", "pkg.folds.fold", "pkg.scales.mean_of"),
    "1.1": ("pkg", "pkg.folds.fold", "pkg.scales.mean_of", "pkg.scales.rescale"),
    "2.0": ("pkg", "pkg.folds.fold", "pkg.scales.mean", "pkg.scales.rescale"),
}


def inventory(name: str, version: str, objects: tuple[str, ...], root: str) -> Inventory:
    """Return the symbols of a package; each object is also known by its last name at the top."""
    url = f"reference/{name}/{version}/"
    symbols = {path: f"{url}{path.replace('.', '/')}/#{path}" for path in objects}
    short = {f"{root}.{path.rpartition('.')[2]}": symbols[path] for path in objects}
    return Inventory(name, version, url, {**short, **symbols}, (root,))


def elsewhere(name: str, objects: Mapping[str, str]) -> Elsewhere:
    return Elsewhere(name, f"https://{name}.example/", name.encode(), objects)


ADDRESSES = Addresses(
    files={},
    urls=frozenset(),
    inventories=(
        *(inventory("a-pkg", version, names, "pkg") for version, names in NAMES.items()),
        inventory("other", "dev", ("other.part.tool",), "other"),
    ),
    packages=packages(
        [
            *(Companion("a-pkg", "pypi", version, ("pkg",)) for version in NAMES),
            Companion("other", "checkout", "dev", ("other",)),
        ]
    ),
    elsewhere=(
        elsewhere("first", {"pathlib.Path": "library/pathlib.html#pathlib.Path", "os": "os"}),
        elsewhere("second", {"pathlib.Path": "no", "pathlib.PurePath": "pure", "pkg.folds": "no"}),
    ),
)
NAMING = Converter(
    MARKDOWN,
    SymbolNames(frozenset({"pkg", "other", "pathlib", "os"}), frozenset({"pkg", "other"})),
)


def complaints(text: str, addresses: Addresses = ADDRESSES) -> list[str]:
    """Return what is wrong with the symbols of an essay."""
    document, wrong = read(text)
    assert wrong == []
    links = NAMING(document.body).links
    led = [(link, resolve(link, document, "posts/a/", addresses)) for link in links]
    found = (*broken(document, led, {}, addresses), *wrong_pins(document, addresses))
    return said(found)


# -- where names lead ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pins", "version"),
    [({}, "2.0"), ({"a-pkg": "1.0"}, "1.0"), ({"a-pkg": "1.1"}, "1.1"), ({"other": "dev"}, "2.0")],
)
def test_a_name_leads_into_the_version_that_is_pinned_or_else_the_newest(
    pins: Mapping[str, str], version: str
) -> None:
    found = find("pkg.folds.fold", pins, ADDRESSES)
    assert found.url == f"reference/a-pkg/{version}/pkg/folds/fold/"
    assert found.fragment == "#pkg.folds.fold"


def test_a_checkout_and_a_release_to_come_are_not_the_newest() -> None:
    versions = packages(
        [
            Companion("a-pkg", "checkout", "dev", ("pkg",)),
            Companion("a-pkg", "pypi", "1.0", ("pkg",)),
            Companion("a-pkg", "pypi", "2.0rc1", ("pkg",)),
            Companion("a-pkg", "pypi", "1.1", ("pkg",)),
        ]
    )
    assert [one.version for one in Addresses({}, frozenset(), packages=versions).versions({})] == [
        "1.1"
    ]


def test_a_name_that_is_documented_under_another_is_a_use_of_that_one() -> None:
    url = "reference/a-pkg/1.0/pkg/folds/fold/#pkg.folds.fold"
    for name in ("pkg.fold", "pkg.folds.fold"):
        use = find(name, {"a-pkg": "1.0"}, ADDRESSES).use
        assert use == Use("a-pkg", "1.0", "pkg.folds.fold", url)


def test_a_name_of_another_project_leads_to_its_documentation_everywhere() -> None:
    found = find("pathlib.Path", {}, ADDRESSES)
    address = "https://first.example/library/pathlib.html#pathlib.Path"
    assert relative(found, "posts/a/") == address
    assert absolute(found, "https://example.org/blog/") == address
    assert found.use is None


def test_companions_go_before_other_projects_and_those_in_the_order_of_the_configuration() -> None:
    assert find("pathlib.PurePath", {}, ADDRESSES).verbatim == "https://second.example/pure"
    assert find("pkg.fold", {}, ADDRESSES).verbatim is None
    assert find("pkg.folds", {}, ADDRESSES).verbatim == "https://second.example/no"


def test_a_version_that_cannot_be_read_leads_to_its_reference_and_no_other_version_does() -> None:
    unread = Addresses(
        files={},
        urls=frozenset(),
        inventories=ADDRESSES.inventories[:2],
        packages=ADDRESSES.packages,
    )
    assert find("pkg.nothing", {}, unread).url == "reference/a-pkg/2.0/"
    assert find("pkg.nothing", {"a-pkg": "1.1"}, unread).url is None


def test_a_companion_of_which_no_version_is_known_leads_to_its_own_page() -> None:
    lost = {"lost": "reference/lost/", "pkg": "reference/a-pkg/0.1/"}
    some = replace(ADDRESSES, missing=lost)
    assert find("lost.thing", {}, some).url == "reference/lost/"
    assert find("pkg.nothing", {}, some).url is None


# -- what is said --------------------------------------------------------------------------------


def pinned(version: str, body: str) -> str:
    return f"---\ntitle: T\ncompanions: {{A_pkg: '{version}'}}\n---\n\n{body}\n"


def test_a_name_that_the_version_lacks_is_an_error_with_its_near_names() -> None:
    assert complaints(pinned("2.0", "[x][pkg.scales.means]")) == [
        "posts/a.md:6:5: a-pkg 2.0 has no public object 'pkg.scales.means'. "
        "Did you mean pkg.scales.mean or pkg.scales.rescale?"
    ]


def test_a_name_that_other_versions_have_says_which() -> None:
    assert complaints(pinned("2.0", "[x][pkg.scales.mean_of]")) == [
        "posts/a.md:6:5: a-pkg 2.0 has no public object 'pkg.scales.mean_of'; "
        "it is in 1.0 and 1.1. Did you mean pkg.scales.mean or pkg.scales.rescale?"
    ]
    (said,) = complaints(pinned("1.0", "[x][pkg.scales.rescale]"))
    assert "a-pkg 1.0 has no public object 'pkg.scales.rescale'; it is in 1.1 and 2.0." in said


def test_code_says_how_it_is_written_when_it_is_to_be_no_link() -> None:
    (said,) = complaints("---\ntitle: T\n---\n# `pkg.css`\n\nA `pkg.fold` and\n`pkg.css`.\n")
    assert said.startswith("posts/a.md:7:2: a-pkg 2.0 has no public object 'pkg.css'. ")
    assert said.endswith("Code that is to be no link is written <code>pkg.css</code>")
    assert complaints("<code>pkg.css</code>") == []


def test_the_second_of_two_equal_pieces_of_code_is_told_at_its_own_place() -> None:
    text = "`pkg.css`, [`pkg.css`](https://e.example/)\n\n```\n`pkg.css`\n```\n\nand `pkg.css()`"
    places = [line.split(": ")[0] for line in complaints(text)]
    assert places == ["posts/a.md:1:2", "posts/a.md:7:6"]


def test_an_unknown_name_of_another_project_is_an_error_with_near_names_of_its_root() -> None:
    assert complaints("[x][pathlib.Pth]") == [
        "posts/a.md:1:5: the inventory of first has no object 'pathlib.Pth'. "
        "Did you mean pathlib.Path?"
    ]


def test_a_package_or_a_version_that_is_not_there_is_an_error_at_its_line() -> None:
    pins = "  other: dev\n  a_pgk: 1.0.0\n  A.Pkg: 2.1.0\n  zzz: dev"
    assert complaints(f"---\ntitle: T\ncompanions:\n{pins}\n---\n[x][pkg.fold]") == [
        "posts/a.md:5:10: the site documents no package 'a-pgk'. Did you mean a-pkg?",
        "posts/a.md:6:10: the site documents no version 2.1.0 of a-pkg. "
        "Write 2.0 or 1.0, or add this one under 'companions' in mkdocs.yml",
        "posts/a.md:7:8: the site documents no package 'zzz'. "
        "Add it under 'companions' in mkdocs.yml, or delete this line",
    ]


def test_of_a_package_that_is_not_locked_enough_is_said_already() -> None:
    lost = replace(ADDRESSES, missing={"lost": "reference/Lost.Thing/"})
    text = "---\ntitle: T\ncompanions: {lost-thing: 1.0.0}\n---\nText."
    assert complaints(text, lost) == []
    assert len(complaints(text)) == 1


def test_a_link_counts_as_one_of_the_newest_version_where_the_pinned_one_is_not_there() -> None:
    found = resolve(
        Link(LinkKind.SYMBOL, "pkg.scales.mean"),
        read(pinned("9.9", "x"))[0],
        "posts/a/",
        ADDRESSES,
    )
    assert found.url == "reference/a-pkg/2.0/pkg/scales/mean/"


# -- digests -------------------------------------------------------------------------------------


def test_the_digest_of_addresses_tells_versions_symbols_and_other_projects_apart() -> None:
    one = (elsewhere("first", {"a.b": "c"}),)
    changed = (Elsewhere("first", "https://first.example/", b"changed", {"a.b": "c"}),)
    moved = (Elsewhere("first", "https://moved.example/", b"first", {"a.b": "c"}),)
    several = [
        Addresses({}, frozenset()),
        Addresses({}, frozenset(), packages=ADDRESSES.packages),
        Addresses({}, frozenset(), inventories=ADDRESSES.inventories),
        *(Addresses({}, frozenset(), elsewhere=other) for other in (one, changed, moved)),
    ]
    assert len({addresses.digest for addresses in several}) == len(several)
    again = Addresses({}, frozenset(), elsewhere=(elsewhere("first", {}),))
    assert again.digest == several[3].digest, "the file's digest stands for what is in it"
