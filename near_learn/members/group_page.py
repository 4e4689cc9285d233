"""One group: its people, its courses and deadlines, and the ways into it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.members.blueprint import (
    UNPROCESSABLE,
    blueprint,
    cohort_or_404,
    course_titles,
    organisation_choices,
    responsible,
    rights,
    settings,
)
from near_learn.members.forms import CourseForm, GroupForm, InvitationForm, MembersForm, placed
from near_learn.members.groups import chosen
from near_learn.people import cohort as cohorts
from near_learn.people import deadline, enrolling, membership, region
from near_learn.people import invitation as invitations
from near_learn.people.enrolling import Enrolled
from near_learn.people.person import Cohort, Person
from near_learn.privacy import audit

MOST_SHOWN = 200
USUAL_TIME = timedelta(days=30)


@blueprint.get("/admin/groups/<id_>")
@responsible
def group(id_: str) -> str:
    """The group, with the people in it whom the reader looks after."""
    found = cohort_or_404(id_)
    members = cohorts.members(found.id, rights(), MOST_SHOWN)
    page = group_page(found, members=members)
    audit.seen(actor=rights().account, action="names.viewed", about=[each.account for each in members])
    return page


def group_page(
    found: Cohort,
    *,
    members: list[Person] | None = None,
    people: MembersForm | None = None,
    course: CourseForm | None = None,
    invitation: InvitationForm | None = None,
) -> str:
    """The page with these forms, or fresh ones."""
    connection, now = db.session.connection(), datetime.now(UTC)
    if members is None:
        members = cohorts.members(found.id, rights(), MOST_SHOWN)
    titles = course_titles()
    taken = cohorts.courses(connection, found.id)
    days = deadline.of(connection, found.id)
    return render_template(
        "members/group.html",
        group=found,
        region_name=region.name(found.region, current_language()),
        members=members,
        cut_off=len(members) == MOST_SHOWN,
        count=membership.counts(connection, [found.id])[found.id],
        titles=titles,
        courses=[(id_, days.get(id_)) for id_ in dict.fromkeys([*taken, *days])],
        taken=set(taken),
        invitations=[(each, each.open(now)) for each in invitations.of(found.id)],
        base=settings().base_url,
        people_form=people or MembersForm(formdata=None),
        course_form=course or course_form(fresh=True),
        invitation_form=invitation or invitation_form(fresh=True),
    )


@blueprint.route("/admin/groups/<id_>/edit", methods=["GET", "POST"])
@responsible
def edit_group(id_: str) -> str | tuple[str, int] | Response:
    """Changes the group's name, region or organisation."""
    found, mine = cohort_or_404(id_), rights()
    form = placed(GroupForm, mine, found.region)(
        name=found.name,
        region=found.region,
        organisation=found.organisation_id or "",
        closed=found.closed,
    )
    form.offer(kept_organisation(found))
    if not form.validate_on_submit() or form.refuse(mine.cohort_refusals(form.region.data, chosen(form))):
        page = render_template("members/group_form.html", form=form, group=found)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    with writing() as connection:
        before = cohorts.change(
            connection,
            id_,
            name=form.name.data,
            region=form.region.data,
            organisation=form.organisation.data or None,
            closed=form.closed.data,
        )
        if before:
            detail = {"group": id_, "fields": "+".join(sorted(before))}
            audit.note(connection, actor=mine.account, action="group.changed", detail=detail)
    flash(gettext("Saved.") if before else gettext("Nothing was changed."), "good" if before else "")
    return redirect(url_for("members.group", id_=id_))


def kept_organisation(found: Cohort) -> list[tuple[str, str]]:
    """The organisations to choose from, and the one that it has."""
    offered = organisation_choices()
    if found.organisation and found.organisation_id not in dict(offered):
        offered.append((found.organisation.id, found.organisation.name))
    return offered


@blueprint.post("/admin/groups/<id_>/delete")
@responsible
def delete_group(id_: str) -> Response:
    """Removes a group that nobody is in and no record carries."""
    found, mine = cohort_or_404(id_), rights()
    try:
        with writing() as connection:
            cohorts.remove(connection, found.id)
            audit.note(connection, actor=mine.account, action="group.removed", detail={"group": id_})
    except cohorts.InUse:
        flash(gettext("The group stays: somebody is in it, or records carry it."), "warm")
        return redirect(url_for("members.group", id_=id_))
    flash(gettext("The group is removed."), "good")
    return redirect(url_for("members.groups"))


# --- people ------------------------------------------------------------------------------------------


@blueprint.post("/admin/groups/<id_>/members")
@responsible
def add_members(id_: str) -> tuple[str, int] | Response:
    """Puts people whom the reader looks after into the group, by their e-mail addresses."""
    found, mine = cohort_or_404(id_), rights()
    form = MembersForm()
    if not form.validate_on_submit():
        return group_page(found, people=form), UNPROCESSABLE
    wanted = {each.strip().lower() for each in form.emails.data.replace(",", "\n").split("\n")} - {""}
    query = select(Person.account, Person.email).where(Person.email.in_(wanted), mine.people())
    known = {row.email: row.account for row in db.session.execute(query)}
    missing = sorted(wanted - set(known))
    if missing:
        form.emails.errors = [unknown(missing)]
        return group_page(found, people=form), UNPROCESSABLE
    at = datetime.now(UTC)
    with writing() as connection:
        new = enrolling.join(connection, id_, known.values(), at)
        detail = {"group": id_}
        audit.note_all(
            connection, actor=mine.account, action="person.moved", about=known.values(), detail=detail
        )
    flash(
        ngettext("%(num)s person is new in the group.", "%(num)s people are new in the group.", new), "good"
    )
    return redirect(url_for("members.group", id_=id_, _anchor="members"))


