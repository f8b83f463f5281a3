"""Elements as HTML, compared with what Python-Markdown writes."""

from __future__ import annotations

from xml.etree.ElementTree import Comment, Element, ProcessingInstruction, QName

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.serializers import to_html_string, to_xhtml_string
from markdown.util import AtomicString

from blogtools.content.quick import Markdown
from blogtools.content.serializing import pieces, serialized

TEXTS = st.none() | st.text(st.sampled_from("a é\n\t&<>\"';#1x{}"), max_size=8)
TAGS = st.sampled_from("p a img BR code pre script STYLE li hr video wbr my-tag".split())
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["href", "class", "id", "data-x"]),
    st.text(st.sampled_from("a \n&<>\"'"), max_size=8),
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> Element:
    """Return an element with what Markdown can bring forth, and more."""
    element = Element(draw(TAGS), draw(ATTRIBUTES))
    text, tail = draw(TEXTS), draw(TEXTS)
    element.text = AtomicString(text) if text and draw(st.booleans()) else text
    element.tail = tail
    if depth:
        element.extend(draw(st.lists(elements(depth - 1), max_size=3)))
    return element


@settings(max_examples=300, deadline=None)
@given(elements())
def test_any_element_is_written_as_python_markdown_writes_it(element: Element) -> None:
    assert "".join(pieces(element)) == to_xhtml_string(element)


def odd(tag: object, **attributes: object) -> Element:
    """Return a paragraph in which something odd stands between others."""
    root, inner = Element("p"), Element("b")
    inner.tag, inner.text, inner.tail = tag, "in & out", "after"  # type: ignore[assignment]
    for name, value in attributes.items():
        inner.set(name, value)  # type: ignore[arg-type]
    root.extend([Element("i"), inner, Element("br")])
    return root


@pytest.mark.parametrize(
    "element",
    [
        odd("input", disabled=None),
        odd("input", value=QName("x")),
        odd(QName("{https://example.org/}b")),
        odd(None),
        odd(Comment),
        odd(ProcessingInstruction),
    ],
    ids=["no value", "named value", "named tag", "no tag", "comment", "instruction"],
)
def test_what_is_odd_is_left_to_python_markdown(element: Element) -> None:
    with pytest.raises(TypeError):
        pieces(element)
    assert serialized(element) == to_xhtml_string(element)


def test_depth_is_no_limit() -> None:
    root = inner = Element("div")
    for _ in range(5_000):
        child = Element("div")
        inner.append(child)
        inner = child
    assert serialized(root) == to_xhtml_string(root)


def test_only_the_ordinary_way_to_write_is_replaced() -> None:
    assert Markdown([], {}).serializer is serialized
    other = Markdown([], {})
    other.set_output_format("html")
    assert other.serializer is to_html_string
