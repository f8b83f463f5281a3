"""The front matter: every key, and every mistake at its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogtools.content.documents import read_post
from blogtools.content.frontmatter import json_schema
from blogtools.model.document import FrontMatter, NamedLink
from blogtools.model.running import RunOptions
from tests.content.support import TAXONOMIES, front, read, source

FULL = """
title: "Metalogs: a tour"
date: 2026-11-22 09:30
updated: 2026-11-23
description: What a metalog is.
authors: [ana, Ben Okri]
tags: [statistics, JAX]
categories:
  - essays
series: Distributions
slug: metalogs
draft: true
pin: true
image: cover.png
aliases: [/2019/metalogs/, old.html]
links:
  - guide.md
  - Docs: https://example.org/
readtime: 7
comments: false
companions: {metalog-jax: 2.2.0, Tiny_Lib: dev}
hide: [navigation, toc]
icon: material/chart-bell-curve
status: new
template: wide.html
search: {exclude: true, boost: 2}
social: {cards: false}
subtitle: Distributions by hand
extra: {anything: [goes, 1]}
"""


def test_every_key_is_read_into_its_final_type() -> None:
    document, wrong = front(FULL)
    assert wrong == []
    assert document.front == FrontMatter(
        title="Metalogs: a tour",
        date=datetime(2026, 11, 22, 9, 30),  # noqa: DTZ001 - the blog's zone comes later
        updated=datetime(2026, 11, 23),  # noqa: DTZ001
        description="What a metalog is.",
        terms={
            "authors": ("ana", "Ben Okri"),
            "tags": ("statistics", "JAX"),
            "categories": ("essays",),
            "series": ("Distributions",),
        },
        slug="metalogs",
        draft=True,
        pin=True,
        image="cover.png",
        aliases=("/2019/metalogs/", "old.html"),
        links=(NamedLink("", "guide.md"), NamedLink("Docs", "https://example.org/")),
        readtime=7,
        comments=False,
        companions={"metalog-jax": "2.2.0", "tiny-lib": "dev"},
        meta={
            "hide": ("navigation", "toc"),
            "icon": "material/chart-bell-curve",
            "status": "new",
            "template": "wide.html",
            "search": {"exclude": True, "boost": 2},
            "social": {"cards": False},
            "subtitle": "Distributions by hand",
            "extra": {"anything": ["goes", 1]},
        },
    )


MATERIAL = """
date:
  created: 2023-12-31
  updated: 2024-01-02
  reviewed: 2024-05-05
authors:
  - squidfunk
categories:
  - Search
tags:
  - Foo
links:
  - plugins/search.md
  - Insiders:
      - insiders/how-to-sponsor.md
      - Plugins: plugins/index.md#insiders
  - https://example.org/
pin: true
readtime: 15
slug: help-im-trapped
draft: false
hide:
  - toc
icon: material/pin
search:
  exclude: true
