"""As many posts as wanted, made of the real ones.

Each post is a real one in other words: every word of its prose, and every name and number of its
code, is exchanged for another of the same length. Size and structure stay, but no two posts have a
paragraph or a block of code in common, so that no generator profits from remembering. All follows
from the real posts, the number wanted and a seed; the text is the same for every generator.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

import yaml

from benchmarks.corpus import Post, parse_post

SEED = 2026

AUTHORS = (
    "Ada Byron",
    "Barbara Hopper",
    "Chien Noether",
    "Donald Church",
    "Edsger Backus",
    "Frances Perlis",
    "Grace Liskov",
    "Haskell Turing",
)

TAGS = tuple(
    """
    algorithms allocators arrays async atomics benchmarks borrowing caching channels closures
    collections compilers concurrency coverage databases debugging dependencies diagnostics
    documentation editors embedded encodings errors ffi filesystems formatting fuzzing generics
    governance graphs hashing interviews iterators kernels lifetimes linking linting logging macros
    memory modules networking optimization ownership packaging parsing patterns performance
    profiling releases security serialization strings surveys testing threads tooling traits
    unicode wasm
    """.split()
)

_MOST_TAGS = 4
# One post in so many has two authors.
_PAIRS = 5
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WORD = r"[A-Za-z]{3,}"
# What keeps its name in code, so that highlighting finds as much in a copy as in the original.
_KEPT = frozenset(
    """
    abstract alias alloc any apt and as assert async await bash bin bool box boxed break build
    cargo case cat catch cfg char class clone cmp const continue copy core crate curl debug def
    default define del derive dev deque die diff display double drop dyn echo elif else end endif
    enum eprintln err error except exit export extern false final float fmt fn for foreach format
    from func function get git global goto hash hashmap if impl import in include inline install
    int interface into iter lambda len let lib long loop macro main map match mod module move mut
    namespace new nil none nonlocal not null object ok option or override package panic pass pin
    print println private protected pub public raise rc ref register rename result return rustc
    rustup self set short signed some static std str string struct sudo super switch template test
    this throw trait true try type typedef typeof union unsafe unsigned unwrap use usize isize var
    vec virtual void volatile where while with write writeln yield
    """.split()
)

_HEADING = r"^[ ]{0,3}\#{1,6}[ \t][^\n]*$|^[^\n]+\n[ ]{0,3}(?:=+|-{2,})[ \t]*$"
# The first alternative that fits wins; `kept` is whatever has a meaning beyond its words.
_PARTS = r"""
    (?P<fence>
        ^(?P<open>[ \t>]*(?:[-*+][ \t]+|\d+\.[ \t]+)?(?P<ticks>`{{3,}}|~{{3,}})[^\n`]*\n)
        (?P<code>(?s:.*?))
        (?P<close>^[ \t>]*(?P=ticks)[`~]*[ \t]*$)
    )
  | (?P<span>(?<!`)(?P<tick>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=tick)(?!`))
  | (?P<kept>
        {headings}
        <!--(?s:.*?)-->
      | <(?P<raw>script|style)\b(?s:.*?)</(?P=raw)>
      | </?[A-Za-z][^<>]*>
      | (?<=\])\((?:[^()\n]|\([^()\n]*\))*\)
      | (?<=\]):[ \t]*\S+
      | \[\^[^\]\n]+\]
      | \b(?:https?|ftp|mailto):[^\s<>)\]]+
      | [\w.+-]+@[\w-]+\.[\w.-]+
      | \{{[:\#.][^}}\n]*\}}
      | &\#?\w+;
    )
  | (?P<word>{word})
"""
_FLAGS = re.MULTILINE | re.VERBOSE
_TEXT = re.compile(_PARTS.format(headings="", word=_WORD), _FLAGS)
_TEXT_WITH_ANCHORS = re.compile(_PARTS.format(headings=f"{_HEADING}|", word=_WORD), _FLAGS)
_CODE = re.compile(rf"(?P<word>{_WORD})|(?<![\w.])(?P<number>[1-9]\d+)(?!\w)")
# A link to a place in the same page: its headings must keep the names that it goes by.
_OWN_ANCHOR = re.compile(r"\]\(#|\]:[ \t]*#|href=[\"']?#")


class Vocabulary:
    """The words of the corpus by length, to be exchanged for each other."""

    def __init__(self, words: Sequence[str]) -> None:
        """Sort words by their length.

        Args:
            words: Words in small letters, none twice.
        """
        classes = defaultdict(list)
        for word in words:
            classes[len(word)].append(word)
        self._classes = dict(classes)
        self._places = {word: i for group in classes.values() for i, word in enumerate(group)}

    def exchange(self, word: str, key: int) -> str:
        """Exchange a word.

        Args:
            word: The word.
            key: Another key gives another word; with one key no two known words become the same.

        Returns:
            A word of the same length, with a capital where the given one had it; the word itself if
            there is no other.
        """
        plain = word.lower()
        group = self._classes.get(len(word), ())
        if len(group) < 2:
            return word
        place = self._places.get(plain, crc32(plain.encode()))
        # Never by a multiple of the group's size, which would give the word itself.
        other = group[(place + 1 + key % (len(group) - 1)) % len(group)]
        if word.islower():
            return other
        return other.upper() if word.isupper() else other.capitalize()


@dataclass(frozen=True)
class Copy:
    """How one post is put into other words.

    Attributes:
        number: The post's number, which no other has.
        vocabulary: Where the other words come from.
        seed: Another seed gives other words.
    """

    number: int
    vocabulary: Vocabulary
    seed: int = SEED

    @property
    def mark(self) -> str:
        """The number as a part of a name in code."""
        return f"_{_base36(self.number)}_"

    def draw(self, what: str, below: int) -> int:
        """Draw a number, always the same for one post, seed and purpose.

        Args:
            what: The purpose.
            below: One more than the greatest.

        Returns:
            The number.
        """
        name = f"{self.seed} {self.number} {what}".encode()
        return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest()) % below

    def prose(self, text: str) -> str:
        """Put Markdown into other words.

        Args:
            text: The text.

        Returns:
            Text of the same structure: code has other names, links lead to where they led.
        """
        exchange = self._exchange()
        pattern = _TEXT_WITH_ANCHORS if _OWN_ANCHOR.search(text) else _TEXT

        def replace(match: re.Match[str]) -> str:
            if match.lastgroup == "word":
                return exchange(match[0])
            if match["fence"]:
                return match["open"] + self._block(match["code"], exchange) + match["close"]
            return self._code(match[0], exchange) if match["span"] else match[0]

        return pattern.sub(replace, text)

    def _exchange(self) -> Callable[[str], str]:
        """Make the exchange of words of this post, which remembers what it looked up."""
        keys = [self.draw(f"words of {length}", 1 << 32) for length in range(32)]
        known: dict[str, str] = {}

        def exchange(word: str) -> str:
            if word not in known:
                known[word] = self.vocabulary.exchange(word, keys[len(word) % len(keys)])
            return known[word]

        return exchange

    def _code(self, text: str, exchange: Callable[[str], str]) -> str:
        """Give code other names and numbers."""
        shift = self.draw("numbers", 9) + 1

        def replace(match: re.Match[str]) -> str:
            if match["number"]:
                return _shifted(match["number"], shift)
            return match[0] if match[0].lower() in _KEPT else exchange(match[0])

        return _CODE.sub(replace, text)

    def _block(self, text: str, exchange: Callable[[str], str]) -> str:
        """Give a block of code other names, of which the first is in no other post."""
        names = (m for m in _CODE.finditer(text) if m["word"] and m[0].lower() not in _KEPT)
        first = next(names, None)
        if not first:
            last_line = re.search(r"^[ \t>]*(?=[^\n]*\n?\Z)", text, re.MULTILINE)
            return f"{text}{last_line[0] if last_line else ''}{self.mark}\n"
        before, after = text[: first.start()], text[first.end() :]
        name = exchange(first[0]) + self.mark
        return self._code(before, exchange) + name + self._code(after, exchange)


def scale(posts: Sequence[Post], size: int, seed: int = SEED) -> tuple[Post, ...]:
    """Make a corpus of a given size.

    Args:
        posts: The real posts.
        size: How many are wanted.
        seed: Another seed gives other posts of the same kind.

    Returns:
        The posts, the oldest first. Their mean size is about that of the real ones, however many.
    """
    vocabulary = learn(posts)
    first, last = min(post.date for post in posts), max(post.date for post in posts)
    days = (last - first).days + 1
    originals = _shuffled([*_even(posts, size)], seed)
    return tuple(
        _copy(original, Copy(number, vocabulary, seed), first + timedelta(number * days // size))
        for number, original in enumerate(originals)
    )


def learn(posts: Sequence[Post]) -> Vocabulary:
    """Collect the words of posts.

    Args:
        posts: The posts.

    Returns:
        The words that stand in prose.
    """
    found: Counter[str] = Counter()
    for post in posts:
        matches = _TEXT.finditer(post.body)
        found.update(match[0] for match in matches if match.lastgroup == "word")
    common = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    # No web address may come of a word: some generators would make a link of it.
    return Vocabulary([word for word, _ in common if word.islower() and word != "www"])


def _even(posts: Sequence[Post], size: int) -> Iterator[Post]:
    """Pick posts, each as often as the next; what is left over evenly from the small to the big."""
    whole, rest = divmod(size, len(posts))
    for _ in range(whole):
        yield from posts
    ranked = sorted(posts, key=lambda post: (len(post.body), post.filename))
    yield from (ranked[(2 * i + 1) * len(ranked) // (2 * rest)] for i in range(rest))


def _shuffled(posts: Sequence[Post], seed: int) -> list[Post]:
    """Put posts into an order that has nothing to do with the given one."""
    keys = [hashlib.blake2b(f"{seed} order {i}".encode()).digest() for i in range(len(posts))]
    return [posts[i] for i in sorted(range(len(posts)), key=keys.__getitem__)]


def _copy(original: Post, copy: Copy, day: date) -> Post:
    meta = {
        "title": f"{copy.prose(original.title)}, {copy.number}",
        "date": day,
        "authors": _chosen(copy, AUTHORS, 2 if copy.draw("authors", _PAIRS) == 0 else 1),
        "tags": _chosen(copy, TAGS, 1 + copy.draw("tags", _MOST_TAGS)),
    }
    if original.description:
        meta["description"] = copy.prose(original.description)
    head = yaml.safe_dump(meta, allow_unicode=True, sort_keys=False)
    name = f"{day.isoformat()}-{original.slug}-{copy.number}.md"
    return parse_post(name, f"---\n{head}---\n{copy.prose(original.body)}")


def _chosen(copy: Copy, names: Sequence[str], count: int) -> list[str]:
    return sorted(names, key=lambda name: (copy.draw(name, 1 << 32), name))[:count]


def _shifted(number: str, shift: int) -> str:
    """Give a number other digits, and no zero in front."""
    head, *tail = (int(digit) for digit in number)
    return str((head - 1 + shift) % 9 + 1) + "".join(str((d + shift) % 10) for d in tail)


def _base36(number: int) -> str:
    high, low = divmod(number, len(_DIGITS))
    return (_base36(high) if high else "") + _DIGITS[low]
