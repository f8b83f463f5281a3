"""How large the page of an object becomes, estimated from its source alone.

Links to symbols are resolved before a page is built, and often without it being built at all. So
whether a module has one page or many must be known from its source. The numbers were fitted to the
150 pages of two real references; nine estimates in ten are within a sixth of the truth. A page
that is larger than its estimate is made lighter when it is built (`mkdocs/reference_limit.py`).
"""

from __future__ import annotations

from griffe import Alias, Object

#: What a page may weigh by this estimate, in bytes; a sixth more, and it is at 300 kB.
LIMIT = 250_000
#: A row of a summary.
ROW = 260
#: A heading with its two entries in the table of contents.
_OBJECT = 2_000 - ROW
#: Bytes of HTML for each character: of text, of an example, of code and what it says of itself.
_TEXT, _EXAMPLE, _CODE, _DOCUMENTED, _SIGNATURE = 2.2, 6, 5.5, 1.3, 9
#: What is around a text, and a module's entry in the navigation, which is shown whole up to 100.
_AROUND, _ENTRY, _PRUNED = 15_000, 400, 100


def frame(modules: int) -> int:
    """Return what every page of a reference of so many modules weighs without its text."""
    return _AROUND + _ENTRY * (modules if modules < _PRUNED else _PRUNED // 2)


def weigh(found: Object | Alias) -> int:
    """Return about how many bytes of HTML an object takes, without its members."""
    weight = _OBJECT + ROW + _docstring(found)
    if found.is_class:
        init = found.all_members.get("__init__")
        weight += _docstring(init) + _function(init) if init else 0
        weight += _source(header(found), found)
    elif found.is_function:
        weight += _function(found)
    elif found.is_attribute:
        weight += _SIGNATURE * len(str(getattr(found, "value", None) or ""))
        weight += _function(found) if "property" in found.labels else 0
    return round(weight)


def header(found: Object | Alias) -> str:
    """Return the source of a class without code of its own, which is shown as a whole."""
    methods = (m for m in found.members.values() if m.is_function or "property" in m.labels)
    return "" if any(method.source for method in methods) else found.source


def _function(found: Object | Alias) -> float:
    """Return what the signature and the source of a function take."""
    signature = sum(len(str(parameter)) for parameter in getattr(found, "parameters", ()))
    return _SIGNATURE * signature + _source(found.source, found)


def _source(source: str, found: Object | Alias) -> float:
    """Return what source takes, in which the docstring has no colours."""
    text = min(len(found.docstring.value) if found.docstring else 0, len(source))
    return _CODE * (len(source) - text) + _DOCUMENTED * text


def _docstring(found: Object | Alias) -> float:
    """Return what a docstring takes; examples are highlighted, and that takes the most."""
    text = found.docstring.value if found.docstring else ""
    lines = (line.strip() for line in text.splitlines())
    example = sum(len(line) for line in lines if line.startswith((">>>", "...")))
    return _TEXT * (len(text) - example) + _EXAMPLE * example
