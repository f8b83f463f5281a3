"""The front matter's schema, and its checks: every mistake at once, each at its place."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from blogtools.model.clock import within_reach
from blogtools.model.companion import normal_name
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.document import COMPANIONS, FrontMatter, NamedLink
from blogtools.model.options import LARGEST, unstorable
from blogtools.model.outreach_options import address
from blogtools.model.running import RunOptions

from .slugs import checked_slug
from .yaml import KeyPath, Parsed, YamlProblem

#: Page options of Material that are passed through to its templates as they are.
PASSED_THROUGH = ("hide", "icon", "status", "template", "search", "social", "subtitle", "extra")

_LIST = ("is not a list", "Write it as [one, two]")
_PAIRS = ("is not a set of key: value pairs", "Write each pair on a line of its own, indented")
_EMPTY = ("is empty", "Write something between the quotes, or delete the line")
_NUMBER = ("is not a number", "Write it with digits, without quotes")

# What to say instead of pydantic's words, which speak of Python's types, and the way out.
_SAYINGS: Mapping[str, tuple[str, str]] = {
    "string_type": ("is not text", "Put it between quotes"),
    "string_pattern_mismatch": _EMPTY,
    "string_too_short": _EMPTY,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "bool_type": ("is neither true nor false", "Write one of these two, without quotes"),
    "int_type": ("is not a whole number", "Write it with digits alone, without quotes"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "greater_than": ("is too small", "Write a larger number, or leave it out"),
    "greater_than_equal": ("is too small", "Write a larger number, or leave it out"),
    "less_than_equal": ("is too large", "Write a smaller number, or leave it out"),
    "dict_type": _PAIRS,
    "model_type": _PAIRS,
    "missing": ("does not say when it was created", "Write it as created: 2026-11-22"),
}


def _moment(value: object) -> datetime:
    """Read a day or a moment; our YAML leaves dates alone, so they come as strings."""
    match = _TIMESTAMP.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            f"{value!r} is not a day such as 2026-11-22, or a moment such as 2026-11-22 09:30"
        )
    try:
        year, month, day, hour, minute, second = (int(match[part] or 0) for part in _PARTS)
        zone = _zone(match)
        return within_reach(datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except ValueError as wrong:
        raise ValueError(f"there is no such day as {value} ({wrong}){_OUT}") from None


def _zone(match: re.Match[str]) -> timezone | None:
    """Return the time zone of a moment that names its distance from UTC."""
    if match["zone"] is None:
        return None
    ahead = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    return timezone(-ahead if match["sign"] == "-" else ahead)


def _alias(value: str) -> str:
    parts = unquote(value).strip("/").split("/")
    if parts == [""]:
        raise ValueError("the home page cannot be an alias. Delete it")
    if "://" in value or not {"", ".", ".."}.isdisjoint(parts) or _NOT_IN_A_PATH.search(value):
        raise ValueError(
            f"{value!r} should be an earlier path of this site, such as /2019/old-name/"
        )
    if any(len(part.encode()) > _LONGEST_NAME for part in parts):
        raise ValueError("a part of this path is too long for the name of a file. Shorten it")
    return value


# A backslash is a slash to browsers; what is written as %00 to %1F is a control character.
_NOT_IN_A_PATH = re.compile(r"[?#\\]|%[01][0-9a-fA-F]|%7[fF]|%5[cC]")
_LONGEST_NAME = 255
_DATE_SCHEMA = {
    "type": "string",
    "description": "A day (2026-11-22) or a moment (2026-11-22 09:30).",
}
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema(_DATE_SCHEMA)]
Labels = tuple[Annotated[StrictStr, Field(min_length=1, pattern=r"\S")], ...]
_OUT = ". Write one that is in the calendar"
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


def _language(value: str) -> str:
    if not _TAG.fullmatch(value):
        raise ValueError(f"{value!r} is no tag of a language. Write one such as de or pt-BR")
    return value


def _direction(value: str) -> str:
    if value not in ("ltr", "rtl"):
        raise ValueError(f"{value!r} is no direction. Write ltr or rtl")
    return value


_PARTS = ("year", "month", "day", "hour", "minute", "second")
_TIMESTAMP = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[Tt ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?)?",
    re.ASCII,
)
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Dates(BaseModel):
    """Material's longer way to write dates."""

    model_config = ConfigDict(extra="allow", frozen=True)

    created: Moment
    updated: Moment | None = None


