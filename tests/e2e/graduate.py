"""Somebody whose pages show every state: a course completed, one in the middle, a quiz failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from near_learn import records
from near_learn.certificates import certificate
from near_learn.content import Course, Question
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import password, person
from near_learn.people.person import Person
from near_learn.player import draft
from near_learn.records import Learner, Response, Sitting, attempt

EMAIL = "graduate@example.org"
PASSWORD = "a-quiet-cup-of-tea"
DONE = "accompaniment"
"""The course that is completed; its first module is there in all languages."""


@dataclass(frozen=True)
class Graduate:
    """Their pages by name. MAIN are those that everybody comes to."""

    main: Mapping[str, str]
    further: Mapping[str, str]
    strangers: Mapping[str, str]

    @property
    def every(self) -> dict[str, str]:
        return {**self.main, **self.further}


def make(live: Any) -> Graduate:
    """Puts them into the served application."""
    begun = datetime.now(UTC) - timedelta(days=9)
    with live.app.app_context():
        courses = library().courses
        going_on = max(courses.values(), key=lambda course: len(kinds(course)))
        untouched = next(course for course in courses.values() if course.id not in (DONE, going_on.id))
        with writing() as connection:
            account = person.add(
                connection,
                email=EMAIL,
                name="Ane Etxeberria",
                role=person.Role.PROFESSIONAL,
                region="ES220",
                cohort="navarra-autumn",
                password_hash=password.hashed(PASSWORD),
            )
            learner = Learner(account, "en", "ES220", "navarra-autumn")
            done = take_all(connection, learner, courses[DONE], begun)
            code = certificate.issue(connection, done, name="Ane Etxeberria", language="en", at=begun)
            middle = take_half(connection, learner, going_on, begun + timedelta(days=5))
            step = next(iter(live.app.extensions["lrs"].read(connection, registration=done))).id
        db.session.remove()
        pages = addresses(courses[DONE], going_on, untouched)
    further = {
        **pages.further,
        "my course": f"/my-record/courses/{done}",
        "step": f"/my-record/statements/{step}",
        "my course in the middle": f"/my-record/courses/{middle}",
    }
    strangers = {
        "welcome": "/",
        "sign in": "/sign-in",
        "certificate checked": f"/certificates/{code}",
        "code to type": "/certificates/",
        "no such code": f"/certificates/{'0' * 28}",
        "terms": "/terms",
    }
    return Graduate(pages.main, further, strangers)


def speak(live: Any, language: str) -> None:
    """From now on their pages are in LANGUAGE."""
    with live.app.app_context(), writing() as connection:
        connection.execute(update(Person).where(Person.email == EMAIL).values(language=language))


def kinds(course: Course) -> set[str]:
    """The kinds of question in the modules of a course."""
    texts = [module.text("en") for module in course.modules]
    return {question.kind for text in texts for question in (*text.checks, *text.quiz)}


def take_all(connection: Any, learner: Learner, course: Course, at: datetime) -> str:
    """Completes the course; the first module's quiz at the second attempt. Returns the registration."""
    recorder = records.recorder()
    registration: str = recorder.enrol(connection, learner, course, at)
    for module in course.modules:
        sitting = Sitting(learner, registration, course, module)
        at = read(connection, sitting, at)
        for right in (False, True) if module is course.modules[0] else (True,):
            number = 2 if right and module is course.modules[0] else 1
            at += timedelta(minutes=5)
            recorder.submit(connection, sitting, number, answers(sitting, number, right=right), at)
    return registration


