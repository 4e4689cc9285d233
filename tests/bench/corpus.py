"""Statements as an LMS or a phone app sends them about the shipped courses, as many as wished.

People learn one module each: they register, open it, read sections, answer its questions, pass, complete it
and leave. Sixteen of them at a time, so that neighbours in the stream are about different people. The same
seed gives the same statements, ids included; another `first` gives other ones.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import IO, cast

from near_learn.config import Settings
from near_learn.content import Library, load

TOGETHER = 16
COHORT = 20  # people in a cohort
REGIONS = ("BE100", "BE211", "BE234", "CZ010", "EL303", "ES300", "ES523", "FI1B1", "ITC4C", "NL329", "RO321")
LANGUAGES = {"BE": "nl", "CZ": "cs", "EL": "el", "ES": "es", "FI": "fi", "IT": "it", "NL": "nl", "RO": "ro"}
VERB = "http://adlnet.gov/expapi/verbs/"
TYPE = "http://adlnet.gov/expapi/activities/"
DAYS = 900
SEEDS_APART = 1_000_003


@dataclass(frozen=True)
class Place:
    """A module of a release of a course."""

    course: str
    release: str
    module: str
    title: str
    sections: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A statement, and what it can be asked for by."""

    id: str
    text: str
    account: str
    registration: str
    verb: str
    activity: str
    course: str


def places(library: Library) -> list[Place]:
    """Every module of the library."""
    return [
        Place(
            course.id,
            course.release,
            module.id,
            module.texts["en"].title,
            tuple(section.id for section in module.texts["en"].sections),
            tuple(question.id for question in module.texts["en"].quiz),
        )
        for course in library.courses.values()
        for module in course.modules
    ]


def statements(places: Sequence[Place], base: str, *, first: int = 0, seed: int = 7) -> Iterator[Text]:
    """Statements without an end; FIRST is the number of the first person."""
    rng = Random(seed * SEEDS_APART + first)
    people = (_Person(number, places, base, seed) for number in count(first))
    here = [person.told() for person in islice(people, TOGETHER)]
    while True:
        place = rng.randrange(TOGETHER)
        found = next(here[place], None)
        if found is None:
            here[place] = next(people).told()
        else:
            yield found


def account(number: int, seed: int = 7) -> str:
    """The account of the person with this number."""
    return f"{seed:08x}-0000-4000-8000-{number:012x}"


def number(text: Text) -> int:
    """The number of the person whom the statement is about."""
    return int(text.account[-12:], 16)


