"""What is measured under load: each a stream of requests, and the stream that a bare view answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Protocol
from urllib.parse import quote, urlencode

from tests.bench.corpus import Text
from tests.bench.installation import Installation, Visitor
from tests.bench.load import request

BATCH = 50
LIMITS = (10, 100)
LEARNED = 0  # the number of the person who has done everything
MODULE = "/courses/accompaniment/modules/model-change"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Work:
    """One row of the table. `goal` is what the ratio to the floor ought to be at least."""

    name: str
    requests: Callable[[], Iterator[bytes]]
    goal: float
    body: bytes = b""  # what the bare view is sent; nothing: it answers with as many bytes as we did
    each: int = 1  # statements in a request


class Store(Protocol):
    """A record store that is asked, ours or any other."""

    seen: list[Text]  # statements that are stored

    @property
    def texts(self) -> Iterator[Text]: ...  # statements that nobody has sent yet
    @property
    def base(self) -> str: ...  # the home page of accounts in them
    def get(self, query: str) -> bytes: ...  # the request for statements
    def post(self, text: str) -> bytes: ...  # the request that sends a statement or an array of them
    def middle(self) -> str: ...  # when the statement in the middle was stored


def works(here: Installation, only: str = "") -> list[Work]:
    """Every row, or those whose name has ONLY in it."""
    found = [*exchange(here), *pages(here)]
    return [each for each in found if only in each.name]


def exchange(here: Store) -> list[Work]:
    """What is sent to the record store, and what is asked of it."""
    one = next(here.texts).text.encode()
    found = [
        Work("POST one statement", lambda: (here.post(each.text) for each in here.texts), 0.35, one),
        Work("POST batches of 50", lambda: batches(here), 1.0, one, BATCH),
        Work("GET by id", lambda: of(here, lambda each: {"statementId": each.id}), 0.5),
    ]
    for limit in LIMITS:
        for name, asked in filters(here).items():
            goal = 0.4 if limit == LIMITS[0] else 0.3
            found.append(Work(f"GET by {name}, {limit}", limited(here, asked, limit), goal))
    return found


def batches(here: Store) -> Iterator[bytes]:
    """Arrays of fifty statements."""
    while True:
        yield here.post("[" + ",".join(each.text for each in islice(here.texts, BATCH)) + "]")


def of(here: Store, asked: Callable[[Text], dict[str, str]]) -> Iterator[bytes]:
    """Requests for statements, each by what another one that is stored says."""
    made = [here.get(urlencode(asked(each))) for each in here.seen]
    return cycle(made)


def limited(
    here: Store, asked: Callable[[Text], dict[str, str]], limit: int
) -> Callable[[], Iterator[bytes]]:
    """The same with so many statements a page."""
    return lambda: of(here, lambda each: {**asked(each), "limit": str(limit)})


def filters(here: Store) -> dict[str, Callable[[Text], dict[str, str]]]:
    """The filters of the Statement Resource (1.0.3 Part 3, 2.1.3)."""

    def agent(each: Text) -> dict[str, str]:
        account = {"homePage": here.base, "name": each.account}
        return {"agent": json.dumps({"account": account}, separators=(",", ":"))}

    middle = here.middle()
    return {
        "agent": agent,
        "activity": lambda each: {"activity": each.activity},
        "verb": lambda each: {"verb": each.verb},
        "registration": lambda each: {"registration": each.registration},
        "related": lambda each: {"activity": each.course, "related_activities": "true"},
        "since": lambda each: {"since": middle, "ascending": "true"},
    }


def pages(here: Installation) -> list[Work]:
    """Pages as somebody sees them who is signed in and has done all twenty modules; a quiz that is sent."""
    visitor = here.visitor(LEARNED)
    get = {
        "module page": MODULE,
        "section of a module": f"{MODULE}/sections/{first_section(here)}",
        "catalogue": "/",
        "my record": "/my-record",
    }
    found = [Work(name, page(visitor, path), 0.3) for name, path in get.items()]
    waiting = quizzes(here)
    return [*found, Work("quiz submitted", lambda: waiting, 0.15, b"csrf_token=x&attempt=1")]


def first_section(here: Installation) -> str:
    """A section of the module whose page is asked for."""
    course, module = MODULE.split("/")[2], MODULE.split("/")[4]
    return here.courses[course].module(module).texts["en"].sections[0].id


def page(visitor: Visitor, path: str) -> Callable[[], Iterator[bytes]]:
    """The page again and again."""
    return lambda: cycle([request("GET", path, visitor.headers())])


def quizzes(here: Installation) -> Iterator[bytes]:
    """Quizzes that are answered and only need to be sent, each once, of one person after the other."""
    students = here.students()
    visitors = [here.visitor(number) for number in students]
    ready = [here.ready_for_quizzes(number) for number in students]
    by_place = zip(*ready, strict=True)
    return iter([sent(who, *what) for place in by_place for who, what in zip(visitors, place, strict=True)])


def sent(visitor: Visitor, course: str, module: str) -> bytes:
    """The request that sends a quiz."""
    body = f"csrf_token={quote(visitor.token)}&attempt=1".encode()
    path = f"/courses/{course}/modules/{module}/quiz/submit"
    return request("POST", path, {**visitor.headers(), "Content-Type": FORM}, body)
