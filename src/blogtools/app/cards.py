"""The card of each essay that has no picture of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from blogtools.build.plan import Target
from blogtools.content.addresses import output_path
from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.model.digest import digest_of
from blogtools.model.media_options import CardOptions
from blogtools.model.site import Post

if TYPE_CHECKING:
    from blogtools.media.cards import Card

    from .blog import Edition

_FOLDER = "assets/cards/"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def card_url(post: Post) -> str:
    """Return the address of an essay's card."""
    return f"{_FOLDER}{output_path(post.url).removesuffix('/index.html')}.png"


def has_card(edition: Edition, post: Post) -> bool:
    """Return whether a card is drawn for an essay."""
    return edition.project.options.cards is not None and not post.entry.document.front.image


def cards(edition: Edition) -> Iterator[Target]:
    """Yield the card of each essay that has no picture."""
    options = edition.project.options.cards
    if options is None:
        return
    files = edition.memory.files
    fonts = {name: files.digest(name) for name in options.fonts}
    for post in edition.index.posts:
        if has_card(edition, post):
            said = _said(edition, post)
            what = {"what its card says": digest_of(said, options.colours, fonts)}
            make = partial(_draw, edition, options, said)
            yield Target(card_url(post), what, make, costly=True)


def _said(edition: Edition, post: Post) -> tuple[str, str, str]:
    """Return the title, by whom and when, and the site's name."""
    site = edition.project.site
    names = ", ".join(author.name for author in post.authors)
    day = _day(post.date, site.language)
    return post.title, f"{names} · {day}" if names else day, site.name


def _day(moment: date, language: str) -> str:
    if language.partition("-")[0] != "en":
        return moment.strftime("%Y-%m-%d")
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _card(edition: Edition, options: CardOptions, said: tuple[str, str, str]) -> Card:
    from blogtools.media.cards import Card

    fonts = tuple(edition.project.root / name for name in options.fonts)
    return Card(*said, colours=options.colours, fonts=fonts)


def _draw(edition: Edition, options: CardOptions, said: tuple[str, str, str]) -> bytes:
    from blogtools.media.cards import draw

    return draw(_card(edition, options, said))


def unwritable(edition: Edition) -> Iterator[Diagnostic]:
    """Yield a warning for each essay whose title has letters that no font has."""
    options = edition.project.options.cards
    if options is None or options.fonts:
        return
    from blogtools.media.cards import unknown

    for post in edition.index.posts:
        if has_card(edition, post) and (letters := unknown("".join(_said(edition, post)))):
            document = post.entry.document
            line, column = document.positions.get("title", (1, 1))
            message = f"its card cannot show '{letters}', which our fonts do not have"
            hint = "Name a font that has them under 'cards: fonts:', or give the essay an 'image'"
            path, code = document.source.path, "card/letters"
            yield Diagnostic(path, line, column, code, message, hint, Severity.WARNING)
