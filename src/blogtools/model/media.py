"""What is drawn at build time: options, and the facts that a conversion returns of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict

from .diagnostic import Severity


class Fault(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something wrong with a piece of a document, which is found in its file when it is told.

    Attributes:
        text: The piece, as it is written but for its indentation.
        at: The character of the piece that is meant, counted from 0.
        code: A stable name of the rule.
        message: What is wrong, one sentence without its full stop.
        hint: The way out.
        severity: Whether it stops a build.
    """

    text: str
    at: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


class Media(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a document asks of the site for what is drawn in it.

    Attributes:
        faults: What is wrong with it.
        styles: The declarations that its formulas had as attributes, each a class of its own now.
    """

    faults: tuple[Fault, ...] = ()
    styles: tuple[str, ...] = ()


#: Of a document in which nothing is drawn.
NO_MEDIA = Media()


class MathOptions(BaseModel):
    """How formulas are drawn.

    Attributes:
        macros: Commands of one's own, by their names (``{"\\\\R": "\\\\mathbb{R}"}``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    macros: Mapping[str, str] = {}


def _switch(given: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
    """Let an author write true or false where options may stand."""
    if isinstance(given, bool):
        return {} if given else None
    return given


#: Options that are none when they are off.
Math = Annotated[MathOptions | None, BeforeValidator(_switch)]
