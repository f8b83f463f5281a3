"""Counting words, and knowing which of them say nothing."""

from __future__ import annotations

import math
import re
from functools import cache

_WORD = re.compile(r"\w+")
# Of ASCII, each character that is in no word becomes a space.
_SPACED = bytes(code if _WORD.match(chr(code)) else ord(" ") for code in range(128)).ljust(256)
# Scripts without spaces between words: two characters are about one word to read. A set of so many
# characters takes as long to compile as four modules take to import.
_unspaced = cache(lambda: re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"))

#: Frequent English words that tell nothing about a text's subject.
STOP_WORDS = frozenset(
    """about above after again all also and any are around because been before being below between
    both but can can't could did does doesn't doing don't down during each even every few first for
    from further get had has have having here how i'm i've into isn't it's its itself just let like
    make many may might more most much must new not now off once one only onto other our out over
    own same see she should since some such than that that's the their them then there there's these
    they thing things this those through too two under until use used uses using very was way we
    we're we've well were what when where which while who why will with within without won't work
    would you your""".split()
)


def count_words(text: str) -> int:
    """Return how many words a reader reads; two characters of an unspaced script count as one."""
    if text.isascii():
        return len(text.encode().translate(_SPACED).split())
    unspaced = len(_unspaced().findall(text))
    spaced = len(_WORD.findall(_unspaced().sub(" ", text) if unspaced else text))
    return spaced + math.ceil(unspaced / 2)


def minutes(words: int, words_per_minute: int) -> int:
    """Return the reading time in whole minutes, at least one."""
    return max(1, round(words / words_per_minute))
