"""Where what is found in a built page stands in the Markdown that the page was made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from blogtools.gates.checkout import Checkout
from blogtools.model.gate import Broken, Finding

_USUAL = Path("docs")


@dataclass(frozen=True)
class Origins:
    """The folders that pages are made of.

    Attributes:
        root: The project.
        folders: Each of them, relative to it.
    """

    root: Path
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, checkout: Checkout, asked: Sequence[Path]) -> Origins:
        """Return the folders that were asked for, or else the usual one, where it is there.

        Args:
            checkout: The project.
            asked: The folders; may be none.

        Raises:
            Broken: One that was asked for is not there.
        """
        for folder in asked:
            if not (checkout.root / folder).is_dir():
                raise Broken(f"There is no folder {folder}", "Mend --source, or leave it out")
        usual = (_USUAL,) if (checkout.root / _USUAL).is_dir() else ()
        return cls(checkout.root, tuple(asked) or usual)

    def moved(self, found: Finding, path: str, needle: str) -> Finding:
        """Return a finding at the line of the Markdown it comes from; as it is, if nobody knows.

        Args:
            found: The finding, at a place in the built page.
            path: The page, relative to the site.
            needle: What has to stand in the Markdown, such as a link's address.
        """
        for file in self._candidates(path):
            try:
                text = (self.root / file).read_text(encoding="utf-8")
            except (OSError, ValueError):
                continue
            at = text.find(needle) if needle else -1
            if at >= 0:
                line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
                message = f"{found.message} (line {found.line} of {found.path})"
                moved = replace(found, path=file.as_posix(), line=line, column=column)
                return replace(moved, message=message)
        return found

    def _candidates(self, path: str) -> Iterator[Path]:
        """Yield the files that site generators make such a page of."""
        for folder in self.folders:
            if path.rpartition("/")[2] != "index.html":
                yield folder / f"{path.removesuffix('.html')}.md"
                continue
            parent = path.removesuffix("index.html").rstrip("/")
            if parent:
                yield folder / f"{parent}.md"
            yield from (folder / parent / name for name in ("index.md", "README.md"))
