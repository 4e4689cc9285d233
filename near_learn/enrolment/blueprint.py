"""The pages of enrolment by lists: sending one, seeing what it would do, and letting it be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    copy_current_request_context,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from near_learn import spreadsheet
from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.enrolment import application, draft, job, listing, sheet, welcome
from near_learn.enrolment.application import Changed
from near_learn.enrolment.column import NAMES, Column
from near_learn.enrolment.draft import Content, Draft, State
from near_learn.enrolment.form import UploadForm
from near_learn.enrolment.job import SHORT, jobs
from near_learn.enrolment.plan import Kind, Wishes
from near_learn.enrolment.progress import Tell, nobody
from near_learn.enrolment.sheet import Unreadable
from near_learn.enrolment.words import KINDS, Words, chosen
from near_learn.languages import LANGUAGES, current_language
from near_learn.mail import outbox
from near_learn.paging import part
from near_learn.people.access import role_required, signed_in
from near_learn.people.rights import Rights
from near_learn.people.role import Role

UNPROCESSABLE, CONFLICT = 422, 409
# What a form has beside its file.
ENVELOPE = 64 * 1024
PAGE = 100
LONGEST_NAME = 100
SAMPLE = (
    ("email", "name", "region", "cohort", "language", "courses"),
    ("ane@example.org", "Ane Etxeberria", "ES220", "Pilot Navarra", "es", "accompaniment"),
    ("eleni@example.org", "Eleni Papadopoulou", "EL301", "", "el", "accompaniment; person"),
)

enrolment_desk = role_required(Role.MANAGER, Role.OPERATOR)
blueprint = Blueprint("enrolment", __name__, url_prefix="/enrolment")


def init_app(app: Flask) -> None:
    job.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.url_value_preprocessor
def limit_size(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything is read: what is larger than a list may be is refused by its stated length."""
    request.max_content_length = sheet.MOST_BYTES + ENVELOPE


@blueprint.route("/", methods=["GET", "POST"])
@enrolment_desk
def upload() -> str | tuple[str, int] | AnyResponse:
    """Where a list is sent; leads to what it would do."""
    form = UploadForm()
    if request.method == "GET":
        return upload_page(form)
    if not form.validate():
        return upload_page(form), UNPROCESSABLE
    sent: FileStorage = form.file.data
    try:
        read = listing.read(sent.stream.read())
    except Unreadable as error:
        return upload_page(form, error.problems), UNPROCESSABLE
    make = bool(form.make_organisations.data) and signed_in().role == Role.OPERATOR
    made, _known = application.made_now(read.rows, wishes(make))
    content = Content((sent.filename or "")[:LONGEST_NAME], read, made, make)
    packed, account = content.packed(), signed_in().account
    with writing() as connection:
        id_ = draft.keep(connection, account, packed, made.totals(), datetime.now(UTC))
    return redirect(url_for("enrolment.plan", id_=id_))


@blueprint.get("/sample.csv")
@enrolment_desk
def sample() -> Response:
    """A list to begin with, as the reader's spreadsheet opens it."""
    locale = LANGUAGES[current_language()][1]
    return csv_response("list.csv", (spreadsheet.line(row, locale) for row in SAMPLE))


@blueprint.get("/<uuid:id_>")
@enrolment_desk
def plan(id_: UUID) -> str | tuple[str, int]:
    """What the list would do, row by row; how far it is; or what it did."""
    found = draft_or_404(id_)
    if found.state is State.DONE:
        return render_template("enrolment/done.html", totals=found.totals, mail=outbox.ready())
    if found.state is State.WORKING and not found.abandoned(datetime.now(UTC)):
        return render_template("enrolment/working.html", id_=found.id, job=jobs().get(found.id))
    content = found.content()
    return plan_page(found, content) if content else abort(404)


@blueprint.get("/<uuid:id_>/plan.csv")
@enrolment_desk
def plan_csv(id_: UUID) -> Response:
    """The same as a file, every row of it."""
    content = draft_or_404(id_).content()
    if content is None:
        abort(404)
    locale, words = LANGUAGES[current_language()][1], Words.of(content.plan)

    def lines() -> Iterator[str]:
        heading = (
            gettext("Row"),
            NAMES[Column.EMAIL],
            gettext("What happens"),
            gettext("Cell"),
            gettext("Message"),
        )
        yield spreadsheet.line(map(str, heading), locale)
        for each in chosen(content.plan, "", content.changed):
            kind = str(KINDS[each.kind])
            for problem in each.problems:
                place = content.listing.place(each.row, problem.column)
                yield spreadsheet.line((each.row, each.email, kind, place, problem.message), locale)
            if not each.problems:
                yield spreadsheet.line(
                    (each.row, each.email, kind, "", "; ".join(words.actions(each))), locale
                )

    return csv_response("plan.csv", lines())


