"""An installation to be measured: the shipped courses, people, and as many statements as wished."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from near_learn import Settings, create_app, publishing, schema
from near_learn.config import beside_package
from near_learn.content import Course
from near_learn.content_library import library, working_copy
from near_learn.db import db, writing
from near_learn.demo.answers import answer
from near_learn.people import credential
from near_learn.people import session as sessions
from near_learn.people.person import Person
from near_learn.player import draft
from near_learn.records import Learner, Recorder, Response, Sitting
from near_learn.records.attempt import asked
from near_learn.records.batch import Batch
from near_learn.records.iris import Iris
from near_learn.records.statement import Builder
from near_learn.reports.tally.fresh import bring_up_to_date
from tests.bench import block, corpus
from tests.bench.corpus import Text
from tests.bench.load import request
from tests.bench.world import Sink
from xapi import jsontext
from xapi.lrs import LRS, STATEMENTS
from xapi.message import Request
from xapi.record import prepare
from xapi.sql.tables import statement
from xapi.store import timestamp
from xapi.versions import negotiate

SECRET = "a-secret-for-measuring-only-0123"
KEY = "bench"
MEMORY, KEPT = "bench.json", ("persons", "quizzed", "secret", "first")
COURSES = beside_package("courses")
VERSION = "1.0.3"
AT_ONCE = 1000
BLOCK = 20_000  # statements that are copied when more are wanted
LEAST = 100
REMEMBERED = 2000  # statements that can be asked for
FIRST_PERSON = 1_000_000
FIRST_STUDENT, STUDENTS = 10, 40  # people of whom each has a quiz ready in every module


@dataclass
class Visitor:
    """Somebody who is signed in: the cookie, and what their forms carry."""

    cookie: str
    token: str

    def headers(self) -> dict[str, str]:
        return {"Cookie": f"near_learn={self.cookie}", "Accept": "text/html", "Accept-Language": "en"}


@dataclass
class Installation:
    """One on an empty database in FOLDER, or at the address DATABASE."""

    folder: Path
    database: str = ""
    workers: int = 1
    seen: list[Text] = field(default_factory=list)  # statements that can be asked for
    persons: int = 0
    quizzed: int = 0  # people whose quizzes have been made ready
    secret: str = ""  # of the credential
    first: int = 0  # number of the first person of statements to come

    @cached_property
    def settings(self) -> Settings:
        settings = Settings(secret_key=SECRET, data=self.folder, courses=COURSES)
        return replace(settings, database_url=self.database, workers=self.workers)

    @cached_property
    def environment(self) -> dict[str, str]:
        """For the processes that serve it."""
        return {
            "NEAR_LEARN_SECRET_KEY": SECRET,
            "NEAR_LEARN_DATA": str(self.folder),
            "NEAR_LEARN_DATABASE_URL": self.database,
            "NEAR_LEARN_COURSES": str(self.settings.courses),
            "NEAR_LEARN_WORKERS": str(self.workers),
            "PYTHONPATH": str(Path.cwd()),
        }

    @cached_property
    def app(self) -> Flask:
        return create_app(self.settings, serving=False)

    @property
    def lrs(self) -> LRS:
        return cast(LRS, self.app.extensions["lrs"])

    @cached_property
    def texts(self) -> Iterator[Text]:
        """Statements that nobody has sent yet, of people from number `first` on."""
        with self.app.app_context():
            return corpus.statements(corpus.places(library()), self.base, first=self.first)

    def begin(self) -> None:
        """Tables, releases and a credential. Raises ValueError for a database that is in use."""
        with self.app.app_context():
            with db.engine.connect() as connection:
                if sa.inspect(connection).has_table("person"):
                    raise ValueError(f"{self.database or self.folder}: expected an empty database")
            self._current()
            with writing() as connection:
                self.secret = credential.add(connection, "bench", ["all"], key=KEY).secret

    def _current(self) -> None:
        schema.upgrade()
        for course in working_copy().courses.values():
            publishing.publish(course.folder)

    def keep(self) -> None:
        """Writes down what must be known to go on with the folder another time."""
        self._others()
        known = {name: getattr(self, name) for name in KEPT}
        known["seen"] = [asdict(replace(each, text="")) for each in self.seen]
        (self.folder / MEMORY).write_text(json.dumps(known))

    def go_on(self) -> bool:
        """Whether the folder was kept: then it is brought up to date and can be used."""
        memory = self.folder / MEMORY
        if not memory.is_file():
            return False
        known = json.loads(memory.read_text())
        self.seen = [Text(**each) for each in known["seen"]]
        for name in KEPT:
            setattr(self, name, known[name])
        with self.app.app_context():
            self._current()
        return True

    @property
    def courses(self) -> Mapping[str, Course]:
        """What learners see."""
        with self.app.app_context():
            return library().courses

    def students(self) -> list[int]:
        """People who have not sent any quiz."""
        first = FIRST_STUDENT + self.quizzed
        self.quizzed += STUDENTS
        return list(range(first, first + STUDENTS))

    def end(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    # --- what is in it --------------------------------------------------------------------------

    def count(self) -> int:
        """Statements that are stored."""
        with self.lrs.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(statement)) or 0

    def fill(self, number: int) -> None:
        """Adds statements until there are NUMBER; some in any case, to ask for.

        They are stored as those that are sent; of many, the most are copies of a block of them.
        """
        left = max(LEAST, number - self.count())
        copies = max(0, left // BLOCK - 1)
        if copies:
            self._multiply(copies)
        self.store(islice(self.texts, left - copies * BLOCK - (BLOCK if copies else 0)))
        self.seen = Random(7).sample(self.seen, min(len(self.seen), REMEMBERED))
        with self.app.app_context():
            if copies:
                bring_up_to_date()  # or the reports would be counted while something else is measured
            db.engine.dispose()  # nobody else is to have a connection with so much memory
            with db.engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text("ANALYZE"))
                    connection.commit()

    def store(self, texts: Iterable[Text]) -> None:
        """Stores statements, many in a transaction."""
        authority = Builder(Iris(self.base)).system
        version = negotiate(VERSION)
        texts = iter(texts)
        while some := list(islice(texts, AT_ONCE)):
            records = [
                prepare(each.text, jsontext.loads(each.text.encode()), version, authority) for each in some
            ]
            with self.app.app_context(), self.lrs.writing() as connection:
                block.roomy(connection)
                self.lrs.add(connection, records)
            self.seen += some[:: max(1, AT_ONCE // LEAST)]

    def _multiply(self, copies: int) -> None:
        """Adds a block of statements, and so many copies of it, stored before everything else."""
        self._others()
        first, after = self.first, self.last()
        texts = list(islice(self.texts, BLOCK))
        self.store(texts)
        people = max(corpus.number(each) for each in texts) + 1 - first
        with self.lrs.reading() as connection:
            some = block.Block.read(connection, texts, self.base, after)
            oldest = connection.scalar(sa.select(sa.func.min(statement.c.seq))) or 0
        for copy in range(1, copies + 1):
            with self.app.app_context(), writing() as connection:
                block.roomy(connection)
                told = some.copied(connection, oldest - (copy - 1) * some.length, people * copy)
            self.seen += Random(copy).sample(told, min(len(told), REMEMBERED // copies + 1))
        self.first = first + people * (copies + 1)
        self.__dict__.pop("texts")

    def _others(self) -> None:
        """From now on statements are of people who have not begun yet."""
        self.first = max(map(corpus.number, islice(self.texts, 20 * corpus.TOGETHER))) + 1
        self.__dict__.pop("texts")

    def people(self, number: int) -> None:
        """Adds professionals until there are NUMBER."""
        now = datetime.now(UTC)
        with self.app.app_context(), writing() as connection:
            sink = Sink(connection)
            for first in range(self.persons, number, AT_ONCE):
                rows = [_row(each, now) for each in range(first, min(number, first + AT_ONCE))]
                sink.put(Person.__table__, rows)  # type: ignore[arg-type]
        self.persons = max(self.persons, number)

    def middle(self) -> str:
        """When the statement in the middle was stored."""
        with self.lrs.reading() as connection:
            seq = connection.scalar(
                sa.select(statement.c.seq).order_by(statement.c.seq).offset(self.count() // 2).limit(1)
            )
        return timestamp(seq or 0)

    def last(self) -> int:
        """The sequence number stored last."""
        with self.lrs.reading() as connection:
            return connection.scalar(sa.select(sa.func.max(statement.c.seq))) or 0

    # --- how it is asked ------------------------------------------------------------------------

    @cached_property
    def authorised(self) -> dict[str, str]:
        """The headers of a request to the record store."""
        token = base64.b64encode(f"{KEY}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {token}", "X-Experience-API-Version": VERSION}

    @property
    def base(self) -> str:
        """The home page of our accounts."""
        return self.settings.base_url

    def get(self, query: str) -> bytes:
        """The request for statements."""
        return request("GET", f"/xapi/statements?{query}", self.authorised)

    def post(self, text: str) -> bytes:
        """The request that sends a statement or an array of them."""
        headers = {**self.authorised, "Content-Type": "application/json"}
        return request("POST", "/xapi/statements", headers, text.encode())

    def received(self, texts: Iterable[Text]) -> Request:
        """The same for statements in an array, as the record store gets it from the server."""
        headers = {**self.authorised, "Content-Type": "application/json"}
        body = f"[{','.join([each.text for each in texts])}]"
        return Request("POST", STATEMENTS, (), headers, body.encode())

    # --- who comes ------------------------------------------------------------------------------

    def visitor(self, number: int, role: str = "professional") -> Visitor:
        """The person with this number, signed in."""
        with self.app.test_request_context("/"):
            person = db.session.get(Person, FIRST_PERSON + number)
            assert person is not None
            if person.role != role:
                with writing() as connection:
                    change = sa.update(Person).where(Person.id == FIRST_PERSON + number)
                    connection.execute(change.values(role=role))
                person = db.session.get(Person, FIRST_PERSON + number)
                assert person is not None
            sessions.begin(person)
            token = generate_csrf()
            serializer = cast(
                SecureCookieSessionInterface, self.app.session_interface
            ).get_signing_serializer(self.app)
            assert serializer is not None
            return Visitor(str(serializer.dumps(dict(session))), token)

    def learn_everything(self, number: int) -> None:
        """The person with this number has read every module of every course and passed its quiz."""
        with self._learning(number) as recorder:
            at = datetime.now(UTC) - timedelta(days=100)
            for sitting in recorder.sittings(at):
                for section in sitting.module.texts["en"].sections:
                    at += timedelta(minutes=3)
                    recorder.recorder.progress(recorder.connection, sitting, section.id, at)
                given = {name: Response(right, 20.0) for name, right in _right(sitting, 1).items()}
                at += timedelta(minutes=5)
                recorder.recorder.submit(recorder.connection, sitting, 1, given, at)

    def ready_for_quizzes(self, number: int) -> list[tuple[str, str]]:
        """The person with this number has answered every question of every quiz; what waits to be sent."""
        found = []
        with self._learning(number) as recorder:
            now = datetime.now(UTC)
            rows: list[dict[str, Any]] = []
            for sitting in recorder.sittings(now - timedelta(hours=1)):
                questions = {each.id: each for each in sitting.module.texts["en"].quiz}
                for name, right in _right(sitting, 1).items():
                    values = {
                        "registration": sitting.registration,
                        "module": sitting.module.id,
                        "number": 1,
                        "question": name,
                        "response": questions[name].join(right),
                        "seconds": 20.0,
                        "shared": False,
                        "release": sitting.course.release,
                        "at": now,
                    }
                    rows.append(values)
                found.append((sitting.course.id, sitting.module.id))
            recorder.connection.execute(sa.insert(draft.table), rows)
        return found

    def _learning(self, number: int) -> _Learning:
        return _Learning(self, number)


class _Learning:
    """A write transaction in which one person learns."""

    def __init__(self, installation: Installation, number: int) -> None:
        self.installation = installation
        self.number = number

    def __enter__(self) -> _Learning:
        here = self.installation
        self.context = here.app.app_context()
        self.context.push()
        self.person = db.session.get(Person, FIRST_PERSON + self.number)
        assert self.person is not None
        self.learner = Learner.of(self.person, "en")
        self.courses = list(library().courses.values())
        iris = Iris(here.settings.base_url)
        self.batch = Batch(here.lrs, iris)
        self.recorder = Recorder(iris, self.batch)
        self.writing = writing()
        self.connection = self.writing.__enter__()
        return self

    def sittings(self, at: datetime) -> Iterator[Sitting]:
        """Every module of every course, opened."""
        for course in self.courses:
            registration = self.recorder.enrol(self.connection, self.learner, course, at)
            for module in course.modules:
                sitting = Sitting(self.learner, registration, course, module)
                self.recorder.open(self.connection, sitting, at)
                yield sitting

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is None:
            self.batch.flush(self.connection)
        self.writing.__exit__(kind, error, trace)
        self.context.pop()


def _right(sitting: Sitting, number: int) -> dict[str, tuple[str, ...]]:
    quiz = asked(sitting.module, "en", sitting.registration, number)
    found = {each.id: answer(Random(1), each, 1.0) for each in quiz}
    return {name: response for name, response in found.items() if response}


def _row(number: int, now: datetime) -> dict[str, Any]:
    email = f"person-{number}@bench.example"
    return {
        "id": FIRST_PERSON + number,
        "account": corpus.account(number),
        "email": email,
        "name": f"Person {number}",
        "searched": f"person {number} {email}",
        "role": "professional",
        "region": "BE234",
        "language": "en",
        "organisation_id": None,
        "answers_for": "region",
        "cohort_id": None,
        "password_hash": None,
        "active": True,
        "created_at": now,
    }
