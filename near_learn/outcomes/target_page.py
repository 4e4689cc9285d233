"""The pages of targets: how far each is reached, setting one, changing it, taking it away."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import delete, insert, select, update
from werkzeug.wrappers import Response as AnyResponse

from near_learn.db import db, writing
from near_learn.outcomes import choice as choices
from near_learn.outcomes import sheet, target, words
from near_learn.outcomes.asking import Asking
from near_learn.outcomes.blueprint import ask, blueprint, ending_of, file, readers_only, targets_of
from near_learn.outcomes.choice import EVERY
from near_learn.outcomes.form import TargetForm
from near_learn.outcomes.target import NAMES, STATES, TONES, Reached, Target
from near_learn.people.access import signed_in
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.reports.names import cohort_names, region_names

UNPROCESSABLE = 422


@blueprint.context_processor
def target_words() -> dict[str, object]:
    """What templates need to speak of targets."""
    return {"KINDS": NAMES, "STATES": STATES, "TONES": TONES}


@blueprint.get("/reports/targets")
@readers_only
def target_list() -> str:
    of = ask()
    choice = choices.parse(of.connection, request.args, of.reader, of.courses, EVERY)
    found = targets_of(of, choice)
    return render_template(
        "outcomes/targets.html",
        reached=found,
        choice=choice,
        as_of=of.as_of,
        least=of.least,
        courses=of.courses,
        places=places(of, found),
    )


@blueprint.get("/reports/targets.<ending>")
@readers_only
def target_file(ending: str) -> Response:
    of, ending = ask(), ending_of(ending)
    choice = choices.parse(of.connection, request.args, of.reader, of.courses, EVERY)
    rows = sheet.of_targets(targets_of(of, choice), of.as_of)
    return file("targets", ending, of, sheet.TARGETS, rows)


def places(of: Asking, found: list[Reached]) -> dict[str, str]:
    """Of whom each target speaks, in words, by its id."""
    regions = region_names({each.target.region for each in found}, of.language)
    organisations = words.organisation_names(of.connection, {each.target.organisation for each in found})
    cohorts = cohort_names(of.connection, {each.target.cohort for each in found})
    return {
        each.target.id: ", ".join(
            text
            for text in (
                regions[each.target.region] if each.target.region else "",
                organisations[each.target.organisation] if each.target.organisation else "",
                cohorts[each.target.cohort] if each.target.cohort else "",
            )
            if text
        )
        for each in found
    }


@blueprint.route("/reports/targets/new", methods=["GET", "POST"])
@readers_only
def target_new() -> str | tuple[str, int] | AnyResponse:
    """Sets a target within the reader's territory."""
    return _edit(None)


@blueprint.route("/reports/targets/<uuid:id_>", methods=["GET", "POST"])
@readers_only
def target_edit(id_: UUID) -> str | tuple[str, int] | AnyResponse:
    """Changes a target that the reader may see."""
    return _edit(str(id_))


@blueprint.post("/reports/targets/<uuid:id_>/delete")
@readers_only
def target_delete(id_: UUID) -> AnyResponse:
    """Takes a target away."""
    found = seen_or_404(ask(), str(id_))
    with writing() as connection:
        connection.execute(delete(Target).where(Target.id == found.id))
    flash(gettext("The target is deleted."), "good")
    return redirect(url_for("outcomes.target_list"))


def seen_or_404(of: Asking, id_: str) -> Target:
    """The target, if the reader may see it."""
    found = target.visible(of.connection, of.reader, id_)
    if not found:
        abort(404)
    return found[0]


def _edit(id_: str | None) -> str | tuple[str, int] | AnyResponse:
    of = ask()
    known = seen_or_404(of, id_) if id_ else None
    form = TargetForm(obj=known)
    form.offer(**offered(of))
    if not form.validate_on_submit():
        page = render_template("outcomes/target.html", form=form, target=known)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    values = {name: form[name].data for name in FIELDS}
    values |= {"set_by": signed_in().account, "set_at": datetime.now(UTC)}
    with writing() as connection:
        if known is None:
            connection.execute(insert(Target).values(id=str(uuid4()), **values))
        else:
            connection.execute(update(Target).where(Target.id == id_).values(**values))
    flash(gettext("The target is kept."), "good")
    return redirect(url_for("outcomes.target_list"))


FIELDS = ("kind", "value", "course", "region", "organisation", "cohort", "baseline", "instrument", "due")


def offered(of: Asking) -> dict[str, dict[str, str]]:
    """What the reader may set a target for: nothing reaches beyond their territory."""
    connection, reader = db.session.connection(), of.reader
    everywhere = reader.sees("", "")
    own = reader.organisation
    codes = [code for code in {*reader.regions(connection), reader.territory} if code]
    regions = region_names(sorted(code for code in codes if reader.sees(code, own)), of.language)
    organisations = {
        row.id: row.name
        for row in connection.execute(
            select(Organisation.id, Organisation.name, Organisation.region).order_by(Organisation.name)
        )
        if reader.sees(row.region, row.id)
    }
    cohorts = {
        row.id: row.name
        for row in connection.execute(select(Cohort.id, Cohort.name, Cohort.region).order_by(Cohort.name))
        if reader.sees(row.region, "")
    }
    everybody = {"": gettext("All")}
    return {
        "course": {id_: course.title for id_, course in of.courses.items()},
        "region": (everybody if everywhere or own else {})
        | {code: f"{code} {text}" for code, text in sorted(regions.items()) if code},
        "organisation": organisations if own else everybody | organisations,
        "cohort": everybody | cohorts,
    }
