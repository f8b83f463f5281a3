"""Which essays are like which: by the terms, and the words of title and summary, that they share.

Not by the words of their texts: then an edit of one text could change the page of any other.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from blogtools.model.site import Post, Term

from .words import STOP_WORDS

_WORD = re.compile(r"[^\W\d_][\w'-]{2,}")

# A word that more essays than this contain tells little, and comparing all of them with each other
# would take time that grows with the square of the posts.
_COMMON = 60
_TERM_WEIGHT = 3.0


def related(posts: Sequence[Post], count: int) -> Mapping[str, tuple[str, ...]]:
    """Return, for each essay's path, the paths of the essays most like it.

    The likeness is the cosine of the words of title and summary, weighted by how rare they are
    (idf), to which each shared term adds by its own rarity. Equal likeness is settled by date, then
    path, so that equal inputs give equal answers.

    Args:
        posts: Every essay, the newest first.
        count: How many to return for each.
    """
    if not count:
        return {}
    likeness = _likeness([_features(post) for post in posts])
    return {
        post.path: tuple(posts[other].path for other in _best(likeness[place], count))
        for place, post in enumerate(posts)
    }


def traits(post: Post) -> tuple[str, str, str, list[str]]:
    """Return everything of an essay that decides which others are like it."""
    return post.path, post.title, post.description, [term.url for term in _shared_terms(post)]


def _best(scores: Mapping[int, float], count: int) -> list[int]:
    # Rounded, so that the order of floating-point additions cannot decide.
    ranked = sorted((-round(score, 9), other) for other, score in scores.items())
    return [other for _, other in ranked[:count]]


def _features(post: Post) -> dict[str, float]:
    said = f"{post.title} {post.description}".lower()
    words = dict.fromkeys((w for w in _WORD.findall(said) if w not in STOP_WORDS), 1.0)
    terms = {f"{t.taxonomy}/{t.slug}": _TERM_WEIGHT for t in _shared_terms(post)}
    return words | terms


def _shared_terms(post: Post) -> Iterable[Term]:
    return (term for name, terms in post.terms.items() if name != "archive" for term in terms)


def _likeness(features: Sequence[Mapping[str, float]]) -> Sequence[Mapping[int, float]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, names in enumerate(features):
        for name in names:
            holders[name].append(place)
    rarity = {name: math.log(len(features) / len(places)) for name, places in holders.items()}
    vectors = [_unit({n: w * rarity[n] for n, w in names.items()}) for names in features]
    weighed = {
        name: [(place, vectors[place][name]) for place in places]
        for name, places in holders.items()
        if len(places) <= _COMMON
    }
    return [_scores(place, vector, weighed) for place, vector in enumerate(vectors)]


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {name: weight / length for name, weight in vector.items()}


def _scores(
    place: int, vector: Mapping[str, float], weighed: Mapping[str, Sequence[tuple[int, float]]]
) -> Mapping[int, float]:
    scores: dict[int, float] = defaultdict(float)
    for name, weight in vector.items():
        if weight:
            for other, its_weight in weighed.get(name, ()):
                scores[other] += weight * its_weight
    scores.pop(place, None)
    return scores
