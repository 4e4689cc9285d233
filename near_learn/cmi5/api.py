"""Imported courses as an API: for a portal that launches them, or a test that drives everything.

Each request carries a token of an operator. docs/integrators.md describes each address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, InternalServerError

from near_learn.cmi5 import course, importing, launch, removal, session
from near_learn.cmi5.blueprint import limits
from near_learn.cmi5.course import Imported
from near_learn.cmi5.launch import LaunchError, Taker
from near_learn.cmi5.request import Wrong, read_address, read_launch, read_reason
from near_learn.cmi5.structure import Block, Refused, Unit
from near_learn.cmi5.system import Voice, system
from near_learn.db import db, writing
from near_learn.people.person import Person
from near_learn.people.role import Role
from near_learn.privacy import audit
from near_learn.records import recorder
from near_learn.records.learner import Learner
from near_learn.reports.bearing import FORBIDDEN, WRONG, WRONG_SCOPE, NotOpened, bearer, challenged, refused
from near_learn.reports.token import Scope
from near_learn.security import limiter

REQUESTS = "600 per minute"
MISSING = "There is nothing at this address."

blueprint = Blueprint("cmi5_api", __name__, url_prefix="/api/v1/cmi5")


# Once, also where a process makes several applications: each call would count every request once more.
limiter.shared_limit(REQUESTS, "cmi5")(blueprint)
limiter.shared_limit(WRONG, WRONG_SCOPE, deduct_when=refused)(blueprint)


class Failed(Exception):
    """The request cannot be answered as asked."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@blueprint.url_value_preprocessor
def allow_packages(endpoint: str | None, _values: object) -> None:
    """A token that may import may send a whole package. Set before anything looks into the request."""
    g.language = "en"
    if endpoint == "cmi5_api.take":
        with suppress(NotOpened):
            operator(Scope.PACKAGES)
            request.max_content_length = limits().packed + 1


def operator(scope: Scope) -> Person:
    """The operator whose token this request carries. Raises NotOpened without one that opens SCOPE."""
    person = bearer(scope).person
    if person.role != Role.OPERATOR:
        raise NotOpened(FORBIDDEN)
    return person


@blueprint.post("/courses")
def take() -> tuple[Response, int]:
    """Imports the package that the request consists of, or the one at the address that its JSON names."""
    by, most = operator(Scope.PACKAGES).account, limits()
    settings = current_app.extensions["settings"]
    with importing.incoming(settings.data.resolve()) as folder:
        package = folder / "package"
        if request.mimetype == "application/json":
            read_address(request.get_data(), package, most, private=settings.package_private_addresses)
        else:
            importing.keep(request.stream, package, most)
        found = importing.take(settings.data.resolve(), folder, package, most, by=by)
    return _told(_shown(found)), 201


@blueprint.get("/courses")
def listing() -> Response:
    """Every imported course, without its units."""
    operator(Scope.PACKAGES)
    with db.engine.connect() as connection:
        return _told({"courses": [_headed(each) for each in course.present(connection)]})


@blueprint.get("/courses/<id_>")
def show(id_: str) -> Response:
    """A course with its blocks and units."""
    operator(Scope.PACKAGES)
    return _told(_shown(_course(id_)))


@blueprint.delete("/courses/<id_>")
def delete(id_: str) -> tuple[str, int]:
    """Takes a course away; what people did in it stays."""
    by = operator(Scope.PACKAGES).account
    removal.delete(current_app.extensions["settings"].data.resolve(), _course(id_), by=by)
    return "", 204


@blueprint.post("/courses/<id_>/units/<unit>/launch")
def launched(id_: str, unit: str) -> Response:
    """An address that launches the unit for a person, once."""
    by = operator(Scope.LAUNCHES).account
    found, asked, now, one = _course(id_), read_launch(request.get_data()), datetime.now(UTC), system()
    part = _unit(found, unit)
    if asked.person is not None:
        taker = Taker.of(
            Learner.of(asked.person, asked.language or asked.person.language or "en"), recorder()
        )
    else:
        taker = Taker.elsewhere(asked.actor, one, asked.language, asked.region)
    about = asked.person.account if asked.person else ""
    with writing() as connection:
        enrolled = launch.enrol(connection, one, found, taker, now, asked.registration)
        made = launch.launch(
            connection, one, found, part, enrolled, now, mode=asked.mode, return_url=asked.return_url
        )
        detail: dict[str, audit.Value] = {"course": found.id, "unit": part.id}
        audit.note(connection, actor=by, action="unit.launched", about=about, detail=detail)
    return _told(vars(made))


