"""Mistakes in the options, each at its line of the configuration file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from blogtools.content.options import option_place, read_config, read_options
from blogtools.model.diagnostic import ContentError
from tests.content.support import said

LIST = "site_name: T\nplugins:\n  - search\n  - blogtools:\n"
MAPPING = "site_name: T\nplugins:\n  search: {}\n  blogtools:\n"


def wrong(tmp_path: Path, options: str, head: str = LIST) -> list[str]:
    """Return what an author is told of these options (indented by six spaces)."""
    file = tmp_path / "mkdocs.yml"
    file.write_text(head + options)
    with pytest.raises(ContentError) as invalid:
        read_options(yaml.safe_load(options), file)
    return said(invalid.value.diagnostics)


@pytest.mark.parametrize("head", [LIST, MAPPING])
def test_an_unknown_option_is_told_at_its_line_with_the_near_one(tmp_path: Path, head: str) -> None:
    assert wrong(tmp_path, "      per_pag: 5\n", head) == [
        "mkdocs.yml:5:7: unknown option 'per_pag'. Did you mean 'per_page'?"
    ]


def test_every_wrong_option_is_told_at_once(tmp_path: Path) -> None:
    found = wrong(
        tmp_path,
        "      per_page: 0\n      timezone: Middle/Earth\n      post_url: posts/\n"
        "      taxonomies:\n        tags:\n          path: ../x\n          feds: true\n",
    )
    assert [line.split(": ")[0] for line in found] == [
        "mkdocs.yml:5:17",
        "mkdocs.yml:6:17",
        "mkdocs.yml:7:17",
        "mkdocs.yml:10:17",
        "mkdocs.yml:11:11",
    ]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            "      taxonomies: {tags: {feds: true}}\n",
            "5:27: unknown option 'taxonomies.tags.feds'. Did you mean 'feeds'?",
        ),
        (
            "      companions:\n        - {name: x, source: pypi, version: '1', module: [x]}\n",
            "6:49: unknown option 'companions.0.module'. Did you mean 'modules'?",
        ),
        (
            "      inventories:\n        - {name: x, files: a.inv, url: https://x.example/}\n",
            "6:21: unknown option 'inventories.0.files'. Did you mean 'file'?",
        ),
        (
            "      inventories:\n        - {name: x, file: ../a.inv, url: https://x.example/}\n",
            "6:27: inventories.0.file: '../a.inv' is no file below the configuration, "
            "such as inventories/a.inv. See the guide for every option",
        ),
        (
            "      inventories:\n        - {name: x, file: a.inv, url: www.x.example}\n",
            "6:39: inventories.0.url: 'www.x.example' is no address, write one such as "
            "https://docs.example.org/3/. See the guide for every option",
        ),
        ("      zzz: 1\n", "5:7: unknown option 'zzz'. See the guide for every option"),
    ],
)
def test_the_near_option_is_one_of_the_same_place(
    tmp_path: Path, options: str, complaint: str
) -> None:
    assert f"mkdocs.yml:{complaint}" in wrong(tmp_path, options)


def test_an_option_that_is_not_there_is_placed_at_what_is_around_it(tmp_path: Path) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text(f"{LIST}      home: blog\n")
    assert option_place(file, ("home",)) == (5, 13)
    assert option_place(file, ("taxonomies", "tags")) == (5, 7)


@pytest.mark.parametrize(
    "text", ["a: !!python/name:os.system ''\n", "a: !ENV [X, 1]\n", "a: !relative $docs_dir\n"]
)
def test_tags_that_only_mkdocs_understands_are_read_past(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text(f"{text}b: 1\n")
    assert read_config(file).data == {"a": None, "b": 1}
    assert read_config(file).locate(("b",)) == (2, 4)


@pytest.mark.parametrize("data", [b"\xff", b"a: b: c", b""])
def test_a_configuration_that_cannot_be_read_has_no_positions(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_bytes(data)
    assert read_config(file).data is None
    assert option_place(file, ("home",)) == (1, 1)
    assert option_place(tmp_path / "nowhere.yml", ("home",)) == (1, 1)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("me: [ada]", "me.0: 'ada' is no address. Write it from https:// or mailto: on."),
        ("webmention: mailto:a@b.example", "webmention: 'mailto:a@b.example' is no address of a"),
        ("discuss: {X: 'javascript:alert(1)'}", "'javascript:alert(1)' is no address"),
        ("discuss: {X: 'https://a.example/{slug}'}", "may name {title} and {url} only"),
        ("discuss: {X: 'https://a.example/{'}", "use {title} and {url}"),
        ("machines: {word: 1}", "unknown option 'machines.word'. Did you mean 'words'?"),
    ],
)
def test_what_readers_and_machines_are_led_to_is_checked(
    tmp_path: Path, option: str, message: str
) -> None:
    (said,) = wrong(tmp_path, f"      {option}\n")
    assert said.startswith("mkdocs.yml:5:")
    assert message in said


@pytest.mark.parametrize(
    ("option", "place"),
    [("words_per_minute: {}", 25), ("workers: {}", 16), ("machines: {{essays: {}}}", 26)],
)
def test_a_number_that_cannot_be_stored_is_a_mistake(
    tmp_path: Path, option: str, place: int
) -> None:
    (said,) = wrong(tmp_path, f"      {option.format(2**63)}\n")
    assert said.startswith(f"mkdocs.yml:5:{place}: ")
    assert f"Input should be less than or equal to {2**63 - 1}" in said


def test_a_number_in_the_options_of_a_companion_that_cannot_be_stored_is_a_mistake(
    tmp_path: Path,
) -> None:
    companion = f"{{name: x, options: {{docstring_options: {{a: [1, {2**63}]}}}}}}"
    found = wrong(tmp_path, f"      companions:\n        - {companion}\n")
    message = "the number of docstring_options.a.1 is too large: write a smaller one"
    assert [one for one in found if one.startswith("mkdocs.yml:6:") and message in one]
