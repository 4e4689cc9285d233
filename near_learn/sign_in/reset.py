"""A password by mail: asking for a link, opening it, and choosing the password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import abort, current_app, redirect, render_template, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.mail import outbox
from near_learn.mail.courier import Courier
from near_learn.people import password, password_link
from near_learn.people.password_link import Purpose
from near_learn.people.person import Person, by_email, set_password
from near_learn.security import limiter
from near_learn.sign_in import letters, provider
from near_learn.sign_in.arriving import arrive
from near_learn.sign_in.blueprint import blueprint
from near_learn.sign_in.forms import ForgottenForm, NewPasswordForm
from near_learn.sign_in.limits import (
    MAILS_PER_ADDRESS,
    MAILS_PER_EMAIL,
    UNPROCESSABLE,
    tried_email,
)

TOKEN = "password_link"  # noqa: S105  # The name under which the cookie holds it.
# However many processes there are and however often somebody asks: so many mails an hour to one person.
MOST_PER_HOUR = 3


@blueprint.route("/password/forgotten", methods=["GET", "POST"])
@limiter.limit(MAILS_PER_ADDRESS, methods=["POST"])
@limiter.limit(MAILS_PER_EMAIL, methods=["POST"], key_func=tried_email)
def forgotten() -> str | tuple[str, int]:
    """Asks for a link by mail. The answer and its time are the same whether somebody has this address."""
    form = ForgottenForm()
    if not outbox.ready():
        return render_template("people/forgotten.html", form=None, sent=False)
    if form.validate_on_submit():
        email = form.email.data
        courier: Courier = current_app.extensions["courier"]
        courier.soon(lambda: send_link(email))
        return render_template("people/forgotten.html", form=form, sent=True)
    page = render_template("people/forgotten.html", form=form, sent=False)
    return (page, UNPROCESSABLE) if form.errors else page


@blueprint.get("/password/<token>")
def password_from_link(token: str) -> Response:
    """Takes the link's secret out of the address, where histories and logs would keep it."""
    cookie[TOKEN] = token[:100]
    return redirect(url_for("people.new_password"))


@blueprint.route("/password/new", methods=["GET", "POST"])
def new_password() -> Response | tuple[str, int] | str:
    """Sets the password of the person whose link was opened, ends their sessions and signs them in."""
    token, now = str(cookie.get(TOKEN, "")), datetime.now(UTC)
    link = password_link.found(db.session.connection(), token, now)
    person = db.session.get(Person, link.person_id) if link else None
    if link is None or person is None or not person.active:
        return render_template("people/link_over.html", mail=outbox.ready()), 404
    form = NewPasswordForm(person)
    if not form.validate_on_submit():
        page = render_template("people/new_password.html", form=form, person=person, purpose=link.purpose)
        return (page, UNPROCESSABLE) if form.errors else page
    number, hashed = person.id, password.hashed(form.new.data)
    with writing() as connection:
        if not password_link.spent(connection, token, now):
            abort(400)
        set_password(connection, number, hashed)
        if link.purpose is Purpose.RESET:
            letters.password_changed(connection, number)
    return arrive(person, None)


def send_link(email: str) -> None:
    """Sends a link to whoever has this address and may sign in with a password; else does nothing."""
    person = by_email(email)
    if person is None or not person.active:
        return
    number, now = person.id, datetime.now(UTC)
    elsewhere = provider.instead_of_password(number)
    with writing() as connection:
        if elsewhere:
            letters.sign_in_elsewhere(connection, number, provider.label())
            return
        since = now - timedelta(hours=1)
        if password_link.made_since(connection, number, Purpose.RESET, since) >= MOST_PER_HOUR:
            return
        letters.reset(connection, number, password_link.made(connection, number, Purpose.RESET, now))
