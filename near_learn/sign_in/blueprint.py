"""Signing in with a password, signing out, and the language of the interface."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import update
from werkzeug.wrappers import Response

from near_learn import records
from near_learn.config import Settings
from near_learn.db import writing
from near_learn.languages import LANGUAGES, current_language
from near_learn.mail import outbox
from near_learn.people import access, demo_sign_in, role, session
from near_learn.people.access import signed_in
from near_learn.people.forms import SignInForm
from near_learn.people.person import Person
from near_learn.records.learner import Learner
from near_learn.security import limiter
from near_learn.sign_in import demand, provider
from near_learn.sign_in.arriving import arrive
from near_learn.sign_in.limits import (
    UNPROCESSABLE,
    WRONG_PER_ADDRESS,
    WRONG_PER_EMAIL,
    tried_email,
    wrong,
)

# Named after whom it is for: the addresses of a person's way in and of their own account.
blueprint = Blueprint("people", __name__)

# Each adds its views to the blueprint when it is imported.
VIEWS = ("account", "factor_page", "provider_page", "reset", "second_step")


def init_app(app: Flask) -> None:
    session.init_app(app)
    provider.init_app(app)
    app.before_request(demand.second_factor)
    for name in VIEWS:
        import_module(f"near_learn.sign_in.{name}")
    app.register_blueprint(blueprint)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(WRONG_PER_ADDRESS, methods=["POST"], deduct_when=wrong)
@limiter.limit(WRONG_PER_EMAIL, methods=["POST"], key_func=tried_email, deduct_when=wrong)
def sign_in() -> Response | tuple[str, int]:
    """The form; after a right entry, the page the person wanted or the one their role begins with."""
    form = SignInForm()
    wanted = access.local(form.next.data or request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(wanted or access.home(signed_in()))
    if form.validate_on_submit():
        person = session.authenticate(form.email.data, form.password.data)
        if person and provider.instead_of_password(person.id):
            form.form_errors.append(gettext("Please sign in with %(label)s.", label=provider.label()))
        elif person:
            session.renew_hash(person, form.password.data)
            return arrive(person, wanted)
        else:
            # One sentence for every reason: it must not tell who has an account here.
            form.form_errors.append(gettext("The e-mail address or the password is not right."))
    form.next.data = wanted or ""
    page = render_template(
        "people/sign_in.html",
        form=form,
        mail=outbox.ready(),
        provider=provider.label(),
        demo=demo_sign_ins(),
        demo_password=demo_sign_in.PASSWORD,
        role_names=role.NAMES,
        role_tasks=role.TASKS,
    )
    return page, UNPROCESSABLE if request.method == "POST" else 200


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Ends the session on this device, and the module that is open in it."""
    if current_user.is_authenticated:
        leave_modules(signed_in())
        session.end()
        flash(gettext("You are signed out."))
    return redirect(url_for("people.sign_in"))


@blueprint.post("/language")
def language() -> Response:
    """Another language for the interface: kept with the person, or in the session of a visitor."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(400)
    cookie.pop("language", None)
    if current_user.is_authenticated:
        mine = Person.id == signed_in().id
        with writing() as connection:
            connection.execute(update(Person).where(mine).values(language=code))
    else:
        cookie["language"] = code
    return redirect(access.local(request.form.get("next")) or "/")


def demo_sign_ins() -> tuple[demo_sign_in.SignIn, ...]:
    """The public sign-ins, in a demo only."""
    settings: Settings = current_app.extensions["settings"]
    return demo_sign_in.SIGN_INS if settings.demo else ()


def leave_modules(person: Person) -> None:
    """Tells the records that the person stops learning now."""
    learner = Learner.of(person, current_language())
    with writing() as connection:
        records.recorder().leave_all(connection, learner, datetime.now(UTC))
