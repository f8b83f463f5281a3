from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import TypeAdapter, ValidationError

from blogtools.model.companion import (
    READING_OPTIONS,
    Companion,
    CompanionOptions,
    Inventory,
    normal_name,
    packages,
)

READ = TypeAdapter(CompanionOptions)
GOOD = {"name": "metalog-jax", "source": "pypi", "version": "2.2.0", "modules": ["metalog_jax"]}
SYMBOLS = ("pkg", "pkg.metalog", "pkg.metalog.fit", "pkg.metalog.Metalog", "pkg.other.Metalog")
INVENTORY = Inventory(
    "pkg", "1", "reference/pkg/1/", {path: f"there/#{path}" for path in SYMBOLS}, ("pkg",)
)


def test_a_companion_is_read_from_configuration() -> None:
    entry = READ.validate_python({**GOOD, "options": {"docstring_style": "numpy"}})
    companion = entry.at("2.2.0")
    expected = Companion(
        "metalog-jax", "pypi", "2.2.0", ("metalog_jax",), options={"docstring_style": "numpy"}
    )
    assert companion == expected
    assert companion.url == "reference/metalog-jax/2.2.0/"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../x"}, "no package name"),
        ({"name": "a..b"}, "no package name"),
        ({"name": "-e"}, "no package name"),
        ({"version": "1/2"}, "no version"),
        ({"version": ".."}, "no version"),
        ({"version": 2.2}, "write 2.2 in quotes"),
        ({"versions": ["2.2.0"]}, "`version` is the short form of `versions`"),
        ({"version": None}, "name the versions"),
        ({"version": "newest 0"}, "newest 0 would be nothing"),
        ({"version": "newset 3"}, "no version and no range"),
        ({"version": ">=2,<"}, "no version and no range"),
        ({"version": ""}, "no version"),
        ({"version": "dev"}, "`dev` is the working tree of a checkout"),
        ({"repository": "https://code.example/a"}, "and no other source does"),
        ({"source": "git"}, "`source: git` takes a `repository`"),
        ({"source": "git", "repository": "--upload-pack=x"}, "no repository"),
        ({"guide": "docs"}, "takes the files of a repository"),
        ({"source": "checkout", "guide": "../docs"}, "no folder below"),
        ({"source": "checkout", "guide": "/docs"}, "no folder below"),
        ({"source": "checkout", "tag": "v1"}, "no tag"),
        ({"source": "checkout", "tag": "-{version}"}, "no tag"),
        ({"modules": []}, "at least one module"),
        ({"modules": ["metalog-jax"]}, "no module"),
        ({"source": "svn"}, "'pypi', 'git' or 'checkout'"),
        ({"source_url": "https://example.org/{file}"}, "{version}, {path} and {line} only"),
        ({"options": {"docstring_stile": "google"}}, "did you mean docstring_style"),
        ({"options": {"filters": []}}, "unknown option 'filters'"),
        ({"options": {"allow_inspection": True}}, "unknown option"),
        ({"options": {"extensions": ["x.py"]}}, "unknown option"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_companion_is_refused_with_the_reason(
    change: Mapping[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=r"1 validation error") as refused:
        READ.validate_python({**GOOD, **change})
    assert message in str(refused.value)


def test_every_reading_option_is_one_that_mkdocstrings_knows() -> None:
    from mkdocstrings_handlers.python._internal.config import PythonOptions

    assert set(READING_OPTIONS) <= set(PythonOptions.__dataclass_fields__)


@pytest.mark.parametrize(
    ("dotted", "covered"),
    [("pkg", True), ("pkg.x.y", True), ("pkgs.x", False), ("other", False), ("", False)],
)
def test_an_inventory_knows_which_names_can_only_be_its_own(dotted: str, *, covered: bool) -> None:
    assert INVENTORY.covers(dotted) is covered


def test_a_symbol_resolves_to_its_address_and_nothing_else_does() -> None:
    assert INVENTORY.resolve("pkg.metalog.fit") == "there/#pkg.metalog.fit"
    assert INVENTORY.resolve("pkg.metalog.fi") is None


@pytest.mark.parametrize(
    ("dotted", "first"),
    [
        ("pkg.metalog.fitt", "pkg.metalog.fit"),
        ("pkg.fit", "pkg.metalog.fit"),
        ("pkg.metalogs.Metalog", "pkg.metalog.Metalog"),
        ("other.Metalog", "pkg.other.Metalog"),
    ],
)
def test_a_wrong_name_has_its_likeliest_first(dotted: str, first: str) -> None:
    near = INVENTORY.near(dotted)
    assert near[0] == first
    assert len(near) <= 3


def test_where_the_very_name_exists_elsewhere_nothing_fainter_is_named() -> None:
    assert INVENTORY.near("pkg.fit") == ("pkg.metalog.fit",)


def test_a_name_unlike_any_other_has_nothing_near() -> None:
    assert INVENTORY.near("numpy.linalg.svd") == ()


def test_a_package_has_one_name_however_it_is_spelled() -> None:
    assert {normal_name(name) for name in ("Metalog_JAX", "metalog.jax", "metalog--jax")} == {
        "metalog-jax"
    }


def version_of(name: str, version: str) -> Companion:
    return Companion(name, "pypi", version, ("module",))


def test_versions_of_a_package_are_ordered_by_their_numbers_and_not_as_text() -> None:
    asked = ["2.9.0", "dev", "2.10.0", "2.10.0rc1", "1.0"]
    [package] = packages(version_of("pkg", version) for version in asked)
    found = [companion.version for companion in package.versions]
    assert found == ["2.10.0", "2.10.0rc1", "2.9.0", "1.0", "dev"]


@pytest.mark.parametrize(
    ("versions", "latest"),
    [(["1.0", "2.0rc1"], "1.0"), (["1.0a1", "1.0b1"], "1.0b1"), (["dev"], "dev")],
)
def test_the_latest_version_is_the_newest_release_where_there_is_one(
    versions: list[str], latest: str
) -> None:
    [package] = packages(version_of("pkg", version) for version in versions)
    assert package.latest.version == latest


def test_packages_keep_the_order_of_the_configuration_and_one_spelling() -> None:
    one, other = packages(
        [version_of("B_pkg", "1"), version_of("a", "1"), version_of("b-pkg", "2")]
    )
    assert (one.name, other.name) == ("b-pkg", "a")
    assert one.find("1") == version_of("B_pkg", "1")
    assert one.find("3") is None