class Search(BaseModel):
    """How the page takes part in search."""

    model_config = _STRICT

    exclude: StrictBool = False
    boost: float | None = None


def _memory(value: object) -> int:
    """Read an amount of memory: 512 MiB, 2 GiB."""
    match = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    amount = float(match[1]) * 1024 ** ("MG".index(match[2]) + 2) if match else 0
    if not 0 < amount < LARGEST:
        raise ValueError(f"{value!r} is no amount of memory. Write one such as 512 MiB or 2 GiB")
    return int(amount)


def _requirement(value: str) -> str:
    """Return a requirement as it is spelled everywhere; it must be one that has a version."""
    from packaging.requirements import InvalidRequirement, Requirement  # most essays have none

    try:
        found = Requirement(value)
    except InvalidRequirement:
        raise ValueError(f"{value!r} is no requirement. Write one such as numpy==2.4.6") from None
    if found.url is not None:
        raise ValueError(f"{value!r} names an address. Write a version, such as numpy==2.4.6")
    found.name = normal_name(found.name)
    return str(found)


def _python(value: str) -> str:
    if not re.fullmatch(r"3\.[1-9][0-9]", value, re.ASCII):
        raise ValueError(
            f'{value!r} is no version of Python from 3.10 on. Write one such as "3.11"'
        )
    return value


def _beside(value: str) -> str:
    """Return a path unchanged if it leads to no file outside of the essay's folder."""
    parts = value.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or "\\" in value:
        raise ValueError(f"{value!r} is no path below the essay's folder. Write data.csv")
    return value


_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([MG])i?B", re.ASCII)


class Run(BaseModel):
    """How an essay's code is run."""

    model_config = _STRICT

    timeout: Annotated[float, Field(gt=0, description="Seconds for all of it.")] = 60.0
    memory: Annotated[
        int,
        BeforeValidator(_memory),
        WithJsonSchema({"type": "string", "description": "Such as 512 MiB or 2 GiB."}),
    ] = 2 * 2**30
    network: Annotated[StrictBool, Field(description="Whether it may use the network.")] = False
    packages: Annotated[
        tuple[Annotated[StrictStr, AfterValidator(_requirement)], ...],
        Field(description="Requirements besides the pinned companions."),
    ] = ()
    python: Annotated[
        StrictStr, AfterValidator(_python), Field(description="Such as 3.11, in quotes.")
    ] = ""
    data: Annotated[
        tuple[Annotated[StrictStr, AfterValidator(_beside)], ...],
        Field(description="Files beside the essay that it may read."),
    ] = ()
    tolerance: Annotated[
        float, Field(ge=0, description="By how much floats may differ, relative to their size.")
    ] = 1e-6


def _run(value: object) -> object:
    if value is True:
        return {}
    return None if value is False else value


def _dates(value: object) -> object:
    return value if isinstance(value, dict) else {"created": value}


def _links(value: object) -> tuple[NamedLink, ...]:
    """Flatten Material's nested links; a group's name is dropped, its entries stay."""
    if isinstance(value, str):
        return (NamedLink("", value),)
    if isinstance(value, list):
        return tuple(link for item in value for link in _links(item))
    if isinstance(value, dict):
        return tuple(link for title, inner in value.items() for link in _titled(title, inner))
    raise ValueError("each link should be a target, or a title: target")


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    """Return an author's own data unchanged if all its numbers can be stored."""
    if places := list(unstorable(value)):
        wrong = PydanticCustomError("unstorable", "is too large a number. Put it between quotes")
        errors = [InitErrorDetails(type=wrong, loc=place, input=value) for place in places]
        # pydantic puts the place of the whole before that of each number in it.
        raise ValidationError.from_exception_data("data", errors)
    return value


