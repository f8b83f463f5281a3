"""The words of the interface: everything that templates say, in each language that they speak.

A language that is not here is spoken in English. An essay's own page speaks the essay's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct

from .evidence_words import EVIDENCE_WORDS

ENGLISH = "en"

#: Each word by its key, in English and German. What stands in braces is filled in.
WORDS: Mapping[str, tuple[str, str]] = {
    # Chrome
    "skip": ("Skip to the text", "Zum Text springen"),
    "site": ("Site", "Website"),
    "menu": ("Menu", "Menü"),
    "search": ("Search", "Suche"),
    "search.hint": ("Search the essays and pages", "Essays und Seiten durchsuchen"),
    "search.none": ("Nothing was found", "Nichts gefunden"),
    "search.one": ("1 page", "1 Seite"),
    "search.many": ("{count} pages", "{count} Seiten"),
    "search.more": ("More results", "Mehr Treffer"),
    "search.absent": (
        "This copy of the site has no search index. The command “blogtools index” makes one.",
        "Diese Kopie der Website hat keinen Suchindex. Der Befehl „blogtools index“ macht einen.",
    ),
    "search.filters": ("Narrow the search", "Suche eingrenzen"),
    "search.any": ("Any", "Alle"),
    "search.kind": ("Kind", "Art"),
    "search.kind.essay": ("Essays", "Essays"),
    "search.kind.page": ("Pages", "Seiten"),
    "search.kind.reference": ("References", "Referenzen"),
    "search.tag": ("Tag", "Schlagwort"),
    "search.year": ("Year", "Jahr"),
    "search.version": ("Version", "Version"),
    "close": ("Close", "Schließen"),
    "scheme.dark": ("Switch to dark", "Zu Dunkel wechseln"),
    "scheme.light": ("Switch to light", "Zu Hell wechseln"),
    "announcement": ("Announcement", "Ankündigung"),
    "contents": ("Contents", "Inhalt"),
    "section": ("In this section", "In diesem Abschnitt"),
    "edit": ("Edit this page", "Diese Seite bearbeiten"),
    "source": ("Source code", "Quelltext"),
    "elsewhere": ("Elsewhere", "Anderswo"),
    "languages": ("Languages", "Sprachen"),
    "feeds": ("Feeds", "Feeds"),
    "made": ("Made with {name}", "Gemacht mit {name}"),
    "anchor": ("Permanent link", "Dauerhafter Link"),
    # Essays
    "draft": ("Draft", "Entwurf"),
    "scheduled": ("Scheduled", "Geplant"),
    "pinned": ("Pinned", "Angeheftet"),
    "published": ("Published", "Erschienen"),
    "updated": ("Updated", "Aktualisiert"),
    "by": ("By", "Von"),
    "reading": ("Reading time", "Lesezeit"),
    "minutes": ("{count} min read", "{count} Min. Lesezeit"),
    "filed": ("Filed under", "Abgelegt unter"),
    "part": ("Part {part} of {count} in {series}", "Teil {part} von {count} in {series}"),
    "part.short": ("{part} of {count}", "{part} von {count}"),
    "series": ("Series", "Serie"),
    "series.of": ("Series: {name}", "Serie: {name}"),
    "translations": ("Also in", "Auch auf"),
    "notes": ("Notes", "Anmerkungen"),
    "objects": ("Objects discussed here", "Hier besprochene Objekte"),
    "further": ("Further reading", "Zum Weiterlesen"),
    "discuss": ("Discuss", "Diskutieren"),
    "discuss.mail": ("By e-mail", "Per E-Mail"),
    "related": ("Related essays", "Verwandte Essays"),
    "neighbours": ("Previous and next essay", "Voriger und nächster Essay"),
    "previous": ("Previous", "Voriger"),
    "next": ("Next", "Nächster"),
    "author": ("About the author", "Über die Autorin, den Autor"),
    "authors": ("About the authors", "Über die Autorinnen und Autoren"),
    "cite": ("How to cite", "Zitieren"),
    "follow": ("Follow", "Folgen"),
    "feed.atom": ("Atom feed", "Atom-Feed"),
    "feed.json": ("JSON feed", "JSON-Feed"),
    "newer.of": ("Newer version of {name}", "Neuere Version von {name}"),
    "newer.for": ("Written for {pinned}", "Geschrieben für {pinned}"),
    "newer.holds": ("; still holds with {newest}.", "; gilt auch mit {newest}."),
    "newer.names": (
        "; its names are all there in {newest}.",
        "; seine Namen gibt es alle in {newest}.",
    ),
    "newer.newer": ("; the newest is {newest}.", "; die neueste ist {newest}."),
    "newer.in": (". In {newest}:", ". In {newest}:"),
    # Blocks
    "code": ("Code", "Code"),
    "code.in": ("Code: {language}", "Code: {language}"),
    "table": ("Table", "Tabelle"),
    "done": ("Done", "Erledigt"),
    "open": ("To do", "Offen"),
    "copy": ("Copy", "Kopieren"),
    "copied": ("Copied", "Kopiert"),
    # Lists
    "featured": ("Featured", "Im Blick"),
    "recent": ("Recent essays", "Neue Essays"),
    "topics": ("Topics", "Themen"),
    "all": ("All", "Alle"),
    "archive": ("Archive", "Archiv"),
    "essay": ("{count} essay", "{count} Essay"),
    "essays": ("{count} essays", "{count} Essays"),
    "more": ("Continue reading", "Weiterlesen"),
    "more.of": ("Continue reading: {title}", "Weiterlesen: {title}"),
    "none": ("No essays yet.", "Noch keine Essays."),
    "pages": ("Pages", "Seiten"),
    "page": ("Page {number}", "Seite {number}"),
    "page.of": ("{title} – page {number}", "{title} – Seite {number}"),
    "term": ("Topic", "Thema"),
    "term.tags": ("Tag", "Schlagwort"),
    "term.categories": ("Category", "Kategorie"),
    "term.series": ("Series", "Serie"),
    "term.authors": ("Author", "Autorin, Autor"),
    "term.archive": ("Year", "Jahr"),
    # References
    "version": ("Version", "Version"),
    "versions.one": ("1 version", "1 Version"),
    "versions": ("{count} versions", "{count} Versionen"),
    "released": ("Released", "Erschienen"),
    "licence": ("Licence", "Lizenz"),
    "changes": ("Changes", "Änderungen"),
    "changes.in": ("What changed in {version}", "Was sich in {version} geändert hat"),
    "changes.after": (", after {version}", ", nach {version}"),
    "changes.none": ("Nothing public changed.", "Nichts Öffentliches hat sich geändert."),
    "changes.compared": (
        "Compared with {old}, in the public names of {new}.",
        "Verglichen mit {old}, in den öffentlichen Namen von {new}.",
    ),
    "changes.all": ("All releases", "Alle Veröffentlichungen"),
    "changes.breaking": ("Can break code", "Kann Code brechen"),
    "changes.renamed": ("Possibly renamed", "Vielleicht umbenannt"),
    "changes.removed": ("Removed", "Entfernt"),
    "changes.deprecated": ("Deprecated", "Veraltet"),
    "changes.added": ("Added", "Hinzugefügt"),
    "changes.defaults": ("Other defaults", "Andere Vorgaben"),
    "changes.signatures": ("Signatures", "Signaturen"),
    "changes.before": ("Before", "Vorher"),
    "changes.now": ("Now", "Jetzt"),
    "changes.sources": ("Their source", "Ihr Quelltext"),
    "changes.of": ("Of", "Von"),
    "changes.parameter": ("Parameter", "Parameter"),
    "also": ("also", "auch"),
    "latest": ("Latest", "Neueste"),
    # The release
    "release": ("Release", "Ausgabe"),
    "release.none": ("not published", "nicht veröffentlicht"),
    "preview": ("Preview", "Vorschau"),
    "preview.why": (
        "This is how a change would look. It is not published.",
        "So sähe eine Änderung aus. Sie ist nicht veröffentlicht.",
    ),
    "evidence": ("What this release passed", "Was diese Ausgabe bestanden hat"),
    "evidence.none": (
        "There is no report here: this site was built, and not published.",
        "Hier ist kein Bericht: Diese Website wurde gebaut, aber nicht veröffentlicht.",
    ),
    **EVIDENCE_WORDS,
    "reference.of": ("The reference of {name}.", "Die Referenz zu {name}."),
    "overview": ("Overview", "Übersicht"),
    "guide": ("Guide", "Leitfaden"),
    "module": ("Module", "Modul"),
    "inventory": (
        "Other projects can link here through {file}.",
        "Andere Projekte verlinken hierher über {file}.",
    ),
    "inherited": ("Inherited from {base}: {names}", "Geerbt von {base}: {names}"),
    "view.source": ("View the source", "Quelltext ansehen"),
    "left.out": (
        "{lines} lines, too long to show here.",
        "{lines} Zeilen, zu lang, um sie hier zu zeigen.",
    ),
    "discussed": ("Discussed in: {essays}", "Besprochen in: {essays}"),
    "version.other": ("Version {version}; choose another", "Version {version}; eine andere wählen"),
    "version.release": ("This is an old version.", "Dies ist eine alte Version."),
    "version.pre-release": ("This is a pre-release.", "Dies ist eine Vorabversion."),
    "version.development": ("This is a development version.", "Dies ist eine Entwicklungsversion."),
    "version.newest": ("The newest is {version}.", "Die neueste ist {version}."),
    # Not found
    "gone": ("There is no page here", "Hier ist keine Seite"),
    "gone.why": (
        "The address may be misspelled, or what was here has another name now.",
        "Vielleicht ist die Adresse falsch geschrieben, oder was hier war, heißt jetzt anders.",
    ),
    "withdrawn": ("This page is gone", "Diese Seite gibt es nicht mehr"),
    "gone.home": ("To the home page", "Zur Startseite"),
    "gone.archive": ("To the archive", "Zum Archiv"),
}

_MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "de": (
        *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
        *("August", "September", "Oktober", "November", "Dezember"),
    ),
}
#: The languages that the interface speaks.
SPOKEN = tuple(_MONTHS)
_DAYS = {"en": "{day} {month} {year}", "de": "{day}. {month} {year}"}
#: What the languages are called in themselves.
_NAMES: Mapping[str, str] = {
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
_RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))


@lru_cache(maxsize=64)
def primary(language: str) -> str:
    """Return a language without its region: ``de`` of ``de-AT``."""
    return language.replace("_", "-").partition("-")[0].lower()


def direction(language: str) -> str:
    """Return the direction in which a language is written, as HTML's ``dir`` has it."""
    return "rtl" if primary(language) in _RIGHT_TO_LEFT else "ltr"


