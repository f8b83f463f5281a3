"""Elements as HTML, the same as Python-Markdown writes, in fewer and larger pieces."""

from __future__ import annotations

from xml.etree.ElementTree import HTML_EMPTY, Element

from markdown.serializers import RE_AMP, to_xhtml_string

# What stands in these is no text of HTML's.
_CODE = ("script", "style")


def serialized(root: Element) -> str:
    """Return an element as `markdown.serializers.to_xhtml_string` does.

    That one writes an element in some six pieces, and asks of each part whether it is one of the
    odd kinds that ElementTree has. A tree with any of those is left to it.

    Args:
        root: The element.
    """
    try:
        return "".join(pieces(root))
    except TypeError:
        return to_xhtml_string(root)


def pieces(root: Element) -> list[str]:
    """Return the pieces of an element's HTML, if there is nothing odd in it.

    Raises:
        TypeError: A tag, an attribute or a text is something else than text.
    """
    found: list[str] = []
    waiting: list[Element | str] = [root]
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            found.append(element)
            continue
        tag, tail = element.tag, _text(element.tail)
        if not isinstance(tag, str):
            raise TypeError
        opening = f"<{tag}{_attributes(element)}"
        kind = tag.lower()
        if kind in HTML_EMPTY:
            found.append(f"{opening} />{tail}")
            continue
        text = (element.text or "") if kind in _CODE else _text(element.text)
        if len(element):
            found.append(f"{opening}>{text}")
            waiting.append(f"</{tag}>{tail}")
            waiting.extend(reversed(element))
        else:
            found.append(f"{opening}>{text}</{tag}>{tail}")
    return found


def _attributes(element: Element) -> str:
    items = element.items()
    return "".join([f' {key}="{_value(value)}"' for key, value in sorted(items)]) if items else ""


def _value(value: str) -> str:
    value = _escaped(value)
    return value.replace('"', "&quot;") if '"' in value else value


def _text(text: str | None) -> str:
    return _escaped(text) if text else ""


def _escaped(text: str) -> str:
    if "&" in text:
        text = RE_AMP.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text
