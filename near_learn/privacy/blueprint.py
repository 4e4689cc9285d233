"""The pages about personal data that everybody has: who looked at a record, taking it along, being erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from near_learn.config import Settings
from near_learn.db import db, snapshot, writing
from near_learn.people import role
from near_learn.people.access import role_required, signed_in
from near_learn.people.person import Person
from near_learn.privacy import actions, erasure, export, logbook, quiet_log, tombstone, wording
from near_learn.privacy.erasure import LastOperator
from near_learn.privacy.forms import EraseForm
from near_learn.security import limiter
from xapi.lrs import LRS

FILES_PER_ADDRESS = "20 per minute"
WRONG_PASSWORDS = "10 per 15 minutes"
UNPROCESSABLE = 422

blueprint = Blueprint("privacy", __name__)


def init_app(app: Flask) -> None:
    # Its pages belong to the same blueprint.
    from near_learn.privacy import desk as desk

    app.logger.addFilter(quiet_log.QUIET)
    settings: Settings = app.extensions["settings"]
    if settings.secret_key:
        lrs: LRS = app.extensions["lrs"]
        lrs.on_agents = tombstone.check
    app.register_blueprint(blueprint)
    app.register_error_handler(tombstone.Erased, erased)


def erased(error: tombstone.Erased) -> tuple[str, int]:
    """For whoever was erased while they had a page open: what they send now is about nobody."""
    db.session.rollback()
    text = gettext("You have been erased here, so nothing is recorded about you any more.")
    return render_template("privacy/erased.html", text=text), error.status


def tried_person() -> str:
    """Whose password somebody tries, to count the wrong ones."""
    return f"erase:{getattr(current_user, 'id', 'nobody')}"


def wrong(response: Response) -> bool:
    """Whether the answer says that the entry was wrong."""
    return response.status_code == UNPROCESSABLE


@blueprint.get("/my-record/seen")
@role_required()
def seen() -> str:
    """Who has looked at the person's record or changed something about them."""
    found = logbook.about(db.session.connection(), signed_in().account, page_number())
    return render_template("privacy/seen.html", found=found, action=actions.name, role_names=role.NAMES)


@blueprint.get("/my-record/near-learn-everything.zip")
@limiter.limit(FILES_PER_ADDRESS)
@role_required()
def everything() -> Response:
    """Everything that is held about the person who asks."""
    return zip_of(signed_in())


@blueprint.get("/account/erase")
@role_required()
def erase() -> str:
    """What erasing the person would do, and the form with which they ask for it."""
    return erase_page(EraseForm())


@blueprint.post("/account/erase")
@limiter.limit(WRONG_PASSWORDS, key_func=tried_person, deduct_when=wrong)
@role_required()
def ask_to_erase() -> AnyResponse | tuple[str, int]:
    """Keeps the request for an operator."""
    form = EraseForm()
    if not form.validate_on_submit():
        return erase_page(form), UNPROCESSABLE
    account = signed_in().account
    with writing() as connection:
        erasure.ask(connection, account, datetime.now(UTC))
    flash(gettext("Your request waits for an operator. Until then you can take it back here."), "good")
    return redirect(url_for("privacy.erase"))


@blueprint.post("/account/erase/withdraw")
@role_required()
def withdraw() -> AnyResponse:
    """Takes the request back."""
    account = signed_in().account
    with writing() as connection:
        found = erasure.withdraw(connection, account)
    if found:
        flash(gettext("You have taken your request back. Everything stays as it is."), "good")
    return redirect(url_for("privacy.erase"))


def erase_page(form: EraseForm) -> str:
    """The page around FORM."""
    person, connection = signed_in(), db.session.connection()
    waits = erasure.waiting(connection, person.account)
    try:
        lines = None if waits else wording.lines(erasure.plan(connection, person).counts)
    except LastOperator:
        lines = []
    if not person.password_hash:
        form.proof.label.text = gettext("Your e-mail address, to be sure that it is you")
    return render_template("privacy/erase.html", form=form, waits=waits, lines=lines, person=person)


def zip_of(person: Person) -> Response:
    """The export about PERSON, made while it is sent."""
    now = datetime.now(UTC)
    account = person.account
    if person in db.session:
        db.session.expunge(person)

    def pieces() -> Iterator[bytes]:
        with snapshot() as connection:
            yield from export.to_zip(connection, person, now)

    name = f"near-learn-everything-{account[:8]}-{now.date().isoformat()}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(pieces()), mimetype="application/zip", headers=headers)


def page_number() -> int:
    """The page that the address asks for; 404 for what is none."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        abort(404)
    return int(text)


def settings() -> Settings:
    """Those of this installation."""
    found: Settings = current_app.extensions["settings"]
    return found