@blueprint.post("/registrations/<registration>/units/<unit>/waive")
def waive(registration: str, unit: str) -> Response:
    """The unit need not be taken (9.3.7)."""
    by, reason = operator(Scope.LAUNCHES).account, read_reason(request.get_data())
    with writing() as connection:
        voice = _voice(connection, registration)
        part = _unit(voice.course, unit)
        launch.waive(connection, voice, part, reason, datetime.now(UTC))
        detail: dict[str, audit.Value] = {"course": voice.course.id, "unit": part.id}
        audit.note(connection, actor=by, action="unit.waived", about=_own(voice), detail=detail)
    return _told({"registration": registration, "unit": part.id, "waived": True})


@blueprint.post("/sessions/<id_>/abandon")
def abandon(id_: str) -> Response:
    """Ends the session (9.3.6)."""
    by, now = operator(Scope.LAUNCHES).account, datetime.now(UTC)
    with writing() as connection:
        row = session.find(connection, id_)
        if row is None:
            raise Failed(404, MISSING)
        if row.ended_at is not None:
            raise Failed(409, "The session has ended already.")
        voice = _voice(connection, row.registration)
        launch.abandon(connection, voice, row, now)
        detail: dict[str, audit.Value] = {"course": voice.course.id, "unit": row.unit}
        audit.note(connection, actor=by, action="session.abandoned", about=_own(voice), detail=detail)
    return _told({"session": id_, "abandoned": True})


def _course(id_: str) -> Imported:
    with db.engine.connect() as connection:
        found = course.find(connection, id_)
    if found is None or found.deleted_at is not None:
        raise Failed(404, MISSING)
    return found


def _unit(found: Imported, unit: str) -> Unit:
    try:
        return found.structure.unit(unit)
    except KeyError:
        raise Failed(404, f"The course has no unit {unit!r}.") from None


def _voice(connection: Any, registration: str) -> Voice:
    enrolled = session.enrolled(connection, registration.lower())
    found = None if enrolled is None else course.find(connection, enrolled.course)
    if enrolled is None or found is None:
        raise Failed(404, MISSING)
    return Voice(system(), enrolled, found)


def _own(voice: Voice) -> str:
    """The account whose registration it is, when it is one of ours."""
    own: Mapping[str, Any] = voice.enrolled.actor.get("account", {})
    return voice.enrolled.account if own.get("homePage") == voice.system.iris.base else ""


def _headed(found: Imported) -> dict[str, Any]:
    return {
        "id": found.id,
        "publisher_id": found.structure.publisher_id,
        "title": found.title,
        "release": found.release,
        "imported_at": found.imported_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "units": len(found.structure.units),
    }


def _shown(found: Imported) -> dict[str, Any]:
    return {**_headed(found), "children": [_part(child) for child in found.structure.children]}


def _part(part: Block | Unit) -> dict[str, Any]:
    told: dict[str, Any] = {"id": part.id, "publisher_id": part.publisher_id, "title": part.title}
    if isinstance(part, Block):
        return {**told, "children": [_part(child) for child in part.children]}
    return {**told, "move_on": part.move_on, "mastery_score": part.mastery_score}


# --- what cannot be answered -------------------------------------------------------------------------


@blueprint.errorhandler(Failed)
@blueprint.errorhandler(NotOpened)
def failed(error: Failed | NotOpened) -> Response:
    response = _told({"error": {"status": error.status, "message": str(error)}})
    response.status_code = error.status
    return challenged(response)


@blueprint.errorhandler(Refused)
@blueprint.errorhandler(Wrong)
def unusable(error: Refused | Wrong) -> tuple[Response, int]:
    message = "The package was refused." if isinstance(error, Refused) else "The request was refused."
    return _told({"error": {"status": 422, "message": message, "problems": error.problems}}), 422


@blueprint.errorhandler(LaunchError)
def conflict(error: LaunchError) -> tuple[Response, int]:
    return _told({"error": {"status": 409, "message": f"Refused: {error}."}}), 409


@blueprint.errorhandler(HTTPException)
def http(error: HTTPException) -> tuple[Response, int]:
    status = error.code or 500
    if isinstance(error, InternalServerError):
        current_app.logger.error(
            "failed: %s %s", request.method, request.path, exc_info=error.original_exception
        )
    message = f"More than {limits().packed // 1024 // 1024} MB." if status == 413 else error.name
    return _told({"error": {"status": status, "message": message}}), status


def _told(value: Mapping[str, Any]) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, indent=2), mimetype="application/json")
