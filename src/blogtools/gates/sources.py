"""Where advisories come from: a folder, an archive, the address of one, or a service."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec

from blogtools.gates import reading
from blogtools.gates.advisories import ECOSYSTEM, Advisory
from blogtools.gates.checkout import Checkout
from blogtools.model.gate import Broken

#: A package and a version.
Pin = tuple[str, str]
# A service does not say how many advisories it has, so it is asked for one that it must have.
_KNOWN: Pin = ("jinja2", "2.4.1")
# So many packages to a question.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Data:
    """What a source knows.

    Attributes:
        advisories: The advisories that are about one of the packages in question, at least.
        number: How many there are on Python packages altogether; 0 where the source does not say.
        newest: When the newest of them was changed, or when the service answered.
        origin: What this comes from, in words.
        told: The names of the advisories that a service itself finds to be about each package.
    """

    advisories: tuple[Advisory, ...]
    number: int
    newest: datetime
    origin: str
    told: Mapping[Pin, Set[str]] = field(default_factory=dict)


class _Id(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    vulns: list[_Id] | None = None
    next_page_token: str = ""


class _Told(msgspec.Struct):
    body: bytes
    date: str | None
    age: str | None


class _Answers(msgspec.Struct):
    results: list[_Answer]


@dataclass(frozen=True, slots=True)
class _Question:
    """What a service is asked about one package: for the first page of its answer, or the next."""

    number: int
    pin: Pin
    token: str = ""

    def query(self) -> dict[str, object]:
        """Return it in the words of the service."""
        package = {"ecosystem": ECOSYSTEM, "name": self.pin[0]}
        page = {"page_token": self.token} if self.token else {}
        return {"package": package, "version": self.pin[1], **page}

    def after(self, answer: _Answer) -> list[_Question]:
        """Return what is to be asked next; a page that leads to itself would never end."""
        token = answer.next_page_token
        return [replace(self, token=token)] if token not in ("", self.token) else []


def read(source: str, pins: Iterable[Pin], checkout: Checkout) -> Data:
    """Return what a source knows of some packages.

    Args:
        source: A folder of advisories as OSV has them (JSON, or YAML as in the PyPA's database), a
            zip archive of such files, the address of one, or the address of a service that
            answers like OSV's.
        pins: The packages, each with its version.
        checkout: The project.

    Raises:
        Broken: It cannot be read, or knows nothing.
    """
    if source.startswith(("http://", "https://")):
        if source.endswith(".zip"):
            [(body, _)] = _fetch([(source, None)], checkout)
            return _of_files(_zipped(io.BytesIO(body), source), pins, source)
        return _asked(source.rstrip("/"), tuple(pins), checkout)
    path = checkout.root / source
    if path.is_dir():
        return _of_files(_in_folder(path), pins, source)
    if path.is_file():
        return _of_files(_zipped(path, source), pins, source)
    raise Broken(f"The vulnerability data is not there: {source}", "See --source")


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        place = Path(here)
        below = place.relative_to(folder).as_posix()
        for name in sorted(files):
            if name.endswith((".json", ".yaml", ".yml")):
                data = reading.file(place / name, "the source")
                yield (name if below == "." else f"{below}/{name}"), data


def _zipped(file: Path | io.BytesIO, source: str) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(file) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith((".json", ".yaml", ".yml")):
                    yield name, archive.read(name)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as wrong:
        raise Broken(f"{source} is no archive that can be read: {wrong}") from wrong


def _of_files(files: Iterable[tuple[str, bytes]], pins: Iterable[Pin], source: str) -> Data:
    wanted = {name for name, _ in pins}
    number, newest, kept = 0, datetime.min.replace(tzinfo=UTC), []
    for name, data in files:
        one = _advisory(name, data)
        about = one.names()
        if about:
            number += 1
            newest = max(newest, _aware(one.modified))
        if about & wanted:
            kept.append(one)
    if not number:
        raise Broken(f"{source} holds no advisory on a package of {ECOSYSTEM}", "See --source")
    return Data(tuple(kept), number, newest, source)


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _advisory(name: str, data: bytes) -> Advisory:
    if name.endswith(".json"):
        return reading.json_as(Advisory, data, f"the advisory {name}")
    import yaml

    try:
        said = yaml.load(data, Loader=yaml.CSafeLoader)
        return msgspec.convert(said, Advisory, strict=False)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError) as wrong:
        raise Broken(f"The advisory {name} cannot be read: {wrong}") from wrong


def _asked(service: str, pins: tuple[Pin, ...], checkout: Checkout) -> Data:
    """Ask a service, also for something that it must know, so that silence is no good news."""
    told, answered = _ids(service, (_KNOWN, *pins), checkout)
    if not told[0]:
        raise Broken(
            f"{service} knows nothing of {_KNOWN[0]} {_KNOWN[1]}, which is known to be vulnerable",
            "Is it the address of a service that answers like OSV's, without its /v1?",
        )
    names = sorted(set().union(*told[1:]))
    found = _fetch([(f"{service}/v1/vulns/{name}", None) for name in names], checkout)
    advisories = tuple(
        reading.json_as(Advisory, body, f"{service}, on {name}")
        for name, (body, _) in zip(names, found, strict=True)
    )
    newest = min([answered, *(moment for _, moment in found)])
    return Data(advisories, 0, newest, service, dict(zip(pins, told[1:], strict=True)))


def _ids(
    service: str, pins: tuple[Pin, ...], checkout: Checkout
) -> tuple[list[set[str]], datetime]:
    """Return the names of the advisories on each package, and when the first was told."""
    found: list[set[str]] = [set() for _ in pins]
    answered = datetime.now(UTC)
    open_ = [_Question(number, pin) for number, pin in enumerate(pins)]
    while open_:
        some, open_ = open_[:_AT_ONCE], open_[_AT_ONCE:]
        answers, moment = _answers(service, some, checkout)
        for question, answer in zip(some, answers, strict=True):
            found[question.number] |= {one.id for one in answer.vulns or ()}
            open_ += question.after(answer)
        answered = min(answered, moment)
    return found, answered


def _answers(
    service: str, questions: list[_Question], checkout: Checkout
) -> tuple[list[_Answer], datetime]:
    """Return what a service answers to each question, and when it did."""
    queries = [question.query() for question in questions]
    [(body, moment)] = _fetch([(f"{service}/v1/querybatch", {"queries": queries})], checkout)
    answers = reading.json_as(_Answers, body, service).results
    if len(answers) != len(questions):
        raise Broken(f"{service} gives {len(answers)} answers to {len(questions)} questions")
    return answers, moment


def _fetch(questions: list[tuple[str, object]], checkout: Checkout) -> list[tuple[bytes, datetime]]:
    """Return the answers, and when each was given: somebody in between may have kept it."""
    if not questions:
        return []
    # What it imports takes longer than all the rest, and is for those who ask a service.
    from blogtools.gates import asking

    command = [sys.executable, "-I", asking.__file__]
    ran = checkout.runner.run(command, name="asking", stdin=msgspec.json.encode(questions))
    if ran.code == asking.UNANSWERED:
        raise Broken(f"No answer from {ran.said()}", "See --source")
    ran.must_exit(0)
    answers = [reading.json_as(_Told, line, "asking") for line in ran.out.splitlines()]
    if len(answers) != len(questions):
        raise Broken(f"{len(answers)} answers to {len(questions)} questions")
    return [(one.body, _moment(one.date, one.age)) for one in answers]


def _moment(date: str | None, age: str | None) -> datetime:
    now = datetime.now(UTC)
    try:
        told = _aware(parsedate_to_datetime(date)) if date else now
        old = float(age) if age else 0.0
        return min(told, datetime.fromtimestamp(now.timestamp() - old, UTC))
    except (ValueError, TypeError, OverflowError, OSError) as wrong:
        raise Broken(f"The answer's date or age is none: {date}, {age}") from wrong
