"""What a docstring begins with, in one line."""

from __future__ import annotations

import re

from griffe import Alias, Object

_LONGEST = 160
#: The end of a sentence, but not of "e.g." and the like.
_END = re.compile(r"(?<![.\s]\w)[.!?](?=\s)")


def summary(found: Object | Alias) -> str:
    """Return the first sentence of an object's docstring, without line breaks."""
    text = found.docstring.value.strip() if found.docstring else ""
    paragraph = " ".join(re.split(r"\n\s*\n", text, maxsplit=1)[0].split())
    end = _END.search(paragraph)
    sentence = paragraph[: end.end()] if end else paragraph
    if len(sentence) <= _LONGEST:
        return sentence
    return sentence[:_LONGEST].rpartition(" ")[0].rstrip(" ,;:") + " ..."