def unknown(missing: list[str]) -> str:
    """The addresses that belong to nobody whom the reader looks after: all of them, nothing was done."""
    text = ngettext(
        "Nobody was added, because this address belongs to nobody whom you look after: %(emails)s",
        "Nobody was added, because these addresses belong to nobody whom you look after: %(emails)s",
        len(missing),
        emails=", ".join(missing),
    )
    return str(text)


# --- courses -----------------------------------------------------------------------------------------


@blueprint.post("/admin/groups/<id_>/courses")
@responsible
def add_course(id_: str) -> tuple[str, int] | Response:
    """Enrols everybody in the group in a course, and sets its deadline."""
    found, mine = cohort_or_404(id_), rights()
    form = course_form()
    if not form.validate_on_submit():
        return group_page(found, course=form), UNPROCESSABLE
    course, at = form.course.data, datetime.now(UTC)
    with writing() as connection:
        done = enrolling.enrol(connection, id_, course, at)
        if form.deadline.data:
            deadline.put(connection, id_, course, form.deadline.data)
        detail: dict[str, str | int] = {"group": id_, "course": course, "new": done.new}
        audit.note(connection, actor=mine.account, action="group.enrolled", detail=detail)
    flash(enrolled(done), "good")
    return redirect(url_for("members.group", id_=id_, _anchor="courses"))


def enrolled(done: Enrolled) -> str:
    """What became of it, counted."""
    new = ngettext("%(num)s person is enrolled now.", "%(num)s people are enrolled now.", done.new)
    if not done.before:
        return str(new)
    before = ngettext("%(num)s was enrolled before.", "%(num)s were enrolled before.", done.before)
    return f"{new} {before}"


@blueprint.post("/admin/groups/<id_>/courses/drop")
@responsible
def drop_course(id_: str) -> Response:
    """Who joins later is not enrolled in the course any more, and its deadline goes."""
    cohort_or_404(id_)
    mine, course = rights(), request.form.get("course", "")
    with writing() as connection:
        gone = cohorts.drop_course(connection, id_, course)
        gone = deadline.remove(connection, id_, course) or gone
        if gone:
            detail = {"group": id_, "course": course}
            audit.note(connection, actor=mine.account, action="group.changed", detail=detail)
    if not gone:
        abort(404)
    flash(gettext("Taken off. Those who are enrolled stay enrolled."), "good")
    return redirect(url_for("members.group", id_=id_, _anchor="courses"))


def course_form(*, fresh: bool = False) -> CourseForm:
    """The form, with what was sent unless it is to be fresh."""
    form = CourseForm(formdata=None) if fresh else CourseForm()
    form.offer(course_titles(), today())
    return form


# --- invitations -------------------------------------------------------------------------------------


@blueprint.post("/admin/groups/<id_>/invitations")
@responsible
def invite(id_: str) -> tuple[str, int] | Response:
    """Makes a code and a link with which people come into the group."""
    found, mine = cohort_or_404(id_), rights()
    form = invitation_form()
    if not form.validate_on_submit():
        return group_page(found, invitation=form), UNPROCESSABLE
    closes_at = datetime.combine(form.until.data + timedelta(days=1), time(), zone())
    at = datetime.now(UTC)
    with writing() as connection:
        invitations.make(
            connection, id_, places=form.places.data, closes_at=closes_at, made_by=mine.account, at=at
        )
        detail = {"group": id_, "places": form.places.data}
        audit.note(connection, actor=mine.account, action="group.invited", detail=detail)
    return redirect(url_for("members.group", id_=id_, _anchor="invitations"))


@blueprint.post("/admin/groups/<id_>/invitations/<uuid:invitation_id>/close")
@responsible
def close_invitation(id_: str, invitation_id: UUID) -> Response:
    """Nobody else comes in by this invitation."""
    cohort_or_404(id_)
    if str(invitation_id) not in {each.id for each in invitations.of(id_)}:
        abort(404)
    mine = rights()
    with writing() as connection:
        invitations.close(connection, str(invitation_id), datetime.now(UTC))
        detail = {"group": id_, "invitation": str(invitation_id)}
        audit.note(connection, actor=mine.account, action="group.changed", detail=detail)
    flash(gettext("Switched off: nobody else can join with it."), "good")
    return redirect(url_for("members.group", id_=id_, _anchor="invitations"))


def invitation_form(*, fresh: bool = False) -> InvitationForm:
    """The form, with what was sent unless it is to be fresh."""
    usual = today() + USUAL_TIME
    form = InvitationForm(formdata=None, until=usual) if fresh else InvitationForm(until=usual)
    form.on(today())
    return form


def today() -> date:
    """The day it is where days begin and end."""
    return datetime.now(zone()).date()


def zone() -> ZoneInfo:
    """Where days begin and end."""
    return ZoneInfo(settings().time_zone)
