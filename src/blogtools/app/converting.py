"""Documents converted to HTML, each once, and only those that were not converted before."""

from __future__ import annotations

import functools
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from blogtools.build.environment import is_from_elsewhere
from blogtools.build.memory import Encoded, Memory
from blogtools.build.recording import looked_for, recorded
from blogtools.build.workers import parallel_map
from blogtools.content.markdown import Converter, SymbolNames, convert_document
from blogtools.model.diagnostic import Diagnostic, Disturbed
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.project import Project
from blogtools.model.rendered import Conversion, Facts, Rendered
from blogtools.model.site import Entry

from .enriching import Enricher, told
from .ports import Progress
from .results import Results, has_cells

# Larger numbers have no digest.
_BITS = 63


class Job(Struct, frozen=True):
    """A document to convert; ``text`` stands for its body where that is not the file's own."""

    document: Document
    text: str | None = None

    @property
    def path(self) -> str:
        """Return the document's file."""
        return self.document.source.path

    def read(self) -> Job:
        """Return the job with its text, for which the file is read if need be."""
        return self if self.text is not None else Job(self.document, self.document.body)


def job_of(entry: Entry, results: Results) -> Job:
    """Return what is to be converted of an essay: its text, with the results of its code."""
    return Job(entry.document, results.texts.get(entry.path))


class _Packed(Struct, frozen=True):
    """A fresh conversion as it comes from a worker: no more than the first process needs."""

    reads: Mapping[str, bytes]
    facts: Facts
    encoded: Encoded
    drawn: Mapping[bytes, bytes]


# What comes of a document, in whichever process.
_Fresh = Rendered | Diagnostic | _Packed


class Conversions:
    """Converts documents, or finds what they were converted to before.

    Attributes:
        unknown: The extensions, and functions, of which nobody knows what they depend on.
        failed: The documents that could not be converted.
    """

    def __init__(self, project: Project, names: SymbolNames, memory: Memory) -> None:
        """Take the extensions, what names of symbols may begin with, and the memory."""
        self._converter = Converter(project.markdown, names)
        self._enrich = Enricher(project, memory)
        self._memory = memory
        self.unknown = (*self._converter.unknown, *sorted(_foreign(project.markdown.configs)))
        self._base = None if self.unknown else _settings_key(project, names, memory)
        self._remembers = memory.store is not None and self._base is not None
        self._watched: object = None
        self.failed: list[Diagnostic] = []
        if self._base is None:
            memory.repeatable = False

    def __call__(
        self,
        jobs: Sequence[Job],
        workers: int,
        progress: Progress,
        ahead: ConvertedAhead | None = None,
    ) -> Mapping[str, Conversion]:
        """Return the conversion of each document, by its path.

        Args:
            jobs: The documents.
            workers: How many processes convert.
            progress: Is told how many are converted.
            ahead: Those that are already.
        """
        done = {} if ahead is None else ahead.converted
        same = self._as_before()
        found: dict[str, Conversion | None] = {}
        fresh = []
        for job in jobs:
            path = job.path
            known = found[path] = done.get(path) or self._known(job, as_before=path in same)
            if known is None:
                fresh.append(job)
        results = parallel_map(self.fresh, fresh, workers)
        for number, (job, result) in enumerate(zip(fresh, results, strict=True), start=1):
            found[job.path] = self.keep(job, result)
            progress("Converting essays", len(done) + number, len(done) + len(fresh))
        if self._memory.store is not None:
            self._memory.store.flush()  # other processes will want to read it
        return {path: conversion for path, conversion in found.items() if conversion is not None}

    def ahead(self, progress: Progress) -> ConvertedAhead | None:
        """Return what converts essays as they are read; None where most may be known already."""
        store = self._memory.store
        known = self._remembers and store is not None and not store.is_new()
        return None if known else ConvertedAhead(self, progress)

    def one(self, job: Job) -> Conversion:
        """Return the conversion of a single document."""
        return self._known(job) or self.anew(job)

    def anew(self, job: Job) -> Conversion:
        """Return the conversion of a document that was just written: nobody need look for it."""
        return self.keep(job, self.fresh(job))

    def rehearse(self, document: Document) -> None:
        """Convert a document for nothing, so that the next one finds everything loaded."""
        convert_document(self._converter, document)

    def included(self, text: str) -> str:
        """Return Markdown with the files in it that it includes, where the blog's can do that."""
        snippets = self._converter.snippets
        return text if snippets is None else "\n".join(snippets.run(text.split("\n")))

    def _key(self, job: Job) -> bytes:
        """Return the digest of all that is known of a conversion before it."""
        content = job.document.source.digest if job.text is None else job.text
        own = self._enrich.surroundings(job.document)
        return digest_of(self._base, content, job.document.front.description, *own)

    def _as_before(self) -> Collection[str]:
        """Return the documents of which all that is known before a conversion is as it was."""
        decided = digest_of(self._base, self._enrich.decided)
        return self._memory.documents.kept if self._memory.agree("conversions", decided) else ()

    def _known(self, job: Job, *, as_before: bool = False) -> Conversion | None:
        if not self._remembers:
            return None
        last, own = self._memory.last.conversions.get(job.path), job.text is None
        key = last.key if as_before and own and last and last.own else self._key(job)
        found = self._memory.conversion(job.path, key, lambda: self._again(job), own=own)
        return self._said(job, found) if found is not None else None

    def _said(self, job: Job, conversion: Conversion) -> Conversion:
        """Say what is wrong with what is drawn in a document, also if it was drawn long ago."""
        if faults := conversion.facts.media.faults:
            self.failed.extend(told(job.document, faults))
        return conversion

    def _again(self, job: Job) -> Rendered:
        rendered = self._enriched(job)
        return Rendered.nothing() if isinstance(rendered, Diagnostic) else rendered

    def _enriched(self, job: Job) -> Rendered | Diagnostic:
        rendered = convert_document(self._converter, job.document, job.text)
        if isinstance(rendered, Diagnostic):
            return rendered
        return self._enrich(rendered, job.document)

    def fresh(self, job: Job) -> _Fresh:
        """Return what comes of a document now, for `keep` of the first process."""
        if not self._remembers:
            return self._enriched(job)
        job = job.read()  # what is recorded is what it reads besides
        with recorded() as opened:
            self._watch_snippets()
            rendered = self._enriched(job)
        if isinstance(rendered, Diagnostic):
            return rendered
        facts, reads = Facts.of(rendered), self._memory.files.digests_of_opened(opened)
        return _Packed(reads, facts, Encoded.of(facts, rendered), self._enrich.taken())

    def keep(self, job: Job, result: _Fresh) -> Conversion:
        """Return the conversion that came of a document, and remember it."""
        if isinstance(result, Diagnostic):
            self.failed.append(result)
            return Conversion.of(Rendered.nothing())
        if isinstance(result, Rendered):
            return self._said(job, Conversion.of(result))
        for name, digest in result.reads.items():
            if self._memory.files.digest(name) != digest:
                raise Disturbed(name)
        self._enrich.keep(result.drawn)
        kept = self._memory.keep_conversion(
            job.path,
            self._key(job),
            result.reads,
            result.facts,
            result.encoded,
            lambda: self._again(job),
            own=job.text is None,
        )
        return self._said(job, kept)

    def _watch_snippets(self) -> None:
        """Have files noticed that are to be included, and are not there."""
        snippets = self._converter.snippets
        if snippets is None or snippets is self._watched:
            return
        self._watched, find = snippets, snippets.get_snippet_path

        def get_snippet_path(path: str) -> object:
            for base in map(Path, snippets.base_path):
                looked_for(str(base / path))
                if not base.is_dir():  # it may be a file, and mean itself
                    looked_for(str(base))
            return find(path)

        snippets.get_snippet_path = get_snippet_path


