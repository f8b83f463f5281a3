"""Counting words, and knowing which of them say nothing."""

from __future__ import annotations

import codecs
import math
import re
from functools import cache

# What each character of ASCII is to a counter of words: part of one, or a space.
_IN_WORDS = bytes(ord("x" if re.match(r"\w", chr(code)) else " ") for code in range(128)).ljust(256)
# Scripts without spaces between words: two characters are about one word to read. A set of so many
# characters takes as long to compile as four modules take to import.
_unspaced = cache(lambda: re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"))
# In UTF-8 each of their characters has a byte of this size, or a larger one.
_BELOW_UNSPACED = bytes(range("\u3040".encode()[0]))

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
    unspaced = 0
    if text.encode("utf-8", "replace").translate(None, _BELOW_UNSPACED):
        text, unspaced = _unspaced().subn(" ", text)
    spaced = b" " + text.encode("ascii", _PLAIN).translate(_IN_WORDS)
    return spaced.count(b" x") + math.ceil(unspaced / 2)


def _plain(failed: UnicodeError) -> tuple[str, int]:
    """Return letters of ASCII, and spaces, for characters that are not of it."""
    if not isinstance(failed, UnicodeEncodeError):
        raise failed
    others = failed.object[failed.start : failed.end]
    return "".join("x" if char.isalnum() else " " for char in others), failed.end


# What encodes with errors of this name leaves the rest of a text to the function.
_PLAIN = "blogtools.content.words"
codecs.register_error(_PLAIN, _plain)


def minutes(words: int, words_per_minute: int) -> int:
    """Return the reading time in whole minutes, at least one."""
    return max(1, round(words / words_per_minute))