@blueprint.post("/<uuid:id_>/apply")
@enrolment_desk
def apply(id_: UUID) -> AnyResponse:
    """Does what was shown, and nothing else; a long list in the background."""
    found, here = draft_or_404(id_), redirect(url_for("enrolment.plan", id_=id_))
    content = found.content()
    if content is None or not content.plan.applicable:
        return here
    wanted, invite = wishes(content.make_organisations), bool(request.form.get("invite"))
    with writing() as connection:
        claimed = draft.claim(connection, found.id, datetime.now(UTC))
    if not claimed:
        return here
    if len(content.listing.rows) <= SHORT:
        carry_out(found.id, content, wanted, nobody, invite=invite)
        return here

    @copy_current_request_context
    def step(tell: Tell) -> None:
        try:
            carry_out(found.id, content, wanted, tell, invite=invite)
        except Exception:
            # The thread's edge: nothing was written, and the list waits again.
            current_app.logger.exception("enrolment: the list could not be applied")

    jobs().start(found.id, step)
    return here


def carry_out(id_: str, content: Content, wanted: Wishes, tell: Tell, *, invite: bool) -> None:
    """Applies the list, or keeps the plan that there is now instead of the one that was shown."""
    invite = invite and outbox.ready()

    def also(connection: Connection, accounts: Sequence[str]) -> None:
        if invite:
            welcome.put(connection, accounts)
        draft.finish(connection, id_, {**content.plan.totals(), "invited": len(accounts) if invite else 0})

    try:
        application.apply(content.listing.rows, wanted, content.plan, tell=tell, also=also)
    except Changed as changed:
        differs = frozenset(changed.plan.differs(content.plan))
        fresh = Content(content.file, content.listing, changed.plan, content.make_organisations, differs)
        packed = fresh.packed()
        with writing() as connection:
            draft.give_back(connection, id_, packed, changed.plan.totals(), datetime.now(UTC))
    except BaseException:
        with writing() as connection:
            draft.release(connection, id_)
        raise
    welcome.write()


# --- pages -------------------------------------------------------------------------------------------


def upload_page(form: UploadForm, problems: tuple[str, ...] = ()) -> str:
    """The form, with what is wrong with the file that was sent."""
    return render_template(
        "enrolment/upload.html",
        form=form,
        problems=problems,
        columns=NAMES,
        most_rows=sheet.MOST_ROWS,
        most_bytes=sheet.MOST_BYTES,
        operator=signed_in().role == Role.OPERATOR,
    )


def plan_page(found: Draft, content: Content) -> str:
    """The totals, and one page of the rows."""
    show = request.args.get("show", "")
    rows = chosen(content.plan, show, content.changed)
    page = part(request.args.get("page", 1, type=int), len(rows), PAGE)
    return render_template(
        "enrolment/plan.html",
        draft=found,
        content=content,
        totals=found.totals,
        rows=page.of(rows),
        count=len(rows),
        page=page.number,
        pages=page.parts,
        show=show,
        kinds=KINDS,
        Kind=Kind,
        words=Words.of(content.plan),
        mail=outbox.ready(),
    )


def csv_response(name: str, lines: Iterator[str]) -> Response:
    """A file to keep, which a spreadsheet opens as UTF-8."""
    body = spreadsheet.BOM + "".join(lines)
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def draft_or_404(id_: UUID) -> Draft:
    """The reader's own list."""
    found = draft.of(db.session.connection(), signed_in().account, str(id_), datetime.now(UTC))
    if found is None:
        flash(gettext("This list is not kept any more: lists are kept for an hour. Send it again."), "warm")
        abort(404)
    return found


def wishes(make_organisations: bool) -> Wishes:
    """Who is sending the list, and how."""
    settings: Settings = current_app.extensions["settings"]
    person = signed_in()
    return Wishes(
        Rights.of(person),
        person.email,
        settings.language,
        datetime.now(ZoneInfo(settings.time_zone)).date(),
        make_organisations,
    )