class ConvertedAhead:
    """Converts essays where they are read, but those whose text is not what is in the file.

    Attributes:
        converted: The conversion of each, by its path.
    """

    def __init__(self, conversions: Conversions, progress: Progress) -> None:
        """Take what converts, and whom to tell."""
        self._conversions, self._progress = conversions, progress
        self.converted: dict[str, Conversion] = {}

    def begin(self, entry: Entry) -> _Fresh | None:
        """Return what comes of an essay, for `take` of the first process."""
        return None if has_cells(entry) else self._conversions.fresh(Job(entry.document))

    def take(self, entry: Entry, made: _Fresh, total: int) -> None:
        """Keep what came of an essay, so that it is not converted again."""
        self.converted[entry.path] = self._conversions.keep(Job(entry.document), made)
        self._progress("Converting essays", len(self.converted), total)


def _settings_key(project: Project, names: SymbolNames, memory: Memory) -> bytes | None:
    """Return a digest of all that decides how texts are converted; None if nobody can know it."""
    settings = _plain((project.markdown.extensions, project.markdown.configs or {}))
    downloads = (project.markdown.configs or {}).get("pymdownx.snippets", {}).get("url_download")
    if settings is None or downloads:
        return None
    around = (memory.environment, memory.modules(), memory.files.here, _own_icons(project, memory))
    return digest_of("convert", *around, settings, names)


def _own_icons(project: Project, memory: Memory) -> Mapping[str, bytes]:
    """Return the digest of each icon of the blog's own, by its file.

    They are read once in a process, and nobody can tell for which text.
    """
    options = (project.markdown.configs or {}).get("pymdownx.emoji", {}).get("options") or {}
    digests = map(memory.files.tree_digests, options.get("custom_icons") or ())
    return {name: digest for each in digests for name, digest in each.items()}


def _foreign(value: object) -> set[str]:
    """Return the functions in settings that are of no package: they may read whatever they like."""
    if isinstance(value, Mapping):
        return _foreign(tuple(value.values()))
    if isinstance(value, functools.partial):
        return _foreign((value.func, value.args, value.keywords))
    if isinstance(value, list | tuple | set | frozenset):
        return set[str]().union(*map(_foreign, value))
    if isinstance(value, types.FunctionType | type) and is_from_elsewhere(value.__module__):
        return {_qualified(value)}
    return set()


def _qualified(function: types.FunctionType | type) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _plain(value: object) -> object:
    """Return a setting as plain values; None if it holds something that has no name."""
    if isinstance(value, Mapping):
        return _all([(str(key), _plain(inner)) for key, inner in value.items()])
    if isinstance(value, functools.partial):
        return _all([_plain(value.func), _plain(value.args), _plain(value.keywords)])
    if isinstance(value, types.FunctionType | type):
        return _qualified(value)
    if isinstance(value, list | tuple):
        return _all(map(_plain, value))
    if isinstance(value, set | frozenset):
        return _all(sorted(map(repr, value)))
    return _scalar(value)


def _scalar(value: object) -> str | float | None:
    if value is None:
        return ""
    if isinstance(value, int) and value.bit_length() > _BITS:
        return repr(value)
    return value if isinstance(value, str | int | float) else None


def _all(values: Iterable[Any]) -> list[Any] | None:
    found = list(values)
    missing = any(one is None or (isinstance(one, tuple) and one[1] is None) for one in found)
    return None if missing else found
