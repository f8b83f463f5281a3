"""The options of what is drawn at build time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class MathOptions(BaseModel):
    r"""How formulas are drawn.

    Attributes:
        macros: Commands of one's own, by their names (``{"\\R": "\\mathbb{R}"}``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    macros: Mapping[str, str] = {}


_WIDTHS = (480, 800, 1200, 1600)
_QUALITY = {"avif": 60, "webp": 80}


class ImageOptions(BaseModel):
    """How the pictures of essays are drawn anew.

    Attributes:
        widths: In which widths, up to that of the original.
        formats: In which formats, the best first; what cannot show that takes the last.
        quality: How good, of each format, from 1 to 100.
        sizes: How wide a picture is shown, as HTML says it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    widths: Annotated[tuple[Annotated[int, Field(ge=16, le=8192)], ...], Field(min_length=1)] = (
        _WIDTHS
    )
    formats: Annotated[tuple[Literal["avif", "webp"], ...], Field(min_length=1)] = ("avif", "webp")
    quality: Mapping[Literal["avif", "webp"], Annotated[int, Field(ge=1, le=100)]] = {}
    sizes: str = "(max-width: 48rem) 100vw, 44rem"

    def quality_of(self, form: str) -> int:
        """Return how good pictures of a format are."""
        own: Mapping[str, int] = {str(name): value for name, value in self.quality.items()}
        return own.get(form, _QUALITY[form])


_COLOUR = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class CardOptions(BaseModel):
    """How the cards of essays look.

    Attributes:
        paper: The colour of the ground.
        ink: The colour of the title.
        soft: The colour of what stands below it.
        accent: The colour of the site's name and of the stroke at the top.
        fonts: Font files (TTF, OTF) for letters that ours do not have, relative to the project.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    paper: _COLOUR = "#fdfcf8"
    ink: _COLOUR = "#1c1a15"
    soft: _COLOUR = "#5d574a"
    accent: _COLOUR = "#ad3306"
    fonts: tuple[str, ...] = ()

    @property
    def colours(self) -> tuple[str, str, str, str]:
        """Return the four colours."""
        return self.paper, self.ink, self.soft, self.accent


class DiagramOptions(BaseModel):
    """How diagrams are drawn.

    Attributes:
        engine: What places the nodes, where a diagram does not say it.
        mermaid: Whether blocks of Mermaid are pictures too, those that `blogtools draw` recorded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: Literal["dot", "neato", "fdp", "sfdp", "twopi", "circo", "osage"] = "dot"
    mermaid: bool = False


class BibliographyOptions(BaseModel):
    """Which works can be cited.

    Attributes:
        files: Files in BibTeX's format, relative to the project; the first that has a key wins.
        title: The heading of the list of works.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: Annotated[tuple[str, ...], Field(min_length=1)]
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
Math = Annotated[MathOptions | None, BeforeValidator(_switch)]
Images = Annotated[ImageOptions | None, BeforeValidator(_switch)]
Cards = Annotated[CardOptions | None, BeforeValidator(_switch)]
Diagrams = Annotated[DiagramOptions | None, BeforeValidator(_switch)]
Bibliography = Annotated[BibliographyOptions | None, BeforeValidator(_file)]
