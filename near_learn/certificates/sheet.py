"""What stands on a certificate, in words and in one language: the page and the PDF say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date, gettext, ngettext

from near_learn.certificates.certificate import Certificate, grouped
from near_learn.certificates.ground import Ground, Module
from near_learn.cmi5.course import unit_title
from near_learn.content import Course
from near_learn.content_library import library

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Text:
    """Words in a language: that of the certificate, unless there is no translation."""

    text: str
    language: str


@dataclass(frozen=True)
class Part:
    """A module, and when it was done."""

    title: Text
    done: str


@dataclass(frozen=True)
class Sheet:
    """The words of a certificate. `facts` are pairs of a label and what stands for it."""

    language: str
    title: str
    holder: str
    name: str
    course_label: str
    course: Text
    facts: tuple[tuple[str, str], ...]
    parts_label: str
    parts: tuple[Part, ...]
    time_note: str
    meaning: str
    check: str
    picture: str
    address: str
    code_label: str
    code: str


def of(certificate: Certificate, ground: Ground, address: str, language: str, now: datetime) -> Sheet:
    """The sheet in LANGUAGE, which must be the one in force for messages and dates, as of NOW."""
    return Sheet(
        language=language,
        title=gettext("Certificate of completion"),
        holder=gettext("Issued to"),
        name=certificate.name,
        course_label=gettext("Course completed"),
        course=course_title(ground, language),
        facts=(*facts(ground, now), (gettext("Certificate issued on"), day(certificate.issued_at))),
        parts_label=gettext("Modules completed"),
        parts=parts(ground, language),
        time_note=gettext(
            "Active time is what was measured while pages were in use. Longer pauses are left out; "
            "reading on paper or talking with colleagues is not measured."
        ),
        meaning=gettext(
            "This certificate says that the course was completed. It says nothing about competence at "
            "work and is not a recognised qualification."
        ),
        check=gettext("Anybody can check whether this certificate holds at this address:"),
        picture=gettext("QR code that leads to the same address"),
        address=address,
        code_label=gettext("Code"),
        code=grouped(certificate.code),
    )


def facts(ground: Ground, now: datetime) -> tuple[tuple[str, str], ...]:
    """What was done, when, how long and of which release; no name."""
    passed = ((gettext("Every quiz passed on"), day(ground.passed_at)),) if ground.passed_at else ()
    time = gettext("%(time)s, recorded until %(day)s", time=duration(ground.seconds), day=day(now))
    return (
        (gettext("Begun on"), day(ground.enrolled_at)),
        (gettext("Completed on"), day(ground.completed_at)),
        *passed,
        (gettext("Active time"), time),
        (gettext("Release of the course"), ground.release or gettext("not stated")),
    )


def course_title(ground: Ground, language: str) -> Text:
    """The course's title in LANGUAGE if there is one; else in English, else its id."""
    for code in (language, "en"):
        if code in ground.title:
            return Text(ground.title[code], code)
    return Text(ground.course, "")


def parts(ground: Ground, language: str) -> tuple[Part, ...]:
    """The modules in the course's order. One that is no longer offered is named by its id."""
    course = library().courses.get(ground.course)
    return tuple(
        Part(_title(ground.course, course, module, language), _done(module)) for module in ground.modules
    )


def _title(of: str, course: Course | None, module: Module, language: str) -> Text:
    try:
        text = course.module(module.id).text(language) if course else None
    except KeyError:
        text = None
    if text:
        return Text(text.title, text.language)
    return Text(unit_title(of, module.id, language) or module.id, "")


def _done(module: Module) -> str:
    if module.passed_at:
        return str(gettext("%(day)s, quiz passed", day=day(module.completed_at)))
    return day(module.completed_at)


def day(moment: datetime) -> str:
    """A day in words, in the installation's time zone."""
    return str(format_date(moment, "long"))


def duration(seconds: float) -> str:
    """Active time, in minutes or in hours and minutes."""
    hours, minutes = divmod(round(seconds / MINUTE), HOUR // MINUTE)
    if hours:
        return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
