"""HTML that strangers wrote, without anything that could act: by a list of what is allowed."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3

from blogtools.content.marks import MARK

_TAGS = frozenset(
    """a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p picture pre q rp
    rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr
    u ul var wbr""".split()
)
_ATTRIBUTES = {
    "*": {"class", "id", "lang", "dir", "title", "role", "translate"},
    "a": {"href"},
    "abbr": set(),
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "div": {"data-tabs"},
    "figure": {"data-title", "data-desc", "data-language", "data-source"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "input": {"checked", "disabled", "name"},
    "label": {"for"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "scope", "style"},
    "time": {"datetime"},
}
# Without them a page's own forms could be imitated.
_VALUES = {"input": {"type": {"checkbox", "radio"}}}
_ALIGNED = re.compile(r'(?<=\s)style="text-align:(\w+)"')
_TASK = re.compile(r'<input type="checkbox" disabled=""(?: checked="")?')
_SCHEMES = {"http", "https", "mailto", "tel"}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, or None for a picture that lies somewhere else.

    Readers would ask others for it, if the policy of pages let them; ours stand as marks.
    """
    return None if (tag, name) == ("img", "src") and MARK not in value else value


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        tag_attribute_values=_VALUES,
        generic_attribute_prefixes={"aria-"},
        url_schemes=_SCHEMES,
        filter_style_properties={"text-align"},
        strip_comments=True,
        link_rel=None,
    )


def clean(fragment: str) -> str:
    """Return HTML with what is allowed in it, and nothing else."""
    # As Markdown writes cells and tasks, for whoever looks for them.
    page = _ALIGNED.sub(r'style="text-align: \1;"', _cleaner().clean(fragment))
    return _TASK.sub(lambda match: match[0].replace('=""', ""), page)
