"""What a conversion returns of what is drawn in it; the options are in `media_options`."""

from __future__ import annotations

import msgspec

from .diagnostic import Severity

#: The name of the file of an essay's recorded diagrams, in the folder of what is recorded of it.
DIAGRAMS = "diagrams.json"


class Fault(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something wrong with a piece of a document, which is found in its file when it is told.

    Attributes:
        text: The piece, as it is written but for its indentation.
        at: The character of the piece that is meant, counted from 0.
        code: A stable name of the rule.
        message: What is wrong, one sentence without its full stop.
        hint: The way out.
        severity: Whether it stops a build.
        path: Another file that is meant, whose line `at` is then.
    """

    text: str
    at: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    path: str = ""


class Size(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How large a picture is shown, and whether it moves; nothing at all if it cannot be read."""

    width: int = 0
    height: int = 0
    moves: bool = False


class Picture(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A picture that is drawn anew.

    Attributes:
        source: Its file, relative to the project.
        widths: How wide.
    """

    source: str
    widths: tuple[int, ...]


class Works(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The works of a file by their keys, or why they cannot be read, and on which line."""

    known: dict[str, str]
    error: str = ""
    line: int = 1


class Media(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a document asks of the site for what is drawn in it.

    Attributes:
        faults: What is wrong with it.
        styles: The declarations that its formulas had as attributes, each a class of its own now.
        pictures: Those that are drawn anew, in other sizes and formats.
        colours: The declarations of the colours of its diagrams, each a class of its own.
        letters: Those that its formulas show.
        faces: The faces of the fonts in which these are set.
    """

    faults: tuple[Fault, ...] = ()
    styles: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    colours: tuple[str, ...] = ()
    letters: str = ""
    faces: tuple[str, ...] = ()


#: Of a document in which nothing is drawn.
NO_MEDIA = Media()