def _discussed(value: object) -> tuple[NamedLink, ...]:
    """Return where an essay is discussed: links, each of which leaves the site."""
    links = _links(value)
    for link in links:
        address(link.target)
    return links


def _titled(title: object, inner: object) -> tuple[NamedLink, ...]:
    return (NamedLink(str(title), inner),) if isinstance(inner, str) else _links(inner)


def _version(value: object) -> object:
    """Return the version of a package if it is written as text."""
    if isinstance(value, bool | int | float):
        # What YAML takes for a number loses what does not count in one: 2.10 becomes 2.1.
        raise ValueError("is a number to YAML. Write the version in quotes: '2.0', not 2.0")
    if value is None or value == "":
        raise ValueError("names no version. Write one, such as 2.2.0")
    return value


def _distinct_packages(pins: dict[str, str]) -> dict[str, str]:
    """Return the versions by the names of packages as indexes compare them."""
    found = {normal_name(name): version for name, version in pins.items()}
    if len(found) < len(pins):
        raise ValueError("one package stands here under two spellings. Delete one of them")
    return found


_Data = Annotated[dict[str, Any], AfterValidator(_storable)]


class _Fields(BaseModel):
    """The front matter of an essay. Taxonomies are added as lists of labels."""

    model_config = _STRICT

    title: Annotated[StrictStr, Field(description="The essay's title.", pattern=r"\S")] | None = (
        None
    )
    date: Annotated[
        Dates | None,
        BeforeValidator(_dates),
        WithJsonSchema(
            {
                "description": "When it is published.",
                "anyOf": [
                    _DATE_SCHEMA,
                    {
                        "type": "object",
                        "properties": {"created": _DATE_SCHEMA, "updated": _DATE_SCHEMA},
                        "required": ["created"],
                    },
                ],
            }
        ),
    ] = None
    updated: Annotated[Moment | None, Field(description="When it changed in substance.")] = None
    description: Annotated[StrictStr, Field(description="One or two sentences.")] = ""
    slug: (
        Annotated[
            StrictStr, AfterValidator(checked_slug), Field(description="Last part of its URL.")
        ]
        | None
    ) = None
    draft: Annotated[StrictBool, Field(description="Keeps it out of what is published.")] = False
    pin: Annotated[StrictBool, Field(description="Shows it first on the home page.")] = False
    image: Annotated[StrictStr, Field(description="A picture for previews.")] = ""
    aliases: Annotated[
        tuple[Annotated[StrictStr, AfterValidator(_alias)], ...],
        Field(description="Earlier addresses, which become redirects."),
    ] = ()
    links: Annotated[
        tuple[NamedLink, ...],
        BeforeValidator(_links),
        WithJsonSchema(
            {"type": "array", "description": "Further reading: targets, or title: target."}
        ),
    ] = ()
    readtime: Annotated[
        Annotated[StrictInt, Field(ge=0, le=LARGEST)] | None,
        Field(description="Minutes; counted if left out."),
    ] = None
    comments: Annotated[StrictBool | None, Field(description="Whether it is discussed.")] = None
    companions: Annotated[
        dict[str, Annotated[StrictStr, BeforeValidator(_version)]],
        AfterValidator(_distinct_packages),
        WithJsonSchema(
            {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "Packages that it speaks of, each with the version.",
            }
        ),
    ] = {}
    hide: Annotated[tuple[StrictStr, ...], Field(description="navigation, toc, footer, tags.")] = ()
    icon: StrictStr | None = None
    status: StrictStr | None = None
    template: StrictStr | None = None
    search: Search | None = None
    social: _Data | None = None
    subtitle: StrictStr | None = None
    extra: Annotated[_Data | None, Field(description="Data for your own templates.")] = None
    run: Annotated[
        Run | None,
        BeforeValidator(_run),
        Field(description="Runs its Python: true, or how."),
    ] = None
    lang: Annotated[
        StrictStr, AfterValidator(_language), Field(description="Its language: de, pt-BR.")
    ] = ""
    dir: Annotated[
        StrictStr, AfterValidator(_direction), Field(description="Direction of its text: ltr, rtl.")
    ] = ""
    translation_of: Annotated[
        StrictStr, Field(description="The file of the essay that it translates.")
    ] = ""
    hero: Annotated[StrictStr, Field(description="A picture above the text.")] = ""
    hero_alt: Annotated[StrictStr, Field(description="What stands in for that picture.")] = ""
    discuss: Annotated[
        tuple[NamedLink, ...],
        BeforeValidator(_discussed),
        WithJsonSchema(
            {"type": "array", "description": "Where it is discussed: addresses, or title: address."}
        ),
    ] = ()


