"""The site's index: essays, their terms, and the pages that list them."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from msgspec.structs import replace

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.document import Author, Document
from blogtools.model.project import BlogOptions, TaxonomyOptions
from blogtools.model.rendered import Conversion
from blogtools.model.site import Entry, Listing, Overview, Post, SiteIndex, Term

from .slugs import slugify
from .words import minutes

#: The most essays that the archive names on one page, which weighs 40 kB then.
_NAMED = 250
# The labels that an essay's author wrote for a taxonomy, after its name.
_Written = tuple[str, tuple[str, ...]]


def build_index(
    entries: Iterable[Entry],
    converted: Mapping[str, Conversion],
    authors: Mapping[str, Author],
    options: BlogOptions,
) -> SiteIndex:
    """Bring the essays together.

    Args:
        entries: The essays that take part.
        converted: What each was converted to, by its path.
        authors: The known authors by key.
        options: The blog's options.

    Returns:
        The index, whose answers depend on nothing but these arguments.
    """
    ordered = sorted(entries, key=lambda entry: (entry.date, entry.path), reverse=True)
    names = tuple(options.active_taxonomies)
    written = [tuple(_written(entry, names)) for entry in ordered]
    labels = _labels(written, options, authors)

    @cache
    def terms_of(name: str, written: tuple[str, ...]) -> tuple[Term, ...]:
        return tuple(dict.fromkeys(labels[name, _fold(label)] for label in written))

    posts = tuple(
        _post(
            entry,
            converted[entry.path],
            {name: terms_of(name, own) for name, own in labelled},
            authors,
            options,
        )
        for entry, labelled in zip(ordered, written, strict=True)
    )
    taxonomies = {name: _group(name, posts) for name in options.active_taxonomies}
    return SiteIndex(posts, taxonomies, authors)


def _post(
    entry: Entry,
    conversion: Conversion,
    terms: Mapping[str, tuple[Term, ...]],
    authors: Mapping[str, Author],
    options: BlogOptions,
) -> Post:
    front = entry.document.front
    named = front.terms.get("authors", ())
    return Post(
        entry=entry,
        conversion=conversion,
        title=front.title or conversion.facts.title or entry.slug,
        readtime=front.readtime or minutes(conversion.facts.words, options.words_per_minute),
        terms=terms,
        authors=tuple(authors.get(key, Author(key)) for key in named),
    )


def revised(post: Post, document: Document, conversion: Conversion, options: BlogOptions) -> Post:
    """Return an essay with another text, and everything else as it was."""
    minutes_ = document.front.readtime or minutes(conversion.facts.words, options.words_per_minute)
    entry = replace(post.entry, document=document)
    return replace(post, entry=entry, conversion=conversion, readtime=minutes_)


def _written(entry: Entry, taxonomies: Iterable[str]) -> Iterator[_Written]:
    """Yield the labels of an essay for each taxonomy; its year is the archive's label."""
    terms = entry.document.front.terms
    for name in taxonomies:
        if name == "archive":
            yield name, (str(entry.date.year),)
        elif labels := terms.get(name):
            yield name, labels


@lru_cache(maxsize=10_000)
def _fold(label: str) -> str:
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())


def _labels(
    written: Iterable[Iterable[_Written]], options: BlogOptions, authors: Mapping[str, Author]
) -> Mapping[tuple[str, str], Term]:
    """Return one term for each label; labels that differ only in case and spaces are one."""
    counts = Counter((name, label) for one in written for name, labels in one for label in labels)
    spellings: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (name, label), count in counts.items():
        spellings[name, _fold(label)][label] = count
    return {
        (name, folded): _term(name, counts, options.active_taxonomies[name], authors)
        for (name, folded), counts in spellings.items()
    }


def _usual(counts: Mapping[str, int]) -> str:
    """Return the most frequent spelling; of equally frequent ones the first by code point."""
    return min(counts, key=lambda label: (-counts[label], label))


def _term(
    name: str,
    counts: Mapping[str, int],
    taxonomy: TaxonomyOptions,
    authors: Mapping[str, Author],
) -> Term:
    """Return the term that several spellings of a label stand for."""
    label = _usual(counts)
    author = _known(counts, authors) if name == "authors" else None
    chosen = {_fold(written): slug for written, slug in taxonomy.slugs.items()}
    slug = chosen.get(_fold(label)) or (author.slug if author else "") or slugify(label)
    return Term(name, author.name if author else label, slug, f"{taxonomy.path}/{slug}/")


