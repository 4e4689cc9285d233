"""The statements about one person, however many: page by page to read, one after the other to take away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Connection

from near_learn.config import Settings
from near_learn.content_library import library
from near_learn.records import wording
from near_learn.records.iris import Iris, Place
from near_learn.records.readable import Recorded, recorded
from xapi.lrs import LRS, Stored
from xapi.query import Query
from xapi.terms import AGENT, identity, term

PAGE = 50
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
AT_ONCE = 500
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Told:
    """A statement as a sentence, with the rest of it."""

    sentence: str
    recorded: Recorded
    withdrawn: bool = False

    @property
    def time(self) -> datetime:
        return self.recorded.time


def iris() -> Iris:
    """The IRIs of this installation."""
    settings: Settings = current_app.extensions["settings"]
    return Iris(settings.base_url)


def about(account: str) -> int:
    """The term under which every statement about the person is found."""
    return term(AGENT, identity({"account": {"homePage": iris().base, "name": account}}) or "")


def page(
    connection: Connection, account: str, language: str, *, before: int | None = None, withdrawn: bool = False
) -> tuple[list[Told], int | None]:
    """The newest statements before a place, and where the page after begins (None: nowhere)."""
    query = Query(terms=(about(account),), cursor=before, voided=withdrawn)
    found = _store().store.find(connection, query, size=PAGE, most_bytes=MOST_BYTES)
    return [told(stored, language, withdrawn=withdrawn) for stored in found.statements], found.cursor


def one(connection: Connection, account: str, id_: str, language: str) -> Told | None:
    """The statement with this id, if it is about the person."""
    for withdrawn in (False, True):
        query = Query(statement_id=id_.lower(), terms=(about(account),), voided=withdrawn)
        found = _store().store.get(connection, query) if UUID.fullmatch(id_) else None
        if found is not None:
            return told(found, language, withdrawn=withdrawn)
    return None


def told(stored: Stored, language: str, *, withdrawn: bool = False) -> Told:
    """A statement as a sentence in LANGUAGE, which must be the one in force."""
    text = wording.sentence(stored.statement, iris(), language, titles(language))
    return Told(text, recorded(stored, language), withdrawn)


def every(connection: Connection, account: str, *, withdrawn: bool = False) -> Iterator[Stored]:
    """All of them in stored order, read some hundred at a time."""
    wanted, cursor = about(account), None
    while True:
        query = Query(terms=(wanted,), cursor=cursor, voided=withdrawn, ascending=True)
        found = _store().store.find(connection, query, size=AT_ONCE, most_bytes=MOST_BYTES)
        yield from found.statements
        if found.cursor is None:
            return
        cursor = found.cursor


def titles(language: str) -> Callable[[Place], str]:
    """What courses and modules are called, for statements that name them by their IRI alone."""
    courses = library().courses

    def title(place: Place) -> str:
        course = courses.get(place.course)
        if course is None:
            return ""
        if not place.module:
            return course.title.get(language) or course.title.get("en", "")
        try:
            return course.module(place.module).text(language).title
        except KeyError:
            return ""

    return title


def _store() -> LRS:
    lrs: LRS = current_app.extensions["lrs"]
    return lrs