"""


def test_the_front_matter_of_materials_blog_is_read_unchanged() -> None:
    document, wrong = front(MATERIAL)
    assert wrong == []
    matter = document.front
    assert matter.date == datetime(2023, 12, 31)  # noqa: DTZ001
    assert matter.updated == datetime(2024, 1, 2)  # noqa: DTZ001
    assert matter.terms == {"authors": ("squidfunk",), "categories": ("Search",), "tags": ("Foo",)}
    assert matter.links == (
        NamedLink("", "plugins/search.md"),
        NamedLink("", "insiders/how-to-sponsor.md"),
        NamedLink("Plugins", "plugins/index.md#insiders"),
        NamedLink("", "https://example.org/"),
    )
    assert (matter.pin, matter.draft, matter.readtime) == (True, False, 15)
    assert matter.meta == {
        "hide": ("toc",),
        "icon": "material/pin",
        "search": {"exclude": True},
    }


def test_updated_may_stand_on_its_own_and_goes_before_that_of_the_dates() -> None:
    document, _ = front("date: {created: 2026-01-01, updated: 2026-01-02}\nupdated: 2026-01-03")
    assert document.front.updated == datetime(2026, 1, 3)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22", datetime(2026, 11, 22)),  # noqa: DTZ001
        ("2026-1-5", datetime(2026, 1, 5)),  # noqa: DTZ001
        ("'2026-11-22'", datetime(2026, 11, 22)),  # noqa: DTZ001
        ("2026-11-22 9:30", datetime(2026, 11, 22, 9, 30)),  # noqa: DTZ001
        ("2026-11-22T09:30:15", datetime(2026, 11, 22, 9, 30, 15)),  # noqa: DTZ001
        ("2026-11-22T09:30:15.5Z", datetime(2026, 11, 22, 9, 30, 15, tzinfo=UTC)),
        (
            "2026-11-22 09:30 +01:00",
            datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=1))),
        ),
        (
            "2026-11-22T09:30:00-0530",
            datetime(2026, 11, 22, 9, 30, tzinfo=timezone(-timedelta(hours=5, minutes=30))),
        ),
    ],
)
def test_a_date_is_a_day_or_a_moment(written: str, meant: datetime) -> None:
    document, wrong = front(f"date: {written}")
    assert wrong == []
    assert document.front.date == meant


@pytest.mark.parametrize(
    ("yaml_text", "complaint"),
    [
        ("titel: x", "2:1: unknown key 'titel'. Did you mean 'title'?"),
        ("Tags: [a]", "2:1: unknown key 'Tags'. Did you mean 'tags'?"),
        ("title: x\ntag: [a]", "3:1: unknown key 'tag'. Did you mean 'tags'?"),
        ("on: x", "2:1: unknown key 'on'. Did you mean 'icon'?"),
        (
            "zzzzzz: x",
            "2:1: unknown key 'zzzzzz'. Remove it, or put your own data under 'extra'",
        ),
        ("search: {exlude: true}", "2:10: unknown key 'exlude'. Did you mean 'exclude'?"),
        ("search: {x: true}", "2:10: unknown key 'x'. Remove it"),
        ("title: 2026", "2:8: title: is not text. Put it between quotes"),
        ("title: yes", "2:8: title: is not text. Put it between quotes"),
        ("title: [a]", "2:8: title: is not text. Put it between quotes"),
        ("title: '  '", "2:8: title: is empty. Write something between the quotes"),
        ("tags: a", "2:7: tags: is not a list. Write it as [one, two]"),
        ("tags: [a, 3.12]", "2:11: tags.1: is not text. Put it between quotes"),
        ("tags:\n  - ''", "3:5: tags.0: is empty."),
        ("draft: 'yes'", "2:8: draft: is neither true nor false."),
        ("readtime: 1.5", "2:11: readtime: is not a whole number."),
        ("readtime: -1", "2:11: readtime: is too small."),
        (f"readtime: {2**63}", "2:11: readtime: is too large. Write a smaller number"),
        (f"extra: {{a: {2**63}}}", "2:12: extra.a: is too large a number. Put it between quotes"),
        (f"extra:\n  a: [1, {-(10**29)}]", "3:10: extra.a.1: is too large a number."),
        (f"social:\n  a: {{b: {10**29}}}", "3:10: social.a.b: is too large a number."),
        (f"run: {{memory: {10**29} GiB}}", "2:15: run.memory: '1"),
        (f"run: {{memory: {10**400} GiB}}", "2:15: run.memory: '1"),
        ("date: 2026-02-30", "2:7: date: there is no such day as 2026-02-30"),
        ("date: 2026-11-22 25:00", "2:7: date: there is no such day as 2026-11-22 25:00"),
        ("date: 0001-01-01", "2:7: date: there is no such day as 0001-01-01"),
        ("date: 9999-12-31", "2:7: date: there is no such day as 9999-12-31"),
        ("date: 2026-11-22 10:00 +99:00", "2:7: date: there is no such day"),
        ("date: soon", "2:7: date: 'soon' is not a day such as 2026-11-22"),
        ("date: 20261122", "2:7: date: 20261122 is not a day"),
        ("date: \u0662026-11-22", "2:7: date: '\u0662026-11-22' is not a day"),
        ("date: [2026-11-22]", "2:7: date: "),
        ("date: {updated: 2026-01-01}", "2:7: date: does not say when it was created."),
        (
            "date: {created: 2026-01-01, updated: 2026-02-30}",
            "2:38: date.updated: there is no such day",
        ),
        ("updated: never", "2:10: updated: 'never' is not a day"),
        ("slug: Not a slug", "2:7: slug: 'Not a slug' cannot stand in a URL as it is"),
        ("slug: a/b", "2:7: slug: 'a/b' cannot stand in a URL as it is, write 'a-b'"),
        ("aliases: [https://x.org/a]", "2:11: aliases.0: 'https://x.org/a' should be an earlier"),
        ("aliases: [/]", "2:11: aliases.0: the home page cannot be an alias"),
        ("aliases: [../up]", "2:11: aliases.0: '../up' should be an earlier path"),
        ("aliases: [a/%2e%2e/up]", "2:11: aliases.0: 'a/%2e%2e/up' should be an earlier path"),
        ("aliases: [a//b]", "2:11: aliases.0: 'a//b' should be an earlier path"),
        ("aliases: ['a?b']", "2:11: aliases.0: 'a?b' should be an earlier path"),
        ("aliases: [a%00b]", "2:11: aliases.0: 'a%00b' should be an earlier path"),
        (f"aliases: [{'x' * 300}]", "2:11: aliases.0: a part of this path is too long"),
        ("links: 5", "2:8: links: each link should be a target, or a title: target"),
        ("links: [{a: 5}]", "2:8: links: each link should be a target"),
        ("social: yes", "2:9: social: is not a set of key: value pairs."),
        ("search: no", "2:9: search: is not a set of key: value pairs."),
        ("search: {boost: high}", "2:17: search.boost: is not a number."),
        ("companions: x", "2:13: companions: is not a set of key: value pairs."),
        ("companions: [x]", "2:13: companions: is not a set of key: value pairs."),
        (
            "companions:\n  a: 1.0.0\n  b: 2.0",
            "4:6: companions.b: is a number to YAML. Write the version in quotes: '2.0', not 2.0",
        ),
        ("companions: {a: 2}", "2:17: companions.a: is a number to YAML. Write the version"),
        ("companions: {a: [1.0.0]}", "2:17: companions.a: is not text."),
        ("companions: {a: ''}", "2:17: companions.a: names no version. Write one, such as 2.2.0"),
        ("companions: {a: }", "2:17: companions.a: names no version."),
        ("companions: {a-b: 1.0.0, A_b: 2.0.0}", "2:13: companions: one package stands here under"),
        ("- a\n- b", "2:1: the front matter is not a set of key: value lines."),
        ("just text", "2:1: the front matter is not a set of key: value lines."),
        ("title: a: b", "2:9: the front matter is not YAML: mapping values are not allowed"),
        ("\ttitle: x", "2:1: the front matter is not YAML: found character that cannot start"),
        ("title: x\ntags:\n\t- a", "4:1: the front matter is not YAML"),
        ("title: [a", "3:1: the front matter is not YAML"),
        ("title: 'a", "3:1: the front matter is not YAML"),
        ("pin: true\npin: false", "3:1: the key 'pin' stands here a second time. Delete one"),
        ("extra:\n  a: 1\n  a: 2", "4:3: the key 'a' stands here a second time. Delete one"),
        ("title: x\x80", "2:9: the front matter is not YAML: control characters"),
        (r'title: "a\x01b"', "2:8: the control character U+0001 cannot stand in a page. Delete it"),
        (r'description: "\x1d0\x1d"', "2:14: the control character U+001D cannot stand"),
        ("title: !!python/object:os.system x", "2:8: the front matter is not YAML: could not"),
        ("title: !!int ''", "2:8: the front matter is not YAML: this cannot be read as int"),
        ("title: !!bool x", "2:8: the front matter is not YAML: this cannot be read as bool"),
        ("date: !!timestamp x", "2:7: the front matter is not YAML: this cannot be read as"),
        (f"extra: {{n: {'1' * 5000}}}", "2:12: the front matter is not YAML: this cannot be"),
        ("? [a]\n: b", "2:3: the front matter is not YAML: a key is a list"),
        ("*x : 1", "2:1: the front matter is not YAML: found undefined alias"),
        ("%YAML 9.9", "2:1: the front matter is not YAML"),
    ],
)
def test_a_mistake_is_told_at_its_line_and_column(yaml_text: str, complaint: str) -> None:
    _, wrong = front(yaml_text)
    assert len(wrong) == 1
    assert wrong[0].startswith(f"posts/a.md:{complaint}")


def test_the_largest_numbers_that_can_be_stored_are_read() -> None:
    document, wrong = front(f"readtime: {2**63 - 1}\nextra: {{a: [{-(2**63)}]}}")
    assert wrong == []
    assert document.front.readtime == 2**63 - 1
    assert document.front.meta == {"extra": {"a": [-(2**63)]}}


def test_every_mistake_is_told_at_once_and_what_is_right_is_kept() -> None:
    document, wrong = front(
        "title: A title\ntagz: [a]\ndraft: maybe\nslug: good\ndate: 2026-02-30\ntags: [1, b, 2]"
    )
    assert [line.partition(": ")[0] for line in wrong] == [
        "posts/a.md:3:1",
        "posts/a.md:4:8",
        "posts/a.md:6:7",
        "posts/a.md:7:8",
        "posts/a.md:7:14",
    ]
    assert document.front == FrontMatter(title="A title", slug="good")


def test_a_mistake_in_yaml_with_windows_line_ends_is_told_at_its_line() -> None:
    _, wrong = read(b"---\r\ntitle: x\r\nfoo: 1\r\n---\r\nText.\r\n")
    assert wrong[0].startswith("posts/a.md:3:1: unknown key 'foo'")


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\u2029"])
def test_a_character_that_only_yaml_takes_for_a_line_end_moves_no_line(odd: str) -> None:
    _, wrong = front(f"title: one{odd}two\nfoo: 1")
    assert wrong[0].startswith("posts/a.md:3:1: unknown key 'foo'")


@pytest.mark.parametrize("key", ["title", "date", "tags", "series", "aliases", "search", "draft"])
def test_a_key_with_nothing_after_it_counts_as_left_out(key: str) -> None:
    document, wrong = front(f"{key}:")
    assert wrong == []
    assert document.front == FrontMatter()
    assert key not in document.positions


def test_labels_are_kept_in_order_without_doubles_and_spaces_around_them() -> None:
    document, _ = front("tags: [b, ' a ', b, 'two  words']")
    assert document.front.terms == {"tags": ("b", "a", "two words")}


def test_a_series_may_be_a_name_or_a_list() -> None:
    assert front("series: Parsers")[0].front.terms == {"series": ("Parsers",)}
    assert front("series: [Parsers]")[0].front.terms == {"series": ("Parsers",)}


def test_a_taxonomy_that_is_switched_off_is_an_unknown_key() -> None:
    text = source("---\nseries: x\n---\nText.")
    _, found = read_post(text, ("tags",))
    assert [one.code for one in found] == ["front-matter/unknown-key"]


def test_the_archive_is_no_key_of_the_front_matter() -> None:
    assert front("archive: ['2026']")[1][0].startswith("posts/a.md:2:1: unknown key 'archive'")


BILLION_LAUGHS = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x, x]"]
    + [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)
MERGED = "\n".join(
    ["a: &a {x: 1}"]
    + [
        f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 10)}]}}"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)


@pytest.mark.parametrize(
    "bomb",
    [
        BILLION_LAUGHS,
        f"{BILLION_LAUGHS}\nlinks: *i",
        f"{BILLION_LAUGHS}\ndate: *i",
        MERGED,
        "links: &a [*a]",
        "extra: &a {b: *a}",
        "title: &a [{b: [*a]}]",
        "? &a [*a]\n: 1",
        "extra: " + "[" * 5000 + "]" * 5000,
        "extra: " + "[" * 60 + "]" * 60,
        "extra: " + "{a: " * 900 + "1" + "}" * 900,
        "x: " + "[" * 100_000,
    ],
)
def test_yaml_that_grows_or_never_ends_is_a_diagnostic(bomb: str) -> None:
    _, wrong = front(bomb)
    assert any("not YAML" in line for line in wrong)


def test_aliases_of_a_sensible_size_are_read() -> None:
    document, wrong = front("tags: &t [a, b]\ncategories: *t\nextra: {<<: {x: 1}, y: 2}")
    assert wrong == []
    assert document.front.terms == {"tags": ("a", "b"), "categories": ("a", "b")}
    assert document.front.meta["extra"] == {"x": 1, "y": 2}


keys = st.sampled_from(
    [
        *FrontMatter.__struct_fields__,
        *TAXONOMIES,
        "hide",
        "search",
        "extra",
        "titel",
        "1",
        "on",
        "<<",
    ]
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(st.dictionaries(keys, plain, max_size=5))
def test_any_values_at_all_give_a_front_matter_or_diagnostics_inside_the_file(
    data: dict[str, Any],
) -> None:
    text = "---\n" + yaml.safe_dump(data, allow_unicode=True) + "---\n\nText.\n"
    _, found = read_post(source(text), TAXONOMIES)
    lines = text.split("\n")
    for one in found:
        assert 1 <= one.line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1


@settings(max_examples=300)
@given(st.text("abt:-[]{}&*!|>'\"#%@`\t\n ,?<~0129.\x85\u2028é", max_size=60))
@example("a: !!binary x")
@example("title: !!set {a}")
@example("a: !!omap [b]")
@example("a: !<tag:yaml.org,2002:int> ''")
@example("title: 0x_")
@example("title: 0b_")
@example("a: 1:60")
def test_any_text_as_yaml_gives_a_front_matter_or_diagnostics_inside_the_file(text: str) -> None:
    whole = f"---\n{text}\n---\n\nText.\n"
    _, found = read_post(source(whole), TAXONOMIES)
    lines = whole.split("\n")
    for one in found:
        assert 1 <= one.line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1


def test_the_json_schema_knows_every_key_and_forbids_the_rest() -> None:
    schema = json.loads(json_schema(TAXONOMIES))
    expected = {*yaml.safe_load(FULL), "companions", "run"}
    expected |= {"lang", "dir", "translation_of", "hero", "hero_alt", "discuss"}
    assert set(schema["properties"]) == expected
    assert schema["additionalProperties"] is False
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_json_schema_is_the_same_each_time() -> None:
    assert json_schema(TAXONOMIES) == json_schema(TAXONOMIES)


def test_code_may_be_run_as_it_is_usual_or_in_a_way_of_its_own() -> None:
    usual, wrong = front("title: A\nrun: true")
    assert usual.front.run == RunOptions()
    assert wrong == []
    own, wrong = front(
        "title: A\nrun: {timeout: 5, memory: 1.5 GiB, network: true, python: '3.12', "
        "packages: [NumPy>=2], data: [a/b.csv], tolerance: 0.01}"
    )
    assert wrong == []
    assert own.front.run == RunOptions(
        5.0, 1536 * 2**20, True, ("numpy>=2",), "3.12", ("a/b.csv",), 0.01
    )
    assert front("title: A\nrun: false")[0].front.run is None


def test_where_an_essay_is_discussed_is_outside_of_the_site() -> None:
    document, wrong = front("discuss: [https://a.example/1, By mail: 'mailto:a@b.example']")
    assert wrong == []
    assert document.front.discuss == (
        NamedLink("", "https://a.example/1"),
        NamedLink("By mail", "mailto:a@b.example"),
    )
    _, wrong = front("discuss: javascript:alert(1)")
    assert wrong == [
        "posts/a.md:2:10: discuss: 'javascript:alert(1)' is no address. "
        "Write it from https:// or mailto: on"
    ]