def endonym(language: str) -> str:
    """Return what a language is called in itself, or its tag."""
    return _NAMES.get(primary(language), language)


class Voice(Struct, frozen=True):
    """The interface in one language.

    Attributes:
        language: The language as HTML's ``lang`` has it.
        direction: In which direction it is written.
    """

    language: str
    direction: str

    @property
    def _spoken(self) -> str:
        own = primary(self.language)
        return own if own in SPOKEN else ENGLISH

    def __call__(self, key: str, **named: object) -> str:
        """Return the word of a key, with what it names filled in."""
        word = WORDS[key][0 if self._spoken == ENGLISH else 1]
        return word.format(**named) if named else word

    def day(self, moment: date) -> str:
        """Return a day as people write it, such as 22 November 2026, whatever the locale."""
        spoken = self._spoken
        month = _MONTHS[spoken][moment.month - 1]
        return _DAYS[spoken].format(day=moment.day, month=month, year=moment.year)

    def essays(self, count: int) -> str:
        """Return how many essays there are."""
        return self("essay" if count == 1 else "essays", count=count)

    def versions(self, count: int) -> str:
        """Return how many versions there are."""
        return self("versions.one") if count == 1 else self("versions", count=count)

    def term(self, taxonomy: str) -> str:
        """Return what a term of a taxonomy is called."""
        key = f"term.{taxonomy}"
        return self(key if key in WORDS else "term")

    def name(self, language: str) -> str:
        """Return what another language is called in itself."""
        return endonym(language)


@lru_cache(maxsize=64)
def voice(language: str, towards: str = "") -> Voice:
    """Return the interface in a language.

    Args:
        language: A tag such as ``de`` or ``de-AT``.
        towards: The direction, where it is not the language's own.
    """
    return Voice(language, towards or direction(language))
