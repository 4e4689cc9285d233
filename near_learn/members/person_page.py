"""One person: what is kept about them, changing it, and their way in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.mail import outbox
from near_learn.members import letters
from near_learn.members.blueprint import (
    UNPROCESSABLE,
    blueprint,
    cohort_choices,
    organisation_choices,
    person_or_404,
    responsible,
    rights,
)
from near_learn.members.forms import PersonForm, placed
from near_learn.members.people import taken, wished
from near_learn.people import cohort as cohorts
from near_learn.people import (
    device,
    enrolling,
    identity,
    membership,
    password,
    password_link,
    region,
    role,
)
from near_learn.people.person import EmailTaken, Person, change, set_active, set_password
from near_learn.people.rights import Rights
from near_learn.privacy import audit

CONFLICT = 409


@blueprint.get("/admin/people/<uuid:id_>")
@responsible
def person(id_: UUID) -> str:
    """What is kept about the person, and what the reader can do about it."""
    found = person_or_404(id_)
    mine = rights()
    own = {each.id for each in cohorts.seen_by(mine)}
    page = render_template(
        "members/person.html",
        person=found,
        groups=[(each, each.id in own) for each in cohorts.of(found.account)],
        role_names=role.NAMES,
        region_name=region.name(found.region, current_language()),
        may_give_way_in=may_give_way_in(mine, found),
        may_send_link=found.active and outbox.ready(),
        own=found.account == mine.account,
    )
    audit.seen(actor=mine.account, action="person.viewed", about=[found.account])
    return page


@blueprint.route("/admin/people/<uuid:id_>/edit", methods=["GET", "POST"])
@responsible
def edit_person(id_: UUID) -> str | tuple[str, int] | Response:
    """Changes what is kept about the person."""
    found, mine = person_or_404(id_), rights()
    form = edit_form(mine, found)
    if not form.validate_on_submit() or form.refuse(refusals(form, mine, found)):
        page = render_template("members/person_form.html", form=form, person=found)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    wish = wished(form, found)[0]
    values = {
        "name": form.name.data,
        "email": form.email.data if "email" in form else found.email,
        "role": wish.role,
        "region": wish.region,
        "organisation": wish.organisation,
        "answers_for": wish.answers_for,
        "language": form.language.data,
    }
    account, number, group = found.account, found.id, found.cohort_id
    try:
        with writing() as connection:
            before = change(connection, account, **values)
            if "email" in before:
                device.end_all(connection, number)
                password_link.forget(connection, number)
            if "cohort" in form and form.cohort.data and form.cohort.data != group:
                enrolling.join(connection, form.cohort.data, [account], datetime.now(UTC))
                before["cohort"] = group
            if before:
                moved = {"region", "organisation", "cohort"} & set(before)
                action = "person.moved" if moved else "person.changed"
                detail = {"fields": "+".join(sorted(before))}
                audit.note(connection, actor=mine.account, action=action, about=account, detail=detail)
    except EmailTaken:
        form.email.errors = [taken(mine)]
        return render_template(
            "members/person_form.html", form=form, person=person_or_404(id_)
        ), UNPROCESSABLE
    flash(gettext("Saved.") if before else gettext("Nothing was changed."), "good" if before else "")
    return redirect(url_for("members.person", id_=id_))


def edit_form(mine: Rights, found: Person) -> PersonForm:
    """The form with what is kept now. What may not be changed is not in it."""
    form = placed(PersonForm, mine, found.region)(
        name=found.name,
        email=found.email,
        role=found.role,
        answers_for=found.answers_for,
        region=found.region,
        organisation=found.organisation_id or "",
        cohort=found.cohort_id or "",
        language=found.language,
    )
    organisations = organisation_choices()
    if found.organisation and found.organisation_id not in dict(organisations):
        organisations.append((found.organisation.id, found.organisation.name))
    groups = cohort_choices()
    if found.cohort and found.cohort.id not in dict(groups):
        groups.append((found.cohort.id, found.cohort.name))
    form.offer(mine, organisations, groups)
    if not may_give_way_in(mine, found):
        del form.email
    return form


def refusals(form: PersonForm, mine: Rights, found: Person) -> dict[str, str]:
    """Why the writer may not make this change."""
    wish, chosen, before = wished(form, found)
    refused = mine.refusals(wish, chosen, before)
    if found.account == mine.account and wish.role != found.role:
        # Otherwise the last operator could lock everybody out.
        refused["role"] = gettext("You cannot change your own role.")
    if found.cohort_id and not form.cohort.data:
        refused["cohort"] = gettext("Take the person out of the group on the page before.")
    return refused


def may_give_way_in(mine: Rights, found: Person) -> bool:
    """Whether the writer may change the address or make a password. Once somebody signs in, a manager who
    could do either could sign in as them."""
    if mine.everything:
        return True
    return found.password_hash is None and not identity.is_linked(db.session.connection(), found.id)


@blueprint.post("/admin/people/<uuid:id_>/keep-out")
@responsible
def keep_out(id_: UUID) -> Response:
    """The person can no longer sign in; what they learned stays recorded."""
    return let(id_, active=False)


@blueprint.post("/admin/people/<uuid:id_>/let-in")
@responsible
def let_in(id_: UUID) -> Response:
    """The person can sign in again."""
    return let(id_, active=True)


def let(id_: UUID, *, active: bool) -> Response:
    """Lets the person in or keeps them out, and leads back to their page."""
    found, mine = person_or_404(id_), rights()
    if found.account == mine.account:
        abort(CONFLICT)
    number, account = found.id, found.account
    with writing() as connection:
        set_active(connection, number, active=active)
        action = "person.enabled" if active else "person.disabled"
        audit.note(connection, actor=mine.account, action=action, about=account)
    text = gettext("They can sign in again.") if active else gettext("They can no longer sign in.")
    flash(text, "good")
    return redirect(url_for("members.person", id_=id_))


@blueprint.post("/admin/people/<uuid:id_>/end-sessions")
@responsible
def end_sessions(id_: UUID) -> Response:
    """Signs the person out on every device."""
    found, mine = person_or_404(id_), rights()
    number, account = found.id, found.account
    with writing() as connection:
        device.end_all(connection, number)
        audit.note(connection, actor=mine.account, action="sessions.ended", about=account)
    flash(gettext("They are signed out on every device."), "good")
    return redirect(url_for("members.person", id_=id_))


@blueprint.post("/admin/people/<uuid:id_>/password")
@responsible
def make_password(id_: UUID) -> tuple[str, int, dict[str, str]]:
    """A new password, shown once, on this answer and nowhere else."""
    found, mine = person_or_404(id_), rights()
    if not may_give_way_in(mine, found):
        abort(403)
    number, account, secret = found.id, found.account, password.generated()
    hashed = password.hashed(secret)
    with writing() as connection:
        set_password(connection, number, hashed)
        audit.note(connection, actor=mine.account, action="password.set", about=account)
    page = render_template("members/password.html", person=person_or_404(id_), password=secret)
    return page, 200, {"Cache-Control": "no-store"}


@blueprint.post("/admin/people/<uuid:id_>/password-link")
@responsible
def send_link(id_: UUID) -> Response:
    """Sends the person a link with which they choose a password: nobody else sees it."""
    found, mine = person_or_404(id_), rights()
    if not outbox.ready() or not found.active:
        abort(CONFLICT)
    number, account = found.id, found.account
    with writing() as connection:
        address = password_link.first_password_link(connection, number)
        letters.send_way_in(connection, found, address)
        audit.note(connection, actor=mine.account, action="link.sent", about=account)
    flash(gettext("A mail with the link is on its way."), "good")
    return redirect(url_for("members.person", id_=id_))


@blueprint.post("/admin/people/<uuid:id_>/leave-group")
@responsible
def leave_group(id_: UUID) -> Response:
    """Takes the person out of a group that the reader looks after."""
    found, mine = person_or_404(id_), rights()
    cohort = request.form.get("group", "")
    if not cohorts.seen_by(mine, cohort):
        abort(404)
    account = found.account
    with writing() as connection:
        if membership.take_out(connection, cohort, account):
            detail = {"group": cohort}
            audit.note(connection, actor=mine.account, action="person.moved", about=account, detail=detail)
    flash(gettext("Taken out of the group. What they learned stays recorded."), "good")
    if request.form.get("back") == "group":
        return redirect(url_for("members.group", id_=cohort, _anchor="members"))
    return redirect(url_for("members.person", id_=id_))
