"""The copies of pages in Markdown, and the files that lead machines to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from blogtools.build.ledger import Reads
from blogtools.build.plan import Target
from blogtools.content import llms
from blogtools.content.links import absolute, written
from blogtools.content.llms import Entry
from blogtools.content.portable import Ways, copy_path, essay_head, page_head, portable
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.project import SiteFacts
from blogtools.model.rendered import Conversion
from blogtools.model.site import Post

from . import reads
from .blog import Edition


class Copied(Struct, frozen=True):
    """An ordinary page that has a copy.

    Attributes:
        document: Its file.
        url: Its address, relative to the site.
        conversion: What it was converted to.
        title: What it is called.
        text: Its Markdown.
    """

    document: Document
    url: str
    conversion: Conversion
    title: str
    text: str


class Copies(Struct, frozen=True):
    """Makes copies.

    Attributes:
        edition: The site, with the links of its essays and pages checked.
        pages: Its ordinary pages.
        changed: The Markdown of each essay that is not its file's own, by the essay's path.
        included: Puts files into Markdown that asks for them.
    """

    edition: Edition
    pages: Sequence[Copied]
    changed: Mapping[str, str]
    included: Callable[[str], str]

    @property
    def _site(self) -> SiteFacts:
        return self.edition.project.site

    def targets(self) -> Iterator[Target]:
        """Yield every file for machines that read text; none where the site has no address."""
        options, edition = self.edition.project.options.machines, self.edition
        if not self._site.url:
            return
        if options.markdown:
            yield from map(self._of_page, self.pages)
            yield from map(self._of_post, edition.index.posts)
        newest = llms.newest(edition.index.posts) if options.essays or options.words else []
        full = llms.within(newest, options.words)
        if options.essays:
            yield self._index(newest[: options.essays], len(newest), has_full=bool(full))
        if full:
            yield self._full(full, len(newest) - len(full))

    # -- copies ------------------------------------------------------------------------------

    def _of_post(self, post: Post) -> Target:
        path, make = copy_path(post.url), partial(self._post_bytes, post)
        origin = self.edition.origins.at(path, (post,))
        return Target(path, partial(self._post_reads, post), make, origin=origin)

    def _post_reads(self, post: Post) -> Reads:
        changed, document = self.changed.get(post.path), post.entry.document
        text = document.source.digest if changed is None else digest_of(changed)
        whole = partial(self._markdown, post)
        return self._reads(post.path, text, whole) | {"its front matter": reads.front(post)}

    def _markdown(self, post: Post) -> str:
        return self.changed.get(post.path, post.entry.document.body)

    def _post_bytes(self, post: Post) -> bytes:
        return self._post_text(post).encode()

    def _post_text(self, post: Post) -> str:
        document = post.entry.document
        head = essay_head(post, self._site, self.edition.language(post))
        return head + self._portable(self._markdown(post), document, post.url, post.conversion)

    def _of_page(self, page: Copied) -> Target:
        path, text = page.document.source.path, page.text
        what = self._reads(path, digest_of(text), lambda: text)
        what["its title"] = digest_of(page.title)
        return Target(copy_path(page.url), what, partial(self._page_bytes, page))

    def _page_bytes(self, page: Copied) -> bytes:
        titled = bool(page.conversion.facts.title)
        head = page_head(page.title, page.url, self._site, titled=titled)
        text = self._portable(page.text, page.document, page.url, page.conversion)
        return (head + text).encode()

    def _reads(self, path: str, text: bytes, markdown: Callable[[], str]) -> dict[str, bytes]:
        """Return what any copy is made from: its text, what that includes, and where it leads.

        Args:
            path: The document.
            text: The digest of its text.
            markdown: Returns the text, for one of which nobody knows what it includes.
        """
        memory = self.edition.memory
        converted = memory.conversions.get(path)
        included = converted.reads if converted else digest_of(self.included(markdown()))
        return {
            "its Markdown": digest_of(text, included),
            "where its links lead": memory.links[path].targets,
        }

    def _portable(self, text: str, document: Document, url: str, conversion: Conversion) -> str:
        return portable(self.included(text), self._ways(document, url, conversion))

    def _ways(self, document: Document, url: str, conversion: Conversion) -> Ways:
        """Return the full address of each internal link of a document."""
        found = {}
        # Backwards: of a picture in several sizes, the file itself goes first if it is there.
        for link in sorted(conversion.brief().links, key=lambda link: not link.variant):
            target = self.edition.destination(link, document, url)
            if target.url is not None:
                found[link.kind, link.target] = absolute(target, self._site.url)
        return found

    # -- what leads to them ------------------------------------------------------------------

    def _index(self, posts: Sequence[Post], count: int, *, has_full: bool) -> Target:
        sections = (
            ("Essays", [self._entry(post.title, post.url, post.description) for post in posts]),
            ("All essays, by year", self._years() if count > len(posts) else []),
            ("Pages", [self._entry(page.title, page.url) for page in self.pages]),
            ("Optional", list(self._more(has_full=has_full))),
        )
        make = partial(llms.index, self._site, sections)
        return Target(llms.INDEX, {"what it names": digest_of(sections)}, make)

    def _entry(self, title: str, url: str, about: str = "") -> Entry:
        copied = self.edition.project.options.machines.markdown
        return Entry(title, f"{self._site.url}{written(copy_path(url) if copied else url)}", about)

    def _years(self) -> list[Entry]:
        return llms.years(self.edition.overview("archive"), self._site)

    def _more(self, *, has_full: bool) -> Iterator[Entry]:
        if has_full:
            yield Entry("The newest essays in one file", f"{self._site.url}{llms.FULL}")
        if (feed := self.edition.listings[0].feed) is not None:
            yield Entry("What is new, as a feed", f"{self._site.url}{feed}feed.xml")

    def _full(self, posts: Sequence[Post], left_out: int) -> Target:
        what = partial(self._full_reads, posts, left_out)
        make = partial(self._full_bytes, posts, left_out)
        return Target(llms.FULL, what, make, origin=self._full_origin(posts, left_out))

    def _full_origin(self, posts: Sequence[Post], left_out: int) -> bytes:
        origin = self.edition.origins.of(posts)
        return origin and digest_of(origin, left_out)

    def _full_reads(self, posts: Sequence[Post], left_out: int) -> Reads:
        texts = {post.path: digest_of(self._post_reads(post)) for post in posts}
        return {"how many essays are left out": digest_of(left_out), **texts}

    def _full_bytes(self, posts: Sequence[Post], left_out: int) -> bytes:
        return llms.full(self._site, map(self._post_text, posts), left_out)