def _known(spellings: Iterable[str], authors: Mapping[str, Author]) -> Author | None:
    """Return the author whose key is one of these spellings, the first by code point."""
    return next((authors[key] for key in sorted(spellings) if key in authors), None)


def _group(name: str, posts: Sequence[Post]) -> Mapping[Term, tuple[Post, ...]]:
    groups: dict[Term, list[Post]] = defaultdict(list)
    for post in posts:
        for term in post.terms.get(name, ()):
            groups[term].append(post)
    newest_first = name == "archive"
    ordered = sorted(groups, key=lambda term: (_fold(term.label), term.label), reverse=newest_first)
    return {term: _in_order(name, groups[term]) for term in ordered}


def _in_order(name: str, posts: Sequence[Post]) -> tuple[Post, ...]:
    """A series is read from its beginning, everything else from the newest."""
    return tuple(reversed(posts)) if name == "series" else tuple(posts)


def newest_first(index: SiteIndex, term: Term | None) -> tuple[Post, ...]:
    """Return the essays of a term, or all, in the order of feeds."""
    if term is None:
        return index.posts
    # What is read from its beginning is turned round once more.
    return _in_order(term.taxonomy, index.posts_with(term))


def listings(index: SiteIndex, options: BlogOptions, home_title: str) -> Iterator[Listing]:
    """Yield every page that lists essays: of the home page, and of each term."""
    pinned_first = sorted(index.posts, key=lambda post: not post.pinned)
    home = options.home.strip("/")
    url = f"{home}/" if home else ""
    yield from _paginated(url, home_title, pinned_first, options.per_page, None, "")
    for name, terms in index.taxonomies.items():
        taxonomy = options.active_taxonomies[name]
        for term, posts in terms.items():
            feed = term.url if taxonomy.feeds else None
            size = taxonomy.per_page or options.per_page
            yield from _paginated(term.url, term.label, posts, size, term, feed)


def _paginated(
    first: str, title: str, posts: Sequence[Post], size: int, term: Term | None, feed: str | None
) -> Iterator[Listing]:
    count, total = max(1, -(-len(posts) // size)), len(posts)
    pages = (first, *(f"{first}page/{number}/" for number in range(2, count + 1)))
    for place, url in enumerate(pages):
        part = tuple(posts[place * size : (place + 1) * size])
        yield Listing(url, title, part, total, place + 1, pages, term, feed)


def overviews(index: SiteIndex, options: BlogOptions) -> Iterator[Overview]:
    """Yield the page of each taxonomy that any essay uses.

    The archive of a blog that is not large names each of its essays, and not only the years.
    """
    for name, terms in index.taxonomies.items():
        if terms:
            taxonomy = options.active_taxonomies[name]
            counts = tuple((term, len(posts)) for term, posts in terms.items())
            named = name == "archive" and len(index.posts) <= _NAMED
            essays = tuple(terms.values()) if named else ()
            yield Overview(f"{taxonomy.path}/", taxonomy.title, name, counts, essays)


def check_index(index: SiteIndex) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each essay without a title, and each two terms with one address."""
    for post in index.posts:
        document = post.entry.document
        named = document.front.title or post.conversion.facts.title or "title" in document.positions
        if document.understood and not named:
            hint = "Add a line 'title: ...' to the front matter, or begin with a heading '# ...'"
            yield Diagnostic(post.path, 1, 1, "title/missing", "the essay has no title", hint)
    for terms in index.taxonomies.values():
        yield from _colliding_terms(terms)


def _colliding_terms(terms: Mapping[Term, tuple[Post, ...]]) -> Iterator[Diagnostic]:
    owners: dict[str, Term] = {}
    for term in terms:
        other = owners.setdefault(term.url, term)
        if other is not term:
            first = terms[term][0]
            line, column = first.entry.document.positions.get(term.taxonomy, (1, 1))
            message = f"{term.taxonomy} '{term.label}' and '{other.label}' would share /{term.url}"
            hint = f"Rename one, or set taxonomies.{term.taxonomy}.slugs in mkdocs.yml"
            yield Diagnostic(first.path, line, column, "url/term-collision", message, hint)
