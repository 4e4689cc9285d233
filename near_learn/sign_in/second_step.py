"""The second step of signing in: the code of the app, or a recovery code."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.people import access, second_factor, session
from near_learn.security import limiter
from near_learn.sign_in.arriving import HALF_WAY, half_way
from near_learn.sign_in.blueprint import blueprint
from near_learn.sign_in.forms import CodeForm
from near_learn.sign_in.limits import UNPROCESSABLE, WRONG_CODES, WRONG_PER_ADDRESS, wrong

FEW_CODES = 3


def tried_half_way() -> str:
    """Whose second factor somebody tries."""
    kept = cookie.get(HALF_WAY)
    return f"factor:{kept.get('person') if isinstance(kept, dict) else 'nobody'}"


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit(WRONG_PER_ADDRESS, methods=["POST"], deduct_when=wrong)
@limiter.limit(WRONG_CODES, methods=["POST"], key_func=tried_half_way, deduct_when=wrong)
def second_step() -> Response | tuple[str, int] | str:
    """Asks for the code; a right one signs in."""
    arrived = half_way()
    if arrived is None:
        return redirect(url_for("people.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        person, number = arrived.person, arrived.person.id
        with writing() as connection:
            right = second_factor.accepts(connection, number, form.code.data, datetime.now(UTC))
        if right:
            session.begin(person, strong=True)
            warn_of_few_codes(number)
            return redirect(arrived.wanted or access.home(person))
        form.code.errors = [gettext("This code does not hold, or not any more. Enter the one shown now.")]
    page = render_template("people/second_step.html", form=form)
    return (page, UNPROCESSABLE) if form.errors else page


def warn_of_few_codes(person_id: int) -> None:
    """Says so when the person has hardly any recovery codes left."""
    state = second_factor.state(db.session.connection(), person_id)
    if state and state.codes_left < FEW_CODES:
        left = state.codes_left
        flash(
            ngettext(
                "You have %(num)s recovery code left. Make new ones on the page of your account.",
                "You have %(num)s recovery codes left. Make new ones on the page of your account.",
                left,
            ),
            "warm",
        )
