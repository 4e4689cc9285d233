"""My record: everything that is stored about the person who asks, to read and to take away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Response, abort, current_app, render_template, request, stream_with_context
from flask_babel import force_locale

from near_learn.config import Settings
from near_learn.db import reading, snapshot
from near_learn.languages import LANGUAGES, current_language
from near_learn.people import cohort, region, role
from near_learn.people.access import signed_in
from near_learn.player import due, my_courses, my_files, my_statements
from near_learn.player.blueprint import blueprint
from near_learn.records import wording
from near_learn.security import limiter
from xapi.lrs import LRS

FILES_PER_ADDRESS = "20 per minute"


@blueprint.get("/my-record")
def my_record() -> str:
    """Who the person is here, their courses and certificates, and the ways to everything else."""
    person, connection, language = signed_in(), reading(), current_language()
    mine = my_courses.courses(connection, person.account)
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "player/my_record.html",
        person=person,
        role_names=role.NAMES,
        region_name=region.name(person.region, language),
        cohort=cohort.name(connection, person.cohort_id),
        mine=mine,
        due=due.of(person),
        certificates=my_courses.certificates(connection, mine),
        of={each.row.registration: each for each in mine},
        session_hours=settings.session_hours,
    )


@blueprint.get("/my-record/courses/<id_>")
def my_course(id_: str) -> str:
    """Everything recorded in one registration of the person's own."""
    connection, language = reading(), current_language()
    mine = my_courses.course(connection, signed_in().account, id_)
    if mine is None:
        abort(404)
    found = my_courses.details(connection, id_)
    lrs: LRS = current_app.extensions["lrs"]
    statements = lrs.store.some(connection, [row.statement_id for row in found.answers])
    iris, titles = my_statements.iris(), my_statements.titles(language)
    answers = [
        (
            row,
            wording.name(stored.statement["object"], iris, language, titles),
            wording.response(stored.statement, language),
        )
        for row in found.answers
        if (stored := statements.get(row.statement_id)) is not None
    ]
    return render_template(
        "player/my_course.html",
        mine=mine,
        found=found,
        answers=answers,
        cohort=cohort.name(connection, mine.row.cohort) or mine.row.cohort,
    )


@blueprint.get("/my-record/statements")
def my_statement_list() -> str:
    """The statements about the person as sentences, the newest first, a page of them."""
    withdrawn = bool(request.args.get("withdrawn"))
    told, cursor = my_statements.page(
        reading(),
        signed_in().account,
        current_language(),
        before=_place(request.args.get("before", "")),
        withdrawn=withdrawn,
    )
    return render_template("player/my_statements.html", told=told, cursor=cursor, withdrawn=withdrawn)


@blueprint.get("/my-record/statements/<id_>")
def my_statement(id_: str) -> str:
    """One statement about the person, as it is stored."""
    found = my_statements.one(reading(), signed_in().account, id_, current_language())
    if found is None:
        abort(404)
    return render_template("player/my_statement.html", told=found)


@blueprint.get("/my-record/near-learn-my-record.json")
@limiter.limit(FILES_PER_ADDRESS)
def my_record_json() -> Response:
    """Everything, with the statements exactly as they are stored."""
    person = signed_in()
    now = datetime.now(UTC)

    def pieces() -> Iterator[str]:
        with snapshot() as connection:
            yield from my_files.to_json(connection, person, now)

    return _file(pieces(), "application/json", f"near-learn-my-record-{now.date().isoformat()}.json")


@blueprint.get("/my-record/near-learn-my-record.csv")
@limiter.limit(FILES_PER_ADDRESS)
def my_record_csv() -> Response:
    """The statements as a table, in the person's language."""
    person, language = signed_in(), current_language()
    locale = LANGUAGES[language][1]

    def pieces() -> Iterator[str]:
        with snapshot() as connection, force_locale(locale):
            yield from my_files.to_csv(connection, person, language, locale)

    return _file(pieces(), "text/csv", f"near-learn-my-record-{datetime.now(UTC).date().isoformat()}.csv")


def _file(pieces: Iterator[str], mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(pieces), mimetype=mimetype, headers=headers)


def _place(text: str) -> int | None:
    """A place in the list of statements; 404 for what is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        abort(404)
    return int(text)