@cache
def schema(taxonomies: tuple[str, ...]) -> type[_Fields]:
    """Return the model of a front matter in which these taxonomies are lists of labels."""
    added: dict[str, Any] = {
        name: (Annotated[Labels, Field(description=f"The essay's {name}.")], ())
        for name in taxonomies
        if name != "archive"
    }
    if "series" in added:
        # An essay is a part of one series, so the single name is the natural way to write it.
        one_or_many = Annotated[Labels, BeforeValidator(_listed), Field(description="Its series.")]
        added["series"] = (one_or_many, ())
    return create_model("FrontMatter", __base__=_Fields, **added)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def json_schema(taxonomies: tuple[str, ...]) -> str:
    """Return the schema as JSON Schema (draft 2020-12), for editors that complete and check."""
    body = schema(taxonomies).model_json_schema()
    if "series" in body["properties"]:
        labels = body["properties"]["series"]
        body["properties"]["series"] = {
            "description": labels.pop("description"),
            "anyOf": [{"type": "string"}, labels],
        }
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "blogtools front matter",
    }
    return json.dumps(body | head, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def check(
    parsed: Parsed, path: str, first_line: int, taxonomies: tuple[str, ...]
) -> tuple[FrontMatter, tuple[Diagnostic, ...]]:
    """Validate parsed front matter.

    Args:
        parsed: The YAML.
        path: The file's path, for diagnostics.
        first_line: The line of the file on which the YAML begins.
        taxonomies: The names of the active taxonomies.

    Returns:
        The typed front matter (with defaults where something is wrong) and every diagnostic.
    """
    if not isinstance(parsed.data, dict | None):
        return FrontMatter(), (_no_mapping(path, first_line),)
    model = schema(taxonomies)
    fields, errors = _validated(_given(parsed.data or {}, model), model)
    mistakes = (_mistake(problem, path, first_line) for problem in parsed.mistakes)
    at = _placer(parsed, path, first_line)
    wrong = (at(error, tuple(model.model_fields)) for error in errors)
    return _typed(fields, taxonomies), (*mistakes, *wrong)


def _validated(
    data: Mapping[str, Any], model: type[_Fields]
) -> tuple[_Fields, Sequence[ErrorDetails]]:
    """Return what is right, with defaults for all that is not, and what is wrong with that."""
    try:
        return model.model_validate(data), ()
    except ValidationError as invalid:
        errors = _distinct(invalid.errors())
        bad = {str(error["loc"][0]) for error in errors if error["loc"]}
        good = {key: value for key, value in data.items() if key not in bad}
        return model.model_validate(good), errors


def _no_mapping(path: str, first_line: int) -> Diagnostic:
    return Diagnostic(
        path,
        first_line,
        1,
        "front-matter/not-a-mapping",
        "the front matter is not a set of key: value lines",
        "Write for example 'title: My essay' on a line of its own",
    )


def check_page(
    parsed: Parsed, path: str, first_line: int
) -> tuple[FrontMatter, tuple[Diagnostic, ...]]:
    """Validate what an ordinary page says of companions; the rest of it is MkDocs' business."""
    given = parsed.data.get(COMPANIONS) if isinstance(parsed.data, dict) else None
    if given is None:
        return FrontMatter(), ()
    only = Parsed({COMPANIONS: given}, parsed.values, parsed.keys)
    return check(only, path, first_line, ())


def _given(data: Mapping[str, Any], model: type[_Fields]) -> dict[str, Any]:
    """Return the front matter without known keys that stand there with nothing after them."""
    known = model.model_fields
    return {key: value for key, value in data.items() if value is not None or key not in known}


def _mistake(problem: YamlProblem, path: str, first_line: int) -> Diagnostic:
    line = first_line + problem.line - 1
    return Diagnostic(
        path, line, problem.column, "front-matter/yaml", problem.message, problem.hint
    )


def _distinct(errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """Keep one error for each place: a union reports the same value once for each alternative."""
    by_place: dict[KeyPath, ErrorDetails] = {}
    for error in errors:
        by_place.setdefault(error["loc"], error)
    return list(by_place.values())


def _placer(
    parsed: Parsed, path: str, first_line: int
) -> Callable[[ErrorDetails, tuple[str, ...]], Diagnostic]:
    """Return a function that turns pydantic's errors into diagnostics at their lines."""

    def place(error: ErrorDetails, known: tuple[str, ...]) -> Diagnostic:
        loc = tuple(error["loc"])
        unknown = error["type"] == "extra_forbidden"
        line, column = parsed.keys.get(loc, (1, 1)) if unknown else parsed.locate(loc)
        code, message, hint = _unknown(loc, known) if unknown else _invalid(loc, error)
        return Diagnostic(path, first_line + line - 1, column, code, message, hint)

    return place


def _unknown(loc: KeyPath, known: tuple[str, ...]) -> tuple[str, str, str]:
    key, inside = str(loc[-1]), len(loc) > 1
    names = tuple((Run if loc[0] == "run" else Search).model_fields) if inside else known
    near = _nearest(key.lower(), names)
    otherwise = "Remove it" if inside else "Remove it, or put your own data under 'extra'"
    hint = f"Did you mean '{near}'?" if near else otherwise
    return "front-matter/unknown-key", f"unknown key '{key}'", hint


@lru_cache(maxsize=256)
def _nearest(key: str, names: tuple[str, ...]) -> str:
    """Return the name most like a key; essays from another generator share their unknown keys."""
    return next(iter(difflib.get_close_matches(key, names, n=1, cutoff=0.6)), "")


def _invalid(loc: KeyPath, error: ErrorDetails) -> tuple[str, str, str]:
    # Our own validators say the way out after the message, as a second sentence.
    said, _, way_out = error["msg"].removeprefix("Value error, ").partition(". ")
    message, hint = _SAYINGS.get(error["type"], (said, way_out))
    if loc and loc[-1] == "created":
        loc = loc[:-1]
    name = ".".join(map(str, loc))
    return "front-matter/invalid", f"{name}: {message}", hint


def _labels(written: Iterable[str]) -> tuple[str, ...]:
    """Return labels without the spaces around and in them that say nothing, each once."""
    return tuple(dict.fromkeys(" ".join(label.split()) for label in written))


def _typed(fields: _Fields, taxonomies: tuple[str, ...]) -> FrontMatter:
    """Turn the validated fields into the value that the rest of the engine knows."""
    given = fields.model_dump(include=set(PASSED_THROUGH), exclude_defaults=True)
    labels = {name: _labels(getattr(fields, name, ())) for name in taxonomies}
    return FrontMatter(
        title=(fields.title or "").strip(),
        date=fields.date.created if fields.date else None,
        updated=fields.updated or (fields.date.updated if fields.date else None),
        description=fields.description.strip(),
        terms={name: values for name, values in labels.items() if values},
        slug=fields.slug or "",
        draft=fields.draft,
        pin=fields.pin,
        image=fields.image,
        aliases=fields.aliases,
        links=fields.links,
        readtime=fields.readtime,
        comments=fields.comments,
        companions=fields.companions,
        meta=given,
        run=RunOptions(**dict(fields.run)) if fields.run else None,
        lang=fields.lang,
        dir=fields.dir,
        translation_of=fields.translation_of,
        hero=fields.hero,
        hero_alt=fields.hero_alt,
        discuss=fields.discuss,
    )
