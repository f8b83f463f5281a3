"""Pages from quick templates are the pages that MkDocs composes, whatever a blog overrides."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path

import jinja2
import pytest
from mkdocs.config.base import LegacyConfig
from mkdocs.theme import Theme

from blogtools.mkdocs import quick_templates
from tests.site.support import BLOGTOOLS, MKDOCS, Command, differing, essay, run_all, write

CONFIG = """\
site_name: Tiny
site_url: https://tiny.example/
theme: {name: material, custom_dir: overrides, language: de}
plugins: [blogtools]
"""
# What says the words in another way than Material does.
OVERRIDES: Mapping[str, Mapping[str, str]] = {
    "words of a page": {
        "partials/language.html": "{% macro t(key) %}"
        "{{ key }} {{ page.title if page }}{% endmacro %}"
    },
    "words that are counted": {
        "partials/languages/de.html": "{% set n = namespace(x=0) %}"
        "{% macro t(key) %}{% set n.x = n.x + 1 %}{{ key if n.x > 0 }}{% endmacro %}"
    },
    "words in other places": {
        "main.html": '{% extends "base.html" %}{% block footer %}'
        "{% autoescape true %}{{ lang.t('toc') }}{{ '<' }}{% endautoescape %}"
        "{{ lang.t(page.title) }}{{ lang.t(1) }}{{ lang.t(true) }}{{ lang.t(key='toc') }}"
        "{% set config = {'theme': {'language': 'fr'}} %}"
        "{% import 'partials/language.html' as other with context %}{{ other.t('toc') }}"
        "{% endblock %}"
    },
    "words of the blog's own, without a page": {
        "partials/language.html": "{% macro t(key) %}W-{{ key }}{% endmacro %}",
        "main.html": '{% extends "base.html" %}{% block footer %}'
        "{% import 'partials/language.html' as own %}{{ own.t('search') }}{% endblock %}",
    },
    "a partial that shows its page": {
        "partials/copyright.html": "{% if page %}"
        "{{ page.title }} {{ page.meta.comments | d('none') }}"
        "{{ page.meta.items is callable }}{% endif %} {{ config.extra.nothing }}"
        "{{ config.nothing is defined }}{{ config.theme.nothing is defined }}"
    },
}


def test_a_template_gives_its_text_in_one_piece() -> None:
    texts = {
        "base": "{% for n in (1, 2) %}{{ n }}{% endfor %}{% block main %}a{{ x }}{% endblock %}",
        "page": "{% extends 'base' %}{% block main %}{{ super() }}{% include 'part' %}"
        "{% endblock %}",
        "part": "{{ x }}\n{{ y.z.none if y is defined }}",
    }
    env = jinja2.Environment(loader=jinja2.DictLoader(texts))  # noqa: S701 - no page of anybody's
    quick_templates.quicken(env)
    page = env.get_template("page")
    assert list(page.root_render_func(page.new_context({"x": "x"}))) == ["12axx\n"]
    assert page.render(x="x") == "".join(page.generate(x="x")) == "12axx\n"
    with pytest.raises(jinja2.UndefinedError) as wrong:
        page.render(y={})
    lines = [one.lineno for one in traceback.extract_tb(wrong.tb) if one.filename == "<template>"]
    assert lines == [1, 1, 1, 2], "where a template fails is still to be seen"


@pytest.mark.parametrize("name", OVERRIDES)
def test_pages_are_those_of_mkdocs(name: str, tmp_path: Path) -> None:
    files = {f"overrides/{file}": text for file, text in OVERRIDES[name].items()}
    texts = {
        "docs/about.md": "# About\n",
        "posts/a.md": essay("First", "2026-01-01", "One.\n\n## Part\n"),
        "posts/b.md": essay("Second", "2026-01-02", "Two.", comments="true"),
    }
    write(tmp_path, {"mkdocs.yml": CONFIG, **files, **texts})
    tools = (BLOGTOOLS, MKDOCS)
    for done in run_all(Command((*t, "-d", f"site-{t[0]}"), tmp_path) for t in tools):
        assert done.returncode == 0, done.stderr
    assert differing(tmp_path / "site-blogtools", tmp_path / "site-mkdocs") == []


class Thing:
    """Something with both attributes and items."""

    here = "attribute"

    def __getitem__(self, name: str) -> str:
        if name == "gone":
            raise LookupError(name)
        return f"item {name}"


def why(missing: jinja2.Undefined) -> str:
    with pytest.raises(jinja2.UndefinedError) as failure:
        str(missing.anything)
    return str(failure.value)


def test_what_a_name_leads_to_is_what_jinja_says() -> None:
    plain, quick = (jinja2.Environment(loader=jinja2.DictLoader({})) for _ in "ab")  # noqa: S701
    quick_templates.quicken(quick)
    config = LegacyConfig(())
    config.load_dict({"a": 1, "data": 2})
    things: tuple[object, ...] = (
        None,
        "text",
        {"a": 1, "get": 2},
        [1],
        Thing(),
        Theme(a=1),
        config,
        {}.items(),
    )
    for thing in things:
        for name in ("a", "get", "data", "here", "gone", "name", "upper", "__class__"):
            ours, jinjas = quick.getattr(thing, name), plain.getattr(thing, name)
            if isinstance(jinjas, jinja2.Undefined):
                assert isinstance(ours, jinja2.Undefined)
                assert why(ours) == why(jinjas)
            else:
                assert ours == jinjas


def test_what_fails_fails_alike() -> None:
    quick = jinja2.Environment(loader=jinja2.DictLoader({}))  # noqa: S701
    quick_templates.quicken(quick)
    with pytest.raises(jinja2.UndefinedError):
        quick.getattr(quick.getattr({}, "a"), "b")
