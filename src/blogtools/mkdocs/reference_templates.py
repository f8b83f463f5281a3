"""How mkdocstrings' templates differ here: blocks of its own, filled with what the engine knows."""

from __future__ import annotations

from collections.abc import Mapping

#: Each object: a mark below its text, for `blogtools.content.shelf` to fill.
_BACKLINKS = """\
  <!--blogtools:backlinks {{ html_id }}-->
"""
_SUMMARY = """\
  {{ config.extra.shown.summaries.get(KIND.path, "") | safe }}
"""
#: A link to a line of the source where it is published.
_PUBLISHED = """\
  {% if config.extra.source_url and KIND.lineno %}
    <p class="doc-source-link"><a href="{{ config.extra.source_url
      | replace("{path}", KIND.relative_package_filepath.as_posix())
      | replace("{line}", KIND.lineno | string) | e }}">{{ config.extra.view_source }}</a></p>
  {% endif %}
"""
_FOLDED = """\
    <details class="mkdocstrings-source">
      <summary>{{ lang.t("Source code in") }} <code>{{ KIND|source_location }}</code></summary>
      {{ KIND.source|highlight(language="python", linestart=KIND.lineno or 0, linenums=True) }}
    </details>
"""
#: The summary stands after what a module is about, and before the rest of its docstring. What that
#: says of the module's classes and functions, the summary says of all of them.
_MODULE = """\
{% extends "_base/module.html.jinja" %}
{% block docstring scoped %}
  {% set told = module.docstring.parsed | rejectattr("kind.value", "in",
    ["classes", "functions", "modules"]) | list %}
  {% set first = 1 if told and told[0].kind.value == "text" else 0 %}
  {% with docstring_sections = told[:first] %}
    {% include "docstring.html.jinja" with context %}
  {% endwith %}
SUMMARY  {% with docstring_sections = told[first:] %}
    {% include "docstring.html.jinja" with context %}
  {% endwith %}
BACKLINKS{% endblock docstring %}
"""
_FUNCTION = """\
{% extends "_base/function.html.jinja" %}
{% block docstring scoped %}
  {{ super() }}
BACKLINKS{% endblock docstring %}
{% block source scoped %}
  {{ super() }}
PUBLISHED{% endblock source %}
"""
#: A property is a function, and has a source, too.
_ATTRIBUTE = """\
{% extends "_base/attribute.html.jinja" %}
{% import "language.html.jinja" as lang with context %}
{% block docstring scoped %}
  {{ super() }}
  {% if "property" in attribute.labels and attribute.source %}
    {% if config.show_source %}
FOLDED    {% endif %}
PUBLISHED  {% endif %}
BACKLINKS{% endblock docstring %}
"""
#: A class without any code shows its source as a whole; else mkdocstrings shows that of `__init__`.
_CLASS = """\
{% extends "_base/class.html.jinja" %}
{% import "language.html.jinja" as lang with context %}
{% block docstring scoped %}
  {{ super() }}
BACKLINKS{% endblock docstring %}
{% block summary scoped %}
SUMMARY{% endblock summary %}
{% block source scoped %}
  {{ super() }}
  {% set code = namespace(any="__init__" in all_members and all_members["__init__"].source) %}
  {% for member in class.members.values() if member.is_function and member.source
    or "property" in member.labels %}
    {% set code.any = True %}
  {% endfor %}
  {% if config.show_source and class.source and not code.any %}
FOLDED  {% endif %}
PUBLISHED{% endblock source %}
{% block children scoped %}
  {{ super() }}
  {% set root = False %}
  {% set root_members = False %}
  {% set heading_level = heading_level + 1 %}
  {% with names = config.extra.shown.in_place.get(class.path, []) %}
    {% if names %}
      <div class="doc doc-children">
        {% for name in names %}
          {% with attribute = all_members[name], function = all_members[name] %}
            {% include all_members[name]|get_template with context %}
          {% endwith %}
        {% endfor %}
      </div>
    {% endif %}
  {% endwith %}
  {{ config.extra.shown.inherited.get(class.path, "") | safe }}
{% endblock children %}
"""
_TYPE_ALIAS = """\
{% extends "_base/type_alias.html.jinja" %}
{% block docstring scoped %}
  {{ super() }}
BACKLINKS{% endblock docstring %}
"""
_TEMPLATES: Mapping[str, str] = {
    "module": _MODULE,
    "class": _CLASS,
    "function": _FUNCTION,
    "attribute": _ATTRIBUTE,
    "type_alias": _TYPE_ALIAS,
}
#: What several templates have in common, by the word that stands for it.
_PARTS: Mapping[str, str] = {
    "SUMMARY": _SUMMARY,
    "PUBLISHED": _PUBLISHED,
    "FOLDED": _FOLDED,
    "BACKLINKS": _BACKLINKS,
}


def templates() -> Mapping[str, str]:
    """Return the templates that differ from those of mkdocstrings, by their path."""
    return {
        f"templates/python/material/{kind}.html.jinja": _filled(text, kind)
        for kind, text in _TEMPLATES.items()
    }


def _filled(template: str, kind: str) -> str:
    """Return a template with the parts that several of them have in common."""
    for name, part in _PARTS.items():
        template = template.replace(name, part)
    return template.replace("KIND", kind)
