"""The list of groups, and making one."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.members.blueprint import (
    UNPROCESSABLE,
    blueprint,
    organisation_choices,
    responsible,
    rights,
)
from near_learn.members.forms import GroupForm, placed
from near_learn.members.people import beginning
from near_learn.people import cohort as cohorts
from near_learn.people import membership, region
from near_learn.people.organisation import Organisation
from near_learn.privacy import audit


@blueprint.get("/admin/groups")
@responsible
def groups() -> str:
    """The groups that the reader looks after."""
    found = cohorts.seen_by(rights())
    connection = db.session.connection()
    return render_template(
        "members/groups.html",
        groups=found,
        counts=membership.counts(connection, [each.id for each in found]),
        courses=courses_of(),
        region_names=region.names({each.region for each in found}, current_language()),
    )


def courses_of() -> dict[str, int]:
    """How many courses everybody in a group takes, by group."""
    table = cohorts.courses_table
    query = select(table.c.cohort, func.count()).group_by(table.c.cohort)
    return dict(db.session.execute(query).all())


@blueprint.route("/admin/groups/new", methods=["GET", "POST"])
@responsible
def add_group() -> str | tuple[str, int] | Response:
    """Makes a group that the reader then looks after."""
    mine = rights()
    form = placed(GroupForm, mine)(**beginning(mine))
    form.offer(organisation_choices())
    if not form.validate_on_submit() or form.refuse(mine.cohort_refusals(form.region.data, chosen(form))):
        page = render_template("members/group_form.html", form=form, group=None)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    with writing() as connection:
        id_ = cohorts.add(
            connection,
            name=form.name.data,
            region=form.region.data,
            organisation=form.organisation.data or None,
            closed=form.closed.data,
        )
        audit.note(connection, actor=mine.account, action="group.added", detail={"group": id_})
    return redirect(url_for("members.group", id_=id_))


def chosen(form: GroupForm) -> Organisation | None:
    """The organisation that the form names."""
    return db.session.get(Organisation, form.organisation.data) if form.organisation.data else None
