"""Signing in and out, the language of the interface, and a person's own account."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import update
from werkzeug.wrappers import Response as AnyResponse

from near_learn import records
from near_learn.config import Settings
from near_learn.db import writing
from near_learn.languages import LANGUAGES, current_language
from near_learn.people import access, demo_sign_in, password, region, role, session
from near_learn.people.access import role_required, signed_in
from near_learn.people.forms import PasswordForm, SignInForm
from near_learn.people.person import Person, new_session_token, set_password
from near_learn.records.learner import Learner
from near_learn.security import limiter

# Only wrong entries count, so that a training room behind one address can sign in at once.
WRONG_PER_ADDRESS = "30 per 5 minutes"
WRONG_PER_EMAIL = "10 per 15 minutes"
UNPROCESSABLE = 422

blueprint = Blueprint("people", __name__)


def init_app(app: Flask) -> None:
    session.login.init_app(app)
    app.register_blueprint(blueprint)


def tried_email() -> str:
    """Whom a try to sign in was about; hashed, because the limiter writes its keys into the log."""
    return "email:" + sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


def tried_person() -> str:
    """Whose password somebody tries to change."""
    return f"person:{getattr(current_user, 'id', 'nobody')}"


def wrong(response: Response) -> bool:
    """Whether the answer says that the entry was wrong."""
    return response.status_code == UNPROCESSABLE


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(WRONG_PER_ADDRESS, methods=["POST"], deduct_when=wrong)
@limiter.limit(WRONG_PER_EMAIL, methods=["POST"], key_func=tried_email, deduct_when=wrong)
def sign_in() -> AnyResponse | tuple[str, int]:
    """The form; after a right entry, the page the person wanted or the one their role begins with."""
    form = SignInForm()
    wanted = access.local(form.next.data or request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(wanted or access.home(signed_in()))
    if form.validate_on_submit():
        person = session.authenticate(form.email.data, form.password.data)
        if person:
            session.begin(person, form.password.data)
            return redirect(wanted or access.home(person))
        # One sentence for every reason: it must not tell who has an account here.
        form.form_errors.append(gettext("The e-mail address or the password is not right."))
    form.next.data = wanted or ""
    page = render_template(
        "people/sign_in.html",
        form=form,
        demo=demo_sign_ins(),
        demo_password=demo_sign_in.PASSWORD,
        role_names=role.NAMES,
        role_tasks=role.TASKS,
    )
    return page, UNPROCESSABLE if request.method == "POST" else 200


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Ends the session on this device, and the module that is open in it."""
    if current_user.is_authenticated:
        leave_modules(signed_in())
        session.end()
        flash(gettext("You are signed out."))
    return redirect(url_for("people.sign_in"))


@blueprint.post("/language")
def language() -> AnyResponse:
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


@blueprint.get("/account")
@role_required()
def account() -> str:
    """What is kept about the person, and what they can change themselves."""
    return account_page(PasswordForm())


@blueprint.post("/account/password")
@limiter.limit(WRONG_PER_EMAIL, key_func=tried_person, deduct_when=wrong)
@role_required()
def change_password() -> AnyResponse | tuple[str, int]:
    """A new password: every other session of the person ends."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return account_page(form), UNPROCESSABLE
    person = signed_in()
    # Before the transaction: hashing is slow on purpose, and other writers would have to wait for it.
    number, hashed = person.id, password.hashed(form.new.data)
    with writing() as connection:
        set_password(connection, number, hashed)
    session.begin(person, form.new.data)
    flash(gettext("Your password is changed. You are signed out on every other device."), "good")
    return redirect(url_for("people.account"))


@blueprint.post("/account/sign-out-everywhere")
@role_required()
def sign_out_everywhere() -> AnyResponse:
    """Ends every session of the person, on all devices."""
    person = signed_in()
    leave_modules(person)
    mine = Person.id == person.id
    with writing() as connection:
        connection.execute(update(Person).where(mine).values(session_token=new_session_token()))
    session.end()
    flash(gettext("You are signed out on every device."))
    return redirect(url_for("people.sign_in"))


def account_page(form: PasswordForm) -> str:
    """The account page around FORM."""
    person = signed_in()
    where = region.name(person.region, current_language())
    country = region.name(person.region[:2], current_language()) if len(person.region) > 2 else ""
    return render_template(
        "people/account.html", form=form, person=person, role_names=role.NAMES, region=where, country=country
    )


def demo_sign_ins() -> tuple[demo_sign_in.SignIn, ...]:
    """The public sign-ins, in a demo only."""
    settings: Settings = current_app.extensions["settings"]
    return demo_sign_in.SIGN_INS if settings.demo else ()


def leave_modules(person: Person) -> None:
    """Tells the records that the person stops learning now."""
    learner = Learner.of(person, current_language())
    with writing() as connection:
        records.recorder().leave_all(connection, learner, datetime.now(UTC))
