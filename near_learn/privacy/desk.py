"""The operators' pages about personal data: the audit log, requests to be erased, erasing, receipts."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from near_learn.db import db, writing
from near_learn.people import role
from near_learn.people.access import role_required, signed_in
from near_learn.people.person import Person, by_email
from near_learn.people.role import Role
from near_learn.privacy import actions, audit, erasure, logbook, tombstone, wiping, wording
from near_learn.privacy.blueprint import (
    UNPROCESSABLE,
    WRONG_PASSWORDS,
    blueprint,
    settings,
    tried_person,
    wrong,
    zip_of,
)
from near_learn.privacy.erasure import LastOperator
from near_learn.privacy.forms import EraseForm, LogForm, ReadmitForm
from near_learn.privacy.logbook import Asked
from near_learn.security import limiter

MOST_RECEIPTS = 100


@blueprint.route("/admin/audit", methods=["GET", "POST"])
@role_required(Role.OPERATOR)
def log() -> str | tuple[str, int]:
    """Who saw and changed what about whom. Looking at it about one person is noted too."""
    form = LogForm()
    form.offer()
    if form.is_submitted() and not form.validate():
        return log_page(form, logbook.Found((), 0, 1, 1)), UNPROCESSABLE
    account = ""
    if form.email.data:
        whom = by_email(form.email.data)
        if whom is None:
            form.email.errors = [gettext("Nobody signs in with this address.")]
            return log_page(form, logbook.Found((), 0, 1, 1)), UNPROCESSABLE
        account = whom.account
        audit.seen(actor=signed_in().account, action="audit.viewed", about=[account])
        # What was just noted is shown too.
        db.session.rollback()
    asked = Asked(form.action.data or "", form.day.data, account, form.page.data or 1)
    zone = ZoneInfo(settings().time_zone)
    return log_page(form, logbook.find(db.session.connection(), asked, zone))


def log_page(form: LogForm, found: logbook.Found) -> str:
    """The page with the form and the rows FOUND."""
    return render_template("privacy/log.html", form=form, found=found, action=actions.name)


@blueprint.get("/admin/erasures")
@role_required(Role.OPERATOR)
def erasures() -> str:
    """The requests that wait, and the receipts of what was done."""
    return erasures_page(ReadmitForm())


@blueprint.post("/admin/erasures")
@role_required(Role.OPERATOR)
def readmit() -> AnyResponse | tuple[str, int]:
    """Lets somebody who was erased be added again, as somebody new."""
    form, operator = ReadmitForm(), signed_in().account
    if not form.validate_on_submit():
        return erasures_page(form), UNPROCESSABLE
    with writing() as connection:
        found = tombstone.readmit(connection, form.email.data)
        if found:
            audit.note(connection, actor=operator, action="person.readmitted")
    if not found:
        form.email.errors = [gettext("Nobody with this address was erased here.")]
        return erasures_page(form), UNPROCESSABLE
    flash(gettext("They can be added again, as somebody new. Nothing of before comes back."), "good")
    return redirect(url_for("privacy.erasures"))


def erasures_page(form: ReadmitForm) -> str:
    """The page around FORM."""
    connection = db.session.connection()
    return render_template(
        "privacy/erasures.html",
        form=form,
        requests=erasure.requests(connection),
        receipts=erasure.receipts(connection, MOST_RECEIPTS),
        now=datetime.now(UTC),
    )


@blueprint.get("/admin/erasures/<uuid:id_>")
@role_required(Role.OPERATOR)
def receipt(id_: UUID) -> str:
    """The receipt of an erasure: when, and how much of what; nobody's name."""
    try:
        found = erasure.receipt(db.session.connection(), str(id_))
    except LookupError:
        abort(404)
    return render_template("privacy/receipt.html", receipt=found, lines=wording.lines(found.counts))


@blueprint.get("/admin/people/<uuid:id_>/erase")
@role_required(Role.OPERATOR)
def erase_person(id_: UUID) -> str:
    """What erasing this person would do, and the form that does it."""
    return preview_page(person_of(id_), EraseForm())


@blueprint.post("/admin/people/<uuid:id_>/erase")
@limiter.limit(WRONG_PASSWORDS, key_func=tried_person, deduct_when=wrong)
@role_required(Role.OPERATOR)
def erase_now(id_: UUID) -> AnyResponse | tuple[str, int]:
    """Erases the person."""
    whom, form, operator = person_of(id_), EraseForm(), signed_in()
    if not form.validate_on_submit() or whom.id == operator.id:
        return preview_page(whom, form), UNPROCESSABLE
    account = operator.account
    db.session.expunge(whom)
    try:
        with writing() as connection:
            done = erasure.erase(connection, whom, actor=account)
    except LastOperator:
        return preview_page(person_of(id_), form), UNPROCESSABLE
    wiping.checkpoint()
    flash(gettext("The person is erased. This is the receipt."), "good")
    return redirect(url_for("privacy.receipt", id_=done))


@blueprint.post("/admin/people/<uuid:id_>/erase/decline")
@role_required(Role.OPERATOR)
def decline(id_: UUID) -> AnyResponse:
    """Answers a request with no; the person sees that it no longer waits."""
    account, operator = person_of(id_).account, signed_in().account
    with writing() as connection:
        found = erasure.decline(connection, account, actor=operator, at=datetime.now(UTC))
    if found:
        flash(gettext("The request is declined. Tell the person why."))
    return redirect(url_for("privacy.erasures"))


@blueprint.get("/admin/people/<uuid:id_>/everything.zip")
@role_required(Role.OPERATOR)
def everything_of(id_: UUID) -> Response:
    """Everything that is held about a person, to be handed to them."""
    whom, operator = person_of(id_), signed_in().account
    audit.seen(actor=operator, action="person.exported", about=[whom.account])
    return zip_of(whom)


def preview_page(whom: Person, form: EraseForm) -> str:
    """What would be done to WHOM, around FORM."""
    connection = db.session.connection()
    last = False
    try:
        lines = wording.lines(erasure.plan(connection, whom).counts)
    except LastOperator:
        lines, last = [], True
    if not signed_in().password_hash:
        form.proof.label.text = gettext("Your e-mail address, to be sure that it is you")
    return render_template(
        "privacy/preview.html",
        whom=whom,
        form=form,
        lines=lines,
        last=last,
        own=whom.id == signed_in().id,
        waits=erasure.waiting(connection, whom.account),
        role_names=role.NAMES,
        sqlite=db.engine.dialect.name == "sqlite",
    )


def person_of(id_: UUID) -> Person:
    """The person with this account; 404 when there is none."""
    found: Person | None = db.session.scalar(select(Person).where(Person.account == str(id_)))
    if found is None:
        abort(404)
    return found
