"""The pages of gatherings: announcing one, its code, who was there; and where attendance is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
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
    url_for,
)
from flask_babel import gettext, ngettext
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from near_learn.config import Settings
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.events import attendance, roll
from near_learn.events import gathering as gatherings
from near_learn.events.form import GatheringForm, RollForm
from near_learn.events.gathering import Gathering, Kind, State
from near_learn.languages import current_language
from near_learn.people import region
from near_learn.people.access import role_required, signed_in
from near_learn.people.role import Role
from near_learn.privacy import audit
from near_learn.records import Learner, recorder
from near_learn.security import limiter

# Only wrong codes count, and those of one person: a room full of people shares an address.
WRONG_CODES = "20 per 10 minutes"
# A list tells whom it found: it must not be a way to look for people.
WRONG_LISTS = "30 per 10 minutes"
CONFLICT, GONE, UNPROCESSABLE = 409, 410, 422

organisers_only = role_required(Role.TRAINER, Role.MANAGER, Role.OPERATOR)
blueprint = Blueprint("events", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.context_processor
def words() -> dict[str, object]:
    """What every template here needs: names of kinds and courses, and whether a gathering is open."""
    now, local = datetime.now(UTC), zone()
    return {
        "kinds": gatherings.NAMES,
        "courses": course_titles(),
        "State": State,
        "state_of": lambda found: found.state(now, local),
    }


def whoever() -> str:
    """Whose wrong codes are counted."""
    return current_user.account if current_user.is_authenticated else get_remote_address()


def refused(response: Response) -> bool:
    """Whether a list named somebody who was not found."""
    return response.status_code == UNPROCESSABLE


# --- for organisers ----------------------------------------------------------------------------------


@blueprint.get("/events/")
@organisers_only
def listing() -> str:
    """The gatherings that the reader announced or that belong to their territory."""
    return render_template(
        "events/listing.html",
        gatherings=gatherings.seen_by(signed_in()),
        counts=attendance.counts(db.session.connection()),
    )


@blueprint.route("/events/new", methods=["GET", "POST"])
@organisers_only
def announce() -> str | tuple[str, int] | AnyResponse:
    """Announces a gathering in the organiser's region, and leads to its code."""
    today = datetime.now(zone()).date()
    form = GatheringForm(language=current_language(), held_on=today)
    form.offer(course_titles(), today)
    if not form.validate_on_submit():
        page = render_template("events/announce.html", form=form)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    organiser = signed_in()
    values = {"region": organiser.region, "organisation": organiser.organisation_id or ""}
    author = organiser.account
    with writing() as connection:
        id_ = gatherings.announce(
            connection,
            course=form.course.data,
            kind=Kind(form.kind.data),
            title=form.title.data,
            language=form.language.data,
            held_on=form.held_on.data,
            closes_at=gatherings.closing(form.held_on.data, zone()),
            created_by=author,
            **values,
        )
    return redirect(url_for("events.page", id_=id_))


@blueprint.get("/events/<uuid:id_>")
@organisers_only
def page(id_: UUID) -> str:
    """The code to show on the wall, how many were there, and who, as far as the reader may know."""
    return gathering_page(seen_or_404(id_), RollForm(formdata=None))


def gathering_page(found: Gathering, form: RollForm, problems: Sequence[str] = ()) -> str:
    """The page, with the form for a list and what is wrong with its lines."""
    address = settings().base_url + url_for("events.confirm", code=found.code)
    connection = db.session.connection()
    people = attendance.people(connection, found.id, signed_in())
    audit.seen(actor=signed_in().account, action="names.viewed", about=[each.account for each in people])
    return render_template(
        "events/page.html",
        gathering=found,
        address=address,
        qr=qr(address),
        count=attendance.counts(connection).get(found.id, 0),
        people=people,
        region_names=region.names({each.region for each in people}, current_language()),
        form=form,
        problems=problems,
        may_take_off=signed_in().role != Role.TRAINER,
    )


@blueprint.post("/events/<uuid:id_>/list")
@limiter.limit(WRONG_LISTS, key_func=whoever, deduct_when=refused)
@organisers_only
def put_on_list(id_: UUID) -> tuple[str, int] | AnyResponse:
    """Records attendance of those whom an organiser names: of all of them or, with a mistake, of none."""
    found, form, organiser = seen_or_404(id_), RollForm(), signed_in()
    if found.state(datetime.now(UTC), zone()) is State.EARLY:
        abort(CONFLICT)
    if not form.validate_on_submit():
        return gathering_page(found, form), UNPROCESSABLE
    named = roll.find(form.people.data, roll.may_choose(organiser, found))
    if named.problems or not named.people:
        return gathering_page(found, form, named.problems), UNPROCESSABLE
    actor, at = organiser.account, roll.moment(found, datetime.now(UTC), zone())
    learners = [Learner.of(person, person.language) for person in named.people]
    with writing() as connection:
        done = roll.record(connection, recorder(), found, learners, at)
        detail = {"event": str(id_)}
        audit.note_all(connection, actor=actor, action="attendance.listed", about=done.new, detail=detail)
    text = ngettext(
        "%(num)s person is on the list now.", "%(num)s people are on the list now.", len(done.new)
    )
    if done.before:
        text += " " + ngettext("%(num)s was on it before.", "%(num)s were on it before.", done.before)
    flash(text, "good")
    return redirect(url_for("events.page", id_=id_, _anchor="attendance"))