class _Person:
    """Somebody who learns one module. Numbers stand for random ones, so that everything can be told again."""

    def __init__(self, number: int, places: Sequence[Place], base: str, seed: int) -> None:
        self.rng = Random(seed * SEEDS_APART ^ (number * 2654435761))
        self.place = places[int(len(places) * self.rng.random() ** 1.5)]
        self.account = account(number, seed)
        self.registration = self._uuid()
        region = self.rng.choice(REGIONS)
        self.language = LANGUAGES[region[:2]]
        self.cohort = f"group-{number // COHORT}"
        self.base = base
        self.course = f"{base}/courses/{self.place.course}"
        self.module = f"{self.course}/modules/{self.place.module}"
        self.at = 1_640_995_200.0 + 86_400 * DAYS * self.rng.random()
        self.actor = f'{{"objectType":"Agent","account":{{"homePage":"{base}","name":"{self.account}"}}}}'
        terms = f"{base}/terms"
        self.extensions = (
            f'{{"{terms}/release":"{self.place.release}","{terms}/region":"{region}",'
            f'"{terms}/nuts":"2024","{terms}/cohort":"{self.cohort}"}}'
        )

    def _uuid(self) -> str:
        found = f"{self.rng.getrandbits(128):032x}"
        return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-9{found[17:20]}-{found[20:]}"

    def told(self) -> Iterator[Text]:
        """What they do, in order."""
        place, rng = self.place, self.rng
        title = _quoted(place.title)
        course = f'{{"id":"{self.course}","definition":{{"type":"{TYPE}course"}}}}'
        module = (
            f'{{"id":"{self.module}","definition":{{"type":"{TYPE}module","name":{{"en":{title}}},'
            f'"description":{{"en":"Reading, examples from practice and a quiz."}}}}}}'
        )
        for verb in ("registered", "initialized"):
            yield self._said(verb, self.course, course, "", within=False)
        yield self._said("initialized", self.module, module, "")
        for number, section in enumerate(place.sections, 1):
            share = round(number / (len(place.sections) + 1), 4)
            yield self._said(
                "progressed",
                self.module,
                module,
                f'"result":{{"extensions":{{"{self.base}/terms/section":"{section}",'
                f'"{self.base}/terms/progress":{share}}}}},',
            )
        right = 0
        for question in place.questions:
            success = rng.random() < 0.8
            right += success
            yield self._said("answered", *self._asked(question), self._answer(success=success), deep=True)
        scaled = round(right / max(1, len(place.questions)), 4)
        verb = "passed" if scaled >= 0.7 else "failed"
        told = "true" if scaled >= 0.7 else "false"
        result = (
            f'"result":{{"score":{{"scaled":{scaled},"raw":{right},"min":0,"max":{len(place.questions)}}},'
            f'"success":{told},"duration":"PT{60 + int(500 * rng.random())}S"}},'
        )
        yield self._said(verb, self.module, module, result, attempt=True)
        seconds = 600 + int(2400 * rng.random())
        yield self._said(
            "completed", self.module, module, f'"result":{{"completion":true,"duration":"PT{seconds}S"}},'
        )
        yield self._said("terminated", self.module, module, f'"result":{{"duration":"PT{seconds}S"}},')

    def _asked(self, question: str) -> tuple[str, str]:
        """A question's IRI, and the activity."""
        iri = f"{self.module}/questions/{question}"
        options = ",".join(
            f'{{"id":"{letter}","description":{{"en":"Option {letter} of {question}"}}}}' for letter in "abc"
        )
        return iri, (
            f'{{"id":"{iri}","definition":{{"type":"{TYPE}cmi.interaction","interactionType":"choice",'
            f'"name":{{"en":"{question}"}},"choices":[{options}],"correctResponsesPattern":["a"]}}}}'
        )

    def _answer(self, *, success: bool) -> str:
        score, told = ("1", "true") if success else ("0", "false")
        given = "a" if success else self.rng.choice("bc")
        return (
            f'"result":{{"score":{{"scaled":{score},"raw":{score},"min":0,"max":1}},"success":{told},'
            f'"response":"{given}","duration":"PT{5 + int(80 * self.rng.random())}S"}},'
        )

    def _said(
        self,
        verb: str,
        iri: str,
        target: str,
        result: str,
        *,
        within: bool = True,
        deep: bool = False,
        attempt: bool = False,
    ) -> Text:
        self.at += 5 + 200 * self.rng.random()
        id_ = self._uuid()
        around = ""
        if within:
            parent = self.module if deep else self.course
            grouping = f',"grouping":[{{"id":"{self.course}"}}]' if deep else ""
            around = f'"contextActivities":{{"parent":[{{"id":"{parent}"}}]{grouping}}},'
        more = f',"{self.base}/terms/attempt":1' if deep or attempt else ""
        extensions = self.extensions[:-1] + more + "}"
        text = (
            f'{{"id":"{id_}","actor":{self.actor},'
            f'"verb":{{"id":"{VERB}{verb}","display":{{"en":"{verb}"}}}},"object":{target},{result}'
            f'"context":{{"registration":"{self.registration}","platform":"Example LMS 4.2",'
            f'"language":"{self.language}",{around}"extensions":{extensions}}},'
            f'"timestamp":"{_time(self.at)}"}}'
        )
        return Text(id_, text, self.account, self.registration, VERB + verb, iri, self.course)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _time(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds, without a datetime a statement."""
    whole, rest = int(seconds), int(seconds % 1 * 1000)
    days, left = divmod(whole, 86_400)
    return f"{_date(days)}T{left // 3600:02}:{left % 3600 // 60:02}:{left % 60:02}.{rest:03}Z"


@lru_cache(maxsize=4096)
def _date(days: int) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + days).isoformat()


def write(found: Iterator[Text], number: int, path: Path) -> None:
    """NUMBER statements into a file, one a line; packed if its name ends in .gz."""
    packed = path.suffix == ".gz"
    with cast("IO[bytes]", gzip.open(path, "wb", 1)) if packed else path.open("wb") as file:
        for each in islice(found, number):
            file.write(each.text.encode() + b"\n")


def main(arguments: list[str]) -> None:
    """Writes statements into a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench corpus", description=__doc__)
    parser.add_argument("output", type=Path, help="the file; packed if its name ends in .gz")
    parser.add_argument("--statements", type=int, default=200_000, help="how many (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first person: others, other ones")
    chosen = parser.parse_args(arguments)
    settings = Settings.from_environment()
    found = statements(places(load(settings.courses)), settings.base_url, first=chosen.first)
    write(found, chosen.statements, chosen.output)
