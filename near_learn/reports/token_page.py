"""A reader's tokens: made, listed and revoked on a page of the reports."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from near_learn.db import writing
from near_learn.people.access import signed_in
from near_learn.people.forms import NEEDED, TOO_LONG
from near_learn.reports import token as tokens
from near_learn.reports.blueprint import blueprint, readers_only
from near_learn.reports.token import Scope
from near_learn.security import limiter

DAYS = (30, 90, 180, 365)
TOKENS_A_PERSON = "20 per hour"
UNPROCESSABLE = 422


def who() -> str:
    """Whose tokens are counted."""
    return f"tokens:{getattr(current_user, 'id', 'nobody')}"


SCOPES = {
    Scope.FIGURES: lazy_gettext("figures"),
    Scope.REGISTRATIONS: lazy_gettext("registrations"),
    Scope.PACKAGES: lazy_gettext("imported courses"),
    Scope.LAUNCHES: lazy_gettext("launches for people"),
}


class TokenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """What a new token is for."""

    label = StringField(
        lazy_gettext("What is it for?"),
        [InputRequired(NEEDED), Length(max=tokens.LONGEST_LABEL, message=TOO_LONG)],
    )
    days = SelectField(
        lazy_gettext("How long is it good?"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(str(days), lazy_gettext("%(num)s days", num=days)) for days in DAYS],
        default="90",
    )
    registrations = BooleanField(lazy_gettext("It may read single registrations too, not only figures"))

    def validate_label(self, field: Field) -> None:
        field.data = " ".join(field.data.split())
        if not field.data or not field.data.isprintable():
            raise ValidationError(NEEDED)


@blueprint.get("/tokens")
@readers_only
def tokens_page() -> str:
    return page(TokenForm(formdata=None))


@blueprint.post("/tokens")
@limiter.limit(TOKENS_A_PERSON, key_func=who)
@readers_only
def add_token() -> str | tuple[str, int]:
    """Makes a token and shows it on the answer, which is the only place that ever has it."""
    form = TokenForm()
    if not form.validate_on_submit():
        return page(form), UNPROCESSABLE
    scopes = [Scope.FIGURES, *([Scope.REGISTRATIONS] if form.registrations.data else [])]
    person = signed_in()
    days, label, now = int(form.days.data), form.label.data, datetime.now(UTC)
    with writing() as connection:
        made = tokens.add(connection, person, label, scopes, days=days, now=now, by=person.account)
    return page(TokenForm(formdata=None), made)


@blueprint.post("/tokens/<id_>/revoke")
@readers_only
def revoke_token(id_: str) -> Response:
    number, account = signed_in().id, signed_in().account
    with writing() as connection:
        found = tokens.revoke(connection, id_, number, by=account)
    if not found:
        abort(404)
    flash(gettext("The token is revoked."), "good")
    return redirect(url_for("reports.tokens_page"))


def page(form: TokenForm, made: str = "") -> str:
    """The page around FORM, with the token that was MADE a moment ago."""
    return render_template(
        "reports/tokens.html",
        form=form,
        made=made,
        tokens=tokens.of(signed_in()),
        now=datetime.now(UTC),
        scopes=SCOPES,
    )
