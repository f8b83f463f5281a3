"""The options of what a site offers to machines, and of how readers answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class MachineOptions(BaseModel):
    """What machines that read text are offered, on a site that has an address.

    Attributes:
        markdown: Whether each essay and each page has a copy in Markdown.
        essays: How many essays `llms.txt` names, the newest; 0 for no such file.
        words: How many words `llms-full.txt` may hold, those of the newest essays; 0 for none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    markdown: bool = True
    essays: Annotated[int, Field(ge=0)] = 200
    words: Annotated[int, Field(ge=0)] = 100_000


def _machines(given: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
    """Let an author write true or false where options may stand."""
    if isinstance(given, bool):
        return {} if given else {"markdown": False, "essays": 0, "words": 0}
    return given


Machines = Annotated[MachineOptions, BeforeValidator(_machines)]
