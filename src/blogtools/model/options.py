"""What options are made of: values, and marks that say what may stand in them.

pydantic validates them (`content/options.py`); it reads the marks by the method that it documents
for types of others. So no value needs it, and a build whose options are known never imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Options(Struct, frozen=True, dict=True):
    """A set of options; an option that is not among them is a mistake."""

    #: Whether a number in quotes is no number.
    strict: ClassVar[bool] = False

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return how pydantic validates a mapping, and makes the options of it."""
        from pydantic_core import core_schema as schemas

        hints = get_type_hints(cls, include_extras=True)
        allowed = {
            field.name: schemas.typed_dict_field(
                handler.generate_schema(hints[field.name]), required=field.required
            )
            for field in fields(cls)
        }
        config = schemas.CoreConfig(strict=cls.strict)
        mapping = schemas.typed_dict_schema(allowed, extra_behavior="forbid", config=config)
        return schemas.no_info_after_validator_function(lambda given: cls(**given), mapping)


class Checked(Struct, frozen=True):
    """A mark: a value is what a function makes of it, which raises ValueError if it is wrong.

    Attributes:
        by: The function.
        when: Whether it is given what was written, or a value of the right type, or does it all.
    """

    by: Callable[[Any], Any]
    when: Literal["before", "after", "instead"] = "after"

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return how pydantic validates such a value."""
        from pydantic_core import core_schema as schemas

        if self.when == "instead":
            return schemas.no_info_plain_validator_function(self.by)
        if self.when == "before":
            return schemas.no_info_before_validator_function(self.by, handler(source))
        return schemas.no_info_after_validator_function(self.by, handler(source))


class Limits(Struct, frozen=True, omit_defaults=True):
    """A mark: how small, large or long a value may be, or what a text must look like.

    The names are those that pydantic's core has for these limits.
    """

    ge: int | None = None
    le: int | None = None
    min_length: int | None = None
    pattern: str | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return how pydantic validates such a value."""
        limits = {
            name: limit
            for name in self.__struct_fields__
            if (limit := getattr(self, name)) is not None
        }
        return {**handler(source), **limits}


#: The numbers that can be stored.
SMALLEST, LARGEST = -(2**63), 2**63 - 1
#: A mark of numbers: at least 0, or 1.
NOT_NEGATIVE, POSITIVE = Limits(ge=0, le=LARGEST), Limits(ge=1, le=LARGEST)
#: A mark of texts and lists.
NOT_EMPTY = Limits(min_length=1)


def unstorable(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of each number in an author's data that has more than 64 bits."""
    if isinstance(value, int) and not SMALLEST <= value <= LARGEST:
        yield place
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from unstorable(inner, (*place, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from unstorable(inner, (*place, index))
