"""Imported courses in the browser: importing, taking away, looking at one, starting a unit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.cmi5 import course as courses
from near_learn.cmi5 import importing, launch, remote, removal, standing
from near_learn.cmi5.blueprint import IMPORTERS, blueprint, limits
from near_learn.cmi5.course import Imported
from near_learn.cmi5.form import ImportForm
from near_learn.cmi5.launch import Taker
from near_learn.cmi5.standing import State, Where
from near_learn.cmi5.structure import Refused
from near_learn.cmi5.system import system
from near_learn.cmi5.wording import MODES
from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.people.access import role_required, signed_in
from near_learn.records import Learner, recorder
from near_learn.security import CONTENT_SECURITY_POLICY

UNPROCESSABLE = 422
SHOWN = 200  # problems on a page; the API tells all


@blueprint.get("/")
@role_required(*IMPORTERS)
def listing() -> str:
    """The imported courses, and the form that imports one more."""
    return _listing(ImportForm(formdata=None), [])


@blueprint.post("/")
@role_required(*IMPORTERS)
def take() -> Response | tuple[str, int]:
    """Imports a package, or names every reason why not."""
    form, by, data = ImportForm(), signed_in().account, _data()
    if not form.validate_on_submit():
        return _listing(form, []), UNPROCESSABLE
    try:
        with importing.incoming(data) as folder:
            package = folder / "package"
            if form.file.data:
                importing.keep(form.file.data.stream, package, limits())
            else:
                private = _settings().package_private_addresses
                remote.fetch(form.address.data, package, limits(), private=private)
            found = importing.take(data, folder, package, limits(), by=by)
    except Refused as error:
        return _listing(form, error.problems), UNPROCESSABLE
    flash(gettext("“%(title)s” is imported.", title=found.name(current_language())), "good")
    return redirect(url_for("cmi5.course", id_=found.id))


@blueprint.get("/<id_>")
@role_required()
def course(id_: str) -> Response:
    """The course: its blocks and units, where the person stands, and a button for each unit."""
    where = _where(id_)
    response = make_response(
        render_template("cmi5/course.html", where=where, course=where.course, State=State, may_delete=_may())
    )
    # A browser asks of the redirect after a form, too, whether the form may lead there.
    leads = " ".join(["form-action 'self'", *sorted(_origins(where.course))])
    policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", leads)
    response.headers["Content-Security-Policy"] = policy
    return response


@blueprint.post("/<id_>/units/<unit>")
@role_required()
def start(id_: str, unit: str) -> Response:
    """Launches the unit in this window; the unit leads back to the course's page."""
    found, mode, person, one = _where(id_).course, request.form.get("mode", MODES[0]), signed_in(), system()
    try:
        part = found.structure.unit(unit)
    except KeyError:
        abort(404)
    if mode not in MODES:
        abort(400)
    taker = Taker.of(Learner.of(person, current_language()), recorder())
    back = one.settings.base_url + url_for("cmi5.course", id_=id_)
    with writing() as connection:
        now = datetime.now(UTC)
        enrolled = launch.enrol(connection, one, found, taker, now)
        made = launch.launch(connection, one, found, part, enrolled, now, mode=mode, return_url=back)
    return redirect(made.address, 303)


@blueprint.get("/<id_>/delete")
@role_required(*IMPORTERS)
def ask(id_: str) -> str:
    """What deleting the course does, before it is done."""
    return render_template("cmi5/delete.html", course=_where(id_).course)


@blueprint.post("/<id_>/delete")
@role_required(*IMPORTERS)
def delete(id_: str) -> Response:
    """Takes the course away; its records stay."""
    by, found = signed_in().account, _where(id_).course
    removal.delete(_data(), found, by=by)
    flash(gettext("The course is deleted. What people did in it stays in their records."), "good")
    return redirect(url_for("cmi5.listing"))


def _listing(form: ImportForm, problems: list[str]) -> str:
    with db.engine.connect() as connection:
        found = courses.present(connection)
    return render_template(
        "cmi5/listing.html",
        form=form,
        courses=found,
        problems=problems[:SHOWN],
        more=max(0, len(problems) - SHOWN),
        megabytes=limits().packed // 1024 // 1024,
    )


def _where(id_: str) -> Where:
    with db.engine.connect() as connection:
        found = standing.in_one(connection, signed_in().account, id_)
    if found is None:
        abort(404)
    return found


def _origins(found: Imported) -> set[str]:
    """The sites on which units are that do not come with the package, as a policy names them."""
    own = {_settings().package_origin} if _settings().package_origin else set()
    parts = [urlsplit(unit.url) for unit in found.structure.units]
    elsewhere = {
        f"{part.scheme}://{part.netloc}" if part.scheme in ("http", "https") else f"{part.scheme}:"
        for part in parts
        if part.scheme
    }
    # What is no plain host would end the rule and begin another.
    return own | {site for site in elsewhere if not set(site) & set(" ;,'\"*@")}


def _may() -> bool:
    return signed_in().role in IMPORTERS


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _data() -> Path:
    return _settings().data.resolve()