@blueprint.post("/events/<uuid:id_>/close")
@organisers_only
def close(id_: UUID) -> AnyResponse:
    """The code is worth nothing from now on."""
    found = seen_or_404(id_)
    with writing() as connection:
        gatherings.close(connection, found.id, datetime.now(UTC))
    return redirect(url_for("events.page", id_=id_))


@blueprint.post("/events/<uuid:id_>/take-off")
@role_required(Role.MANAGER, Role.OPERATOR)
def take_off(id_: UUID) -> AnyResponse:
    """Takes somebody off whose records the reader may see: the system voids the statement."""
    found, account = seen_or_404(id_), request.form.get("account", "")
    people = attendance.people(db.session.connection(), found.id, signed_in())
    if account not in {each.account for each in people}:
        abort(404)
    actor = signed_in().account
    with writing() as connection:
        if attendance.take_off(connection, recorder(), str(id_), account, datetime.now(UTC)):
            detail = {"event": str(id_)}
            audit.note(connection, actor=actor, action="attendance.removed", about=account, detail=detail)
    flash(gettext("Taken off the list. The statement is withdrawn."), "good")
    return redirect(url_for("events.page", id_=id_))


# --- for those who were there ------------------------------------------------------------------------


def unknown(response: Response) -> bool:
    """Whether the code was none."""
    return response.status_code == 404


wrong_codes = limiter.shared_limit(WRONG_CODES, scope="attendance", key_func=whoever, deduct_when=unknown)


@blueprint.get("/attend")
@role_required()
def enter() -> str | AnyResponse:
    """Where a code is typed; leads to its page."""
    typed = request.args.get("code", "")
    if typed:
        return redirect(url_for("events.confirm", code=gatherings.normal(typed) or typed[:100]))
    return render_template("events/enter.html", typed="")


@blueprint.get("/attend/<code>")
@wrong_codes
@role_required()
def confirm(code: str) -> str | tuple[str, int] | AnyResponse:
    """What will be recorded, with the one button that does it; afterwards, what was."""
    known = gatherings.normal(code)
    if known and known != code:
        return redirect(url_for("events.confirm", code=known))
    found = gatherings.by_code(known) if known else None
    if found is None:
        return render_template("events/enter.html", typed=code), 404
    done = attendance.statement_of(db.session.connection(), found.id, signed_in().account)
    shown = render_template("events/attend.html", gathering=found, statement=done)
    return shown if done else (shown, status(found))


@blueprint.post("/attend/<code>")
@wrong_codes
@role_required()
def attend(code: str) -> str | tuple[str, int] | AnyResponse:
    """Records that the person was there, once however often it is sent."""
    found = gatherings.by_code(code)
    if found is None:
        return render_template("events/enter.html", typed=code), 404
    if found.state(datetime.now(UTC), zone()) is State.OPEN:
        learner = Learner.of(signed_in(), current_language())
        with writing() as connection:
            attendance.record(connection, recorder(), found, learner, datetime.now(UTC))
        return redirect(url_for("events.confirm", code=code))
    return render_template("events/attend.html", gathering=found, statement=None), status(found)


def status(found: Gathering) -> int:
    """The status of the page on which somebody would record attendance."""
    return {State.OPEN: 200, State.EARLY: CONFLICT, State.CLOSED: GONE}[
        found.state(datetime.now(UTC), zone())
    ]


def seen_or_404(id_: UUID) -> Gathering:
    """The gathering, if the reader may see it."""
    found = gatherings.seen_by(signed_in(), str(id_))
    if not found:
        abort(404)
    return found[0]


def course_titles() -> dict[str, str]:
    """The courses by id, in the reader's language where they have it."""
    language = current_language()
    return {
        id_: course.title.get(language) or course.title["en"] for id_, course in library().courses.items()
    }


def qr(address: str) -> str:
    """ADDRESS as a QR code, an SVG drawing on white, with the margin that cameras need."""
    return str(segno.make(address, error="m", micro=False).svg_inline(scale=5, light="#fff", border=4))


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def zone() -> ZoneInfo:
    """Where the days of gatherings begin and end."""
    return ZoneInfo(settings().time_zone)
