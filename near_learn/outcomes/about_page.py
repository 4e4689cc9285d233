"""The page on which people tell something about themselves for the statistics, and take it back."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.outcomes import participant
from near_learn.outcomes.blueprint import blueprint
from near_learn.outcomes.form import AboutForm
from near_learn.people.access import role_required, signed_in

UNPROCESSABLE = 422


@blueprint.route("/account/about-you", methods=["GET", "POST"])
@role_required()
def about_you() -> str | tuple[str, int] | Response:
    """The form with what was told; keeping it."""
    account = signed_in().account
    told = participant.of(db.session.connection(), account)
    form = AboutForm(data=told)
    if not form.validate_on_submit():
        settings: Settings = current_app.extensions["settings"]
        page = render_template(
            "outcomes/about_you.html", form=form, told=told, least=max(settings.small_group, 1)
        )
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    answers = form.answers()
    with writing() as connection:
        participant.tell(connection, account, answers, datetime.now(UTC))
    if any(answers.values()):
        flash(gettext("Thank you. You can change or delete it here at any time."), "good")
    else:
        flash(gettext("Nothing about you is kept here."), "good")
    return redirect(url_for("outcomes.about_you"))


@blueprint.post("/account/about-you/delete")
@role_required()
def about_you_delete() -> Response:
    """Deletes what was told."""
    account = signed_in().account
    with writing() as connection:
        participant.forget(connection, account)
    flash(gettext("Deleted. Nothing about you is kept here."), "good")
    return redirect(url_for("outcomes.about_you"))
