"""However a configuration is written, what it depends on is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from blogtools.mkdocs.configuration import mentioned

from .building import scratch
from .site import Blog
from .small import How, command, make_small, page, told

VARIABLES = {
    "a name": "site_name: !ENV NM\n",
    "a list": "site_name: !ENV [NM, Default]\n",
    "a list of one": "site_name: !ENV [NM]\n",
    "a block list": "site_name: !ENV\n- NM\n- Default\n",
    "on the next line": "site_name: !ENV\n  NM\n",
    "quoted": "site_name: !ENV 'NM'\n",
    "quoted in a list": "site_name: !ENV [\"NM\", 'Default']\n",
    "a handle of its own": "%TAG !e! !EN\n---\nsite_name: !e!V NM\n",
    "verbatim": "site_name: !<!ENV> NM\n",
    "an anchor": "extra: {name: &name !ENV NM}\nsite_name: *name\n",
    "a default": "site_name: !ENV ['', !ENV NM]\n",
    "inside": "extra:\n  list: [{deep: !ENV [NM, 1]}]\n",
    "a key": "extra: {!ENV NM: 1}\n",
    "in a tuple": "extra: {pair: !!python/tuple [!ENV NM]}\n",
    "in arguments": "extra: {a: !!python/object/apply:str [!ENV NM]}\n",
}
INHERITING = {
    "plain": "INHERIT: base.yml\n",
    "a quoted key": '"INHERIT": base.yml\n',
    "a space": "INHERIT : base.yml\n",
    "on the next line": "INHERIT:\n  base.yml\n",
    "folded": "INHERIT: >-\n  base.yml\n",
    "an anchor": "INHERIT: &base base.yml\n",
    "an alias": "extra: {base: &base base.yml}\nINHERIT: *base\n",
    "flow": "{INHERIT: base.yml, copyright: Me}\n",
    "a comment": "INHERIT: base.yml  # the rest\n",
    "a tag": "!!str INHERIT: !!str base.yml\n",
    "a variable": "INHERIT: !ENV [BASE, base.yml]\n",
    "a complex key": "? INHERIT\n: base.yml\n",
    "merged": "extra: &extra {INHERIT: base.yml}\n<<: *extra\n",
}
# Each of them reads what is no part of the configuration.
CALLS = {
    "a call": "a: !!python/object/apply:os.getenv [NM]\n",
    "a call of a class": "a: !!python/object/new:random.Random []\n",
    "an object": "a: !!python/object:random.Random {}\n",
    "a call inside a call": (
        "a: !!python/object/apply:pymdownx.slugs.slugify\n"
        "  kwds: {case: !!python/object/apply:os.getenv [NM]}\n"
    ),
    "a value of a module": "a: !!python/name:sys.argv\n",
    "a module": "a: !!python/module:os\n",
    "INHERIT": "INHERIT: !relative $config_dir/base.yml\n",
    "what cannot be read": "a: [\n",
}
HARMLESS = (
    "a: !!python/name:posixpath.join\n",
    "a: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}\n",
    "a: !!python/tuple [1, 2]\n",
    "a: !relative $docs_dir\n",
    "a: !ENV [NM, 1]\n",
    "a: &a {b: 1}\nc: *a\n",
    "",
)


def _file(folder: Path, text: str, name: str = "mkdocs.yml") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize("text", VARIABLES.values(), ids=VARIABLES)
def test_a_variable_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    assert "NM" in mentioned(_file(tmp_path, text)).variables


@pytest.mark.parametrize("name", ["A-B.C", "N]M", "N M", "ü"])
def test_a_variable_may_have_any_name(tmp_path: Path, name: str) -> None:
    file = _file(tmp_path, f"site_name: !ENV ['{name}', ZZ, Default]\n")
    assert set(mentioned(file).variables) == {name, "ZZ"}


def test_what_only_looks_like_a_variable_is_none(tmp_path: Path) -> None:
    text = "# !ENV ONE\na: '!ENV TWO'\nb: |\n  !ENV THREE\n  INHERIT: base.yml\n"
    file = _file(tmp_path, text)
    assert mentioned(file).variables == ()
    assert mentioned(file).files == (file,)


@pytest.mark.parametrize("text", INHERITING.values(), ids=INHERITING)
def test_an_inherited_file_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    base = _file(tmp_path, "site_name: !ENV NM\nINHERIT: sub/far.yml\n", "base.yml")
    (tmp_path / "sub").mkdir()
    far = _file(tmp_path / "sub", "copyright: !ENV FAR\n", "far.yml")
    file = _file(tmp_path, text)
    found = mentioned(file)
    assert found.files == (file, base, far)
    assert {"NM", "FAR"} <= set(found.variables)
    assert found.unknown == ()


def test_a_file_that_a_link_leads_to_inherits_from_beside_the_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    _file(tmp_path / "elsewhere", "INHERIT: far.yml\n", "base.yml")
    (tmp_path / "base.yml").symlink_to("elsewhere/base.yml")
    far = _file(tmp_path, "site_name: Far\n", "far.yml")
    assert mentioned(_file(tmp_path, "INHERIT: base.yml\n")).files[-1] == far


def test_files_that_inherit_from_each_other_are_found_once(tmp_path: Path) -> None:
    file = _file(tmp_path, "INHERIT: mkdocs.yml\n")
    assert mentioned(file).files == (file,)


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_what_may_come_to_anything_is_told(tmp_path: Path, text: str) -> None:
    assert len(mentioned(_file(tmp_path, text)).unknown) == 1


@pytest.mark.parametrize("text", HARMLESS)
def test_what_says_all_itself_is_nothing_unknown(tmp_path: Path, text: str) -> None:
    assert mentioned(_file(tmp_path, text)).unknown == ()


# -- builds --------------------------------------------------------------------------------------


@pytest.fixture
def blog() -> Iterator[Blog]:
    with scratch() as folder:
        yield make_small(folder / "blog")


def shown(blog: Blog, **environment: str) -> str:
    """Build with some variables; return a page."""
    told(blog, How(environment=environment))
    return (blog.site / page("beta")).read_text()


def test_a_changed_variable_changes_the_site(blog: Blog) -> None:
    blog.replace("mkdocs.yml", "site_name: Small", "site_name: !ENV\n- 'A-B.C'\n- Small")
    assert "Small" in shown(blog)
    assert "Another" in shown(blog, **{"A-B.C": "Another"})
    assert "Small" in shown(blog)
    command(blog)
    assert command(blog).stdout.startswith("Nothing changed")


def test_a_changed_file_that_is_inherited_changes_the_site(blog: Blog) -> None:
    blog.replace("mkdocs.yml", "site_name: Small\n", '"INHERIT": !ENV [BASE, base.yml]\n')
    blog.write("base.yml", "site_name: One\n")
    blog.write("other.yml", "site_name: Three\n")
    assert "One" in shown(blog)
    blog.write("base.yml", "site_name: Two\n")
    assert "Two" in shown(blog)
    assert "Three" in shown(blog, BASE="other.yml")


def test_what_is_called_while_the_configuration_is_read_may_say_something_else(
    blog: Blog,
) -> None:
    call = "!!python/object/apply:os.getenv"
    told(blog)
    blog.replace("mkdocs.yml", "site_name: Small", f"site_name: {call} [NM, Small]")
    assert "Small" in shown(blog)
    assert "Another" in shown(blog, NM="Another")
    again = told(blog)
    assert again.whole
    assert f"{call} may come to anything." in " ".join(again.notices)
    assert "Another" not in (blog.site / page("beta")).read_text()
