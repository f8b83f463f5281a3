"""Templates that leave marks in a reference, for `blogtools.content.shelf` to fill.

What a page shows of other versions and of essays is no part of its reference, which stays the same
when they change.
"""

from __future__ import annotations

#: Every page, by Material: no canonical address, which may be in another version; a mark for the
#: head, one at the top, and one at the end of what Material's script is told; and a name for its
#: search dialog, which has none.
PAGE = """\
{% extends "base.html" %}
{% block site_meta %}
  {%- set own = '<link rel="canonical" href="' ~ page.canonical_url ~ '">' -%}
  {{ super() | replace(own, "") }}
{% endblock %}
{% block extrahead %}
  {{ super() }}
  <!--blogtools:head-->
{% endblock %}
{% block header %}
  <!--blogtools:version-->
  {%- set named = 'role="dialog" aria-label="' ~ lang.t("search") ~ '"' %}
  {{ super() | replace('role="dialog"', named) }}
{% endblock %}
{% block config %}
  {{ super() | replace(', "version": null', "<!--blogtools:selector-->") }}
{% endblock %}
"""
#: Each object, by mkdocstrings: a mark below its text.
BACKLINKS = """\
  <!--blogtools:backlinks {{ html_id }}-->
"""
