"""A person's own account: what is kept about them, their password, the devices they are signed in on."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.people import cohort, device, password, region, role, second_factor, session
from near_learn.people.access import role_required, signed_in
from near_learn.people.device import Device
from near_learn.people.forms import PasswordForm
from near_learn.people.person import set_password
from near_learn.security import limiter
from near_learn.sign_in import letters, provider
from near_learn.sign_in.blueprint import blueprint, leave_modules
from near_learn.sign_in.limits import UNPROCESSABLE, WRONG_PER_EMAIL, tried_person, wrong


@blueprint.get("/account")
@role_required()
def account() -> str:
    """What is kept about the person, and what they can change themselves."""
    return account_page(PasswordForm())


@blueprint.post("/account/password")
@limiter.limit(WRONG_PER_EMAIL, key_func=tried_person, deduct_when=wrong)
@role_required()
def change_password() -> Response | tuple[str, int]:
    """A new password: every other session of the person ends."""
    form = PasswordForm()
    if provider.instead_of_password(signed_in().id):
        abort(400)
    if not form.validate_on_submit():
        return account_page(form), UNPROCESSABLE
    person, strong = signed_in(), session.is_strong()
    # Before the transaction: hashing is slow on purpose, and other writers would have to wait for it.
    number, hashed = person.id, password.hashed(form.new.data)
    with writing() as connection:
        set_password(connection, number, hashed)
        letters.password_changed(connection, number)
    session.begin(person, strong=strong)
    flash(gettext("Your password is changed. You are signed out on every other device."), "good")
    return redirect(url_for("people.account"))


@blueprint.post("/account/sessions/end")
@role_required()
def end_session() -> Response:
    """Ends one of the person's sessions on another device."""
    with writing() as connection:
        device.end(connection, signed_in().id, request.form.get("session", "")[:64])
    flash(gettext("That device is signed out."), "good")
    return redirect(url_for("people.account", _anchor="devices"))


@blueprint.post("/account/sessions/end-others")
@role_required()
def end_other_sessions() -> Response:
    """Ends every session of the person but this one."""
    number = signed_in().id
    with writing() as connection:
        device.end_all(connection, number, but=session.present())
    flash(gettext("You are signed out on every other device."), "good")
    return redirect(url_for("people.account", _anchor="devices"))


@blueprint.post("/account/sign-out-everywhere")
@role_required()
def sign_out_everywhere() -> Response:
    """Ends every session of the person, on all devices."""
    person = signed_in()
    leave_modules(person)
    number = person.id
    with writing() as connection:
        device.end_all(connection, number)
    session.end()
    flash(gettext("You are signed out on every device."))
    return redirect(url_for("people.sign_in"))


def account_page(form: PasswordForm) -> str:
    """The account page around FORM."""
    person = signed_in()
    where = region.name(person.region, current_language())
    country = region.name(person.region[:2], current_language()) if len(person.region) > 2 else ""
    return render_template(
        "people/account.html",
        form=form,
        person=person,
        role_names=role.NAMES,
        region=where,
        country=country,
        cohort=cohort.name(db.session.connection(), person.cohort_id),
        devices=devices(person.id),
        factor=second_factor.state(db.session.connection(), person.id),
        provider=provider.label() if provider.is_linked(person.id) else "",
        without_password=provider.instead_of_password(person.id),
        here=session.present(),
    )


def devices(person_id: int) -> list[Device]:
    """Where the person is signed in now: this device first."""
    begun_after = datetime.now(UTC) - current_app.permanent_session_lifetime
    found = device.of(db.session.connection(), person_id, begun_after)
    return sorted(found, key=lambda each: each.id != session.present())
