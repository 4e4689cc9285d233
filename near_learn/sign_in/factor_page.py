"""A person's second factor: switching it on and off, and new recovery codes."""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from flask import Response as Page
from flask import current_app, flash, make_response, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.people import device, password, session
from near_learn.people import second_factor as factors
from near_learn.people.access import role_required, signed_in
from near_learn.people.person import Person
from near_learn.sealed import CannotOpen, opened, seal
from near_learn.security import limiter
from near_learn.sign_in import letters
from near_learn.sign_in.blueprint import blueprint
from near_learn.sign_in.forms import CodeForm, ProofForm
from near_learn.sign_in.limits import UNPROCESSABLE, WRONG_CODES, tried_person, wrong

# The secret that was shown and not yet confirmed; the cookie can be read, so it is sealed in it.
SHOWN = "factor"


@blueprint.get("/account/second-factor")
@role_required()
def second_factor() -> str:
    """Whether it is on, and how to switch it on or off."""
    return factor_page()


@blueprint.post("/account/second-factor")
@limiter.limit(WRONG_CODES, key_func=tried_person, deduct_when=wrong)
@role_required()
def switch_on_factor() -> Response | tuple[str, int]:
    """Switches it on when the app shows the right code; the answer holds the recovery codes, once."""
    person, form, now = signed_in(), CodeForm(), datetime.now(UTC)
    if factors.state(db.session.connection(), person.id):
        return redirect(url_for("people.second_factor"))
    secret = shown_secret(person)
    if not form.validate_on_submit():
        return factor_page(code=form), UNPROCESSABLE
    step = factors.step_of(secret, form.code.data, now)
    if step is None:
        form.code.errors = [gettext("This is not the code that the app shows now. Is its clock right?")]
        return factor_page(code=form), UNPROCESSABLE
    number = person.id
    with writing() as connection:
        codes = factors.switch_on(connection, number, secret, step, now)
        device.made_strong(connection, session.present())
        letters.factor_changed(connection, number, on=True)
    cookie.pop(SHOWN, None)
    return recovery_page(codes)


@blueprint.post("/account/second-factor/off")
@limiter.limit(WRONG_CODES, key_func=tried_person, deduct_when=wrong)
@role_required()
def switch_off_factor() -> Response | tuple[str, int]:
    """Switches it off, for somebody who gives their password, unless their role needs it."""
    person, form = signed_in(), proof_form("off")
    if factors.demanded(person.role):
        flash(gettext("In your role the second factor stays on."), "bad")
        return redirect(url_for("people.second_factor"))
    if not proved(person, form):
        return factor_page(off=form), UNPROCESSABLE
    number = person.id
    with writing() as connection:
        if factors.switch_off(connection, number):
            letters.factor_changed(connection, number, on=False)
    flash(gettext("Your second factor is off."), "good")
    return redirect(url_for("people.account"))


@blueprint.post("/account/second-factor/recovery-codes")
@limiter.limit(WRONG_CODES, key_func=tried_person, deduct_when=wrong)
@role_required()
def new_recovery_codes() -> Response | tuple[str, int]:
    """Ten new recovery codes in place of the old ones."""
    person, form = signed_in(), proof_form("renew")
    number = person.id
    if not factors.state(db.session.connection(), number):
        return redirect(url_for("people.second_factor"))
    if not proved(person, form):
        return factor_page(renew=form), UNPROCESSABLE
    with writing() as connection:
        codes = factors.new_recovery_codes(connection, number)
    return recovery_page(codes)


def proved(person: Person, form: ProofForm) -> bool:
    """Whether the form holds the person's password; for who has none here, a code of their app."""
    if not form.validate_on_submit():
        return False
    number = person.id
    if person.password_hash:
        right = password.matches(person.password_hash, form.proof.data)
        problem = gettext("This is not your present password.")
    else:
        with writing() as connection:
            right = factors.accepts(connection, number, form.proof.data, datetime.now(UTC))
        problem = gettext("This code does not hold, or not any more. Enter the one shown now.")
    if not right:
        form.proof.errors = [problem]
    return right


def proof_form(name: str) -> ProofForm:
    """The form, of which the page has two; whoever has no password here is asked for a code."""
    form = ProofForm(prefix=name)
    if not signed_in().password_hash:
        form.proof.label.text = gettext("Code of your app")
    return form


def factor_page(
    *, code: CodeForm | None = None, off: ProofForm | None = None, renew: ProofForm | None = None
) -> str:
    """The page around the form that was sent, if one was."""
    person = signed_in()
    state = factors.state(db.session.connection(), person.id)
    secret = "" if state else shown_secret(person)
    return render_template(
        "people/second_factor.html",
        state=state,
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        drawing=drawing(factors.address(secret, person.email)) if secret else "",
        code=code or CodeForm(formdata=None),
        off=off or proof_form("off"),
        renew=renew or proof_form("renew"),
        has_password=bool(person.password_hash),
        demanded=factors.demanded(person.role),
        strong=session.is_strong(),
    )


def recovery_page(codes: list[str]) -> Page:
    """The codes, in an answer that nobody keeps."""
    page = make_response(render_template("people/recovery_codes.html", codes=codes))
    page.headers["Cache-Control"] = "no-store"
    return page


def shown_secret(person: Person) -> str:
    """The secret that this browser was shown and that is not confirmed yet; a new one when there is none."""
    settings: Settings = current_app.extensions["settings"]
    # For this person only: the next to sign in here is not to take over what somebody else has seen.
    purpose = f"{factors.PURPOSE} of {person.account}"
    try:
        return opened(str(cookie.get(SHOWN, "")), secret_key=settings.secret_key, purpose=purpose)
    except CannotOpen:
        secret = factors.new_secret()
        cookie[SHOWN] = seal(secret, secret_key=settings.secret_key, purpose=purpose)
        return secret


def drawing(address: str) -> Markup:
    """The QR code, drawn by this machine: the secret goes nowhere else."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, light="#fff", border=4)
    return Markup(drawn)  # noqa: S704  # Made of squares by segno; the address is drawn, not written.