def take_half(connection: Any, learner: Learner, course: Course, at: datetime) -> str:
    """Opens every module, fails the first one's quiz and has answered one question of the second's."""
    recorder = records.recorder()
    registration: str = recorder.enrol(connection, learner, course, at)
    for place, module in enumerate(course.modules):
        sitting = Sitting(learner, registration, course, module)
        at += timedelta(minutes=30)
        if place:
            recorder.open(connection, sitting, at)
            continue
        at = read(connection, sitting, at)
        for check in module.text("en").checks[::2]:
            at += timedelta(minutes=1)
            recorder.check(connection, sitting, check.id, Response(reply(check, right=False), 9.0), at)
        recorder.submit(connection, sitting, 1, answers(sitting, 1, right=False), at + timedelta(minutes=9))
    first = attempt.asked(course.modules[1], "en", registration, 1)[0]
    row = {"registration": registration, "module": course.modules[1].id, "number": 1, "question": first.id}
    response = first.join(reply(first, right=True))
    connection.execute(insert(draft.table).values(**row, response=response, seconds=3.0, at=at))
    return registration


def read(connection: Any, sitting: Sitting, at: datetime) -> datetime:
    """Opens the module and reads all of it."""
    recorder = records.recorder()
    recorder.open(connection, sitting, at)
    for section in sitting.module.text("en").sections:
        at += timedelta(minutes=2)
        recorder.progress(connection, sitting, section.id, at)
    return at


def answers(sitting: Sitting, number: int, *, right: bool) -> dict[str, Response]:
    """Every answer right, or none entirely."""
    asked = attempt.asked(sitting.module, "en", sitting.registration, number)
    return {question.id: Response(reply(question, right=right), 12.0) for question in asked}


def reply(question: Question, *, right: bool) -> tuple[str, ...]:
    """A right answer, or one that is wrong in part."""
    if question.private:
        return ("What I have seen myself.",)
    if question.kind == "likert":
        return (question.options[-1].id,)
    if right:
        return question.right
    wrong = [option.id for option in question.options if not option.correct]
    match question.kind:
        case "choice" | "true-false":
            return (wrong[0],)
        case "ordering":
            return tuple(reversed(question.right))
        case "matching":
            return question.right[:1]
        case "gap":
            return ("something else", *question.right[1:])
    return ("987654",)


def addresses(done: Course, middle: Course, untouched: Course) -> Graduate:
    """The pages of the three courses that show different things."""
    first, second = done.modules[0], middle.modules[0]
    module, failed = f"/courses/{done.id}/modules/{first.id}", f"/courses/{middle.id}/modules/{second.id}"
    next_one = f"/courses/{middle.id}/modules/{middle.modules[1].id}"
    main = {
        "catalogue": "/",
        "course": f"/courses/{middle.id}",
        "module": module,
        "section": f"{module}/sections/{first.text('en').sections[0].id}",
        "quiz": f"{next_one}/quiz",
        "question": f"{next_one}/quiz/1",
        "result": f"{module}/attempts/2",
        "certificate": f"/courses/{done.id}/certificate",
        "my record": "/my-record",
    }
    further = {
        "course completed": f"/courses/{done.id}",
        "course not begun": f"/courses/{untouched.id}",
        "module not begun": f"/courses/{untouched.id}/modules/{untouched.modules[0].id}",
        "result failed": f"{failed}/attempts/1",
        "practice": f"{failed}/attempts/1/practice",
        "quiz to begin": f"/courses/{middle.id}/modules/{middle.modules[2].id}/quiz",
        "steps": "/my-record/statements",
        "steps withdrawn": "/my-record/statements?withdrawn=1",
        "account": "/account",
        **{each.kind: f"/courses/{middle.id}/modules/{each.id}/quiz" for each in middle.instruments},
        **every_kind(middle),
    }
    return Graduate(main, further, {})


def every_kind(course: Course) -> dict[str, str]:
    """A section for each kind of question that is asked in the text of a module."""
    found: dict[str, str] = {}
    for module in course.modules:
        for section in module.text("en").sections:
            for question in section.questions:
                address = f"/courses/{course.id}/modules/{module.id}/sections/{section.id}"
                state = "answered" if module is course.modules[0] else "open"
                found.setdefault(f"{question.kind} {state}", address)
    return found
