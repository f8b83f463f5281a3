"""The options of what is drawn at build time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from .options import NOT_EMPTY, Checked, Limits, Options


class MathOptions(Options, frozen=True):
    r"""How formulas are drawn.

    Attributes:
        macros: Commands of one's own, by their names (``{"\\R": "\\mathbb{R}"}``).
    """

    strict: ClassVar[bool] = True

    macros: Mapping[str, str] = {}


_WIDTHS = (480, 800, 1200, 1600)
_QUALITY = {"avif": 60, "webp": 80}


class ImageOptions(Options, frozen=True):
    """How the pictures of essays are drawn anew.

    Attributes:
        widths: In which widths, up to that of the original.
        formats: In which formats, the best first; what cannot show that takes the last.
        quality: How good, of each format, from 1 to 100.
        sizes: How wide a picture is shown, as HTML says it.
    """

    widths: Annotated[tuple[Annotated[int, Limits(ge=16, le=8192)], ...], NOT_EMPTY] = _WIDTHS
    formats: Annotated[tuple[Literal["avif", "webp"], ...], NOT_EMPTY] = ("avif", "webp")
    quality: Mapping[Literal["avif", "webp"], Annotated[int, Limits(ge=1, le=100)]] = {}
    sizes: str = "(max-width: 48rem) 100vw, 44rem"

    def quality_of(self, form: str) -> int:
        """Return how good pictures of a format are."""
        own: Mapping[str, int] = {str(name): value for name, value in self.quality.items()}
        return own.get(form, _QUALITY[form])


_COLOUR = Annotated[str, Limits(pattern=r"^#[0-9a-fA-F]{6}$")]


class CardOptions(Options, frozen=True):
    """How the cards of essays look.

    Attributes:
        paper: The colour of the ground.
        ink: The colour of the title.
        soft: The colour of what stands below it.
        accent: The colour of the site's name and of the stroke at the top.
        fonts: Font files (TTF, OTF) for letters that ours do not have, relative to the project.
    """

    paper: _COLOUR = "#fdfcf8"
    ink: _COLOUR = "#1c1a15"
    soft: _COLOUR = "#5d574a"
    accent: _COLOUR = "#ad3306"
    fonts: tuple[str, ...] = ()

    @property
    def colours(self) -> tuple[str, str, str, str]:
        """Return the four colours."""
        return self.paper, self.ink, self.soft, self.accent


class DiagramOptions(Options, frozen=True):
    """How diagrams are drawn.

    Attributes:
        engine: What places the nodes, where a diagram does not say it.
        mermaid: Whether blocks of Mermaid are pictures too, those that `blogtools draw` recorded.
    """

    engine: Literal["dot", "neato", "fdp", "sfdp", "twopi", "circo", "osage"] = "dot"
    mermaid: bool = False


class BibliographyOptions(Options, frozen=True):
    """Which works can be cited.

    Attributes:
        files: Files in BibTeX's format, relative to the project; the first that has a key wins.
        title: The heading of the list of works.
    """

    files: Annotated[tuple[str, ...], NOT_EMPTY]
    title: str = "References"


def _file(given: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
    """Let an author write the name of a file where options may stand."""
    if isinstance(given, list):
        return {"files": given}
    return {"files": [given]} if isinstance(given, str) else given


def _switch(given: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
    """Let an author write true or false where options may stand."""
    if isinstance(given, bool):
        return {} if given else None
    return given


#: Options that are none when they are off.
Math = Annotated[MathOptions | None, Checked(_switch, when="before")]
Images = Annotated[ImageOptions | None, Checked(_switch, when="before")]
Cards = Annotated[CardOptions | None, Checked(_switch, when="before")]
Diagrams = Annotated[DiagramOptions | None, Checked(_switch, when="before")]
Bibliography = Annotated[BibliographyOptions | None, Checked(_file, when="before")]
