"""Registering by the link of an invitation. The answer never tells whether an address is known here."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from flask import Response as AnyResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, Field, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from near_learn.db import db, writing
from near_learn.languages import LANGUAGES, current_language
from near_learn.mail import outbox
from near_learn.members import joining, letters
from near_learn.members.blueprint import UNPROCESSABLE, blueprint
from near_learn.members.join import nothing, wrong_codes
from near_learn.members.joining import Newcomer, NoPlace
from near_learn.people import invitation as invitations
from near_learn.people import password
from near_learn.people.forms import NEEDED, TOO_LONG
from near_learn.people.invitation import Invitation
from near_learn.people.person import LONGEST_EMAIL, LONGEST_NAME, Cohort, by_email, normal_email, normal_name
from near_learn.security import limiter

# A room full of people registers from one address; nobody's mailbox is filled.
FROM_ADDRESS = "100 per 10 minutes"
FOR_EMAIL = "5 per hour"


class RegisterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Somebody new. Where they belong comes from the invitation."""

    name = StringField(
        lazy_gettext("Name"), [InputRequired(NEEDED), Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    email = EmailField(
        lazy_gettext("E-mail address"), [InputRequired(NEEDED), Length(max=LONGEST_EMAIL, message=TOO_LONG)]
    )
    password = PasswordField(lazy_gettext("Password"), [InputRequired(NEEDED)])
    language = SelectField(
        lazy_gettext("Language of the pages"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(code, name) for code, (name, _) in LANGUAGES.items()],
    )

    def validate_name(self, field: Field) -> None:
        try:
            field.data = normal_name(field.data)
        except ValueError as error:
            raise ValidationError(lazy_gettext("A name is one line of letters.")) from error

    def validate_email(self, field: Field) -> None:
        try:
            field.data = normal_email(field.data)
        except ValueError as error:
            raise ValidationError(
                lazy_gettext("This is not an e-mail address like name@example.org.")
            ) from error

    def validate_password(self, field: Field) -> None:
        problem = password.weakness(field.data, email=self.email.data or "", name=self.name.data or "")
        if problem:
            raise ValidationError(problem)


def whose() -> str:
    """For whom somebody registers; hashed, because the limiter writes its keys into the log."""
    return "register:" + sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


def went_through(response: AnyResponse) -> bool:
    """Whether the form was in order: mistakes are not counted."""
    return response.status_code < 400


@blueprint.route("/join/<token>/register", methods=["GET", "POST"])
@wrong_codes
@limiter.limit(FROM_ADDRESS, methods=["POST"], deduct_when=went_through)
@limiter.limit(FOR_EMAIL, methods=["POST"], key_func=whose, deduct_when=went_through)
def register(token: str) -> str | tuple[str, int] | Response:
    """The form; after it, a mail to the address, or an account at once where mail is not set up."""
    found = open_or_none(token)
    if found is None:
        return nothing()
    group = db.session.get(Cohort, found.cohort)
    assert group is not None  # noqa: S101 (a foreign key holds it)
    form = RegisterForm(language=current_language())
    if not form.validate_on_submit():
        page = render_template("members/register.html", form=form, group=group, token=token)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    newcomer = Newcomer(
        invitation=found.id,
        email=form.email.data,
        name=form.name.data,
        language=form.language.data,
        # Always, and before anything is looked up: the time of the answer must not tell.
        password_hash=password.hashed(form.password.data),
        until=joining.until(),
    )
    if outbox.ready():
        write_to(newcomer, group.name, token)
        return render_template("members/check_mail.html", email=newcomer.email)
    return register_now(found, newcomer)


def write_to(newcomer: Newcomer, group: str, token: str) -> None:
    """A mail, whoever the address belongs to: only its reader learns whether there is an account."""
    known = by_email(newcomer.email)
    if known:
        letter = letters.known_already(known.language, group, token)
    else:
        letter = letters.confirming(newcomer.language, group, newcomer.sealed())
    account = known.account if known else ""
    with writing() as connection:
        letters.send(connection, "register", newcomer.email, letter, account=account)


def register_now(found: Invitation, newcomer: Newcomer) -> tuple[str, int] | Response:
    """Registers, and leads to the sign-in page."""
    try:
        with writing() as connection:
            joining.register(connection, found, newcomer, datetime.now(UTC))
    except NoPlace:
        return nothing()
    flash(
        gettext(
            "If this e-mail address was new here, your account is ready: sign in with it. If you had an "
            "account before, it is as it was: sign in and open the link of the invitation again."
        ),
        "good",
    )
    return redirect(url_for("people.sign_in", next=url_for("player.catalogue")))


@blueprint.route("/join/confirm/<sealed>", methods=["GET", "POST"])
@wrong_codes
def confirm(sealed: str) -> str | tuple[str, int] | Response:
    """The button that confirms the address (programs that look into mails open links), and what it does."""
    newcomer = joining.unsealed(sealed, datetime.now(UTC))
    found = db.session.get(Invitation, newcomer.invitation) if newcomer else None
    if newcomer is None or found is None:
        return nothing()
    if request.method == "GET":
        group = db.session.get(Cohort, found.cohort)
        return render_template("members/confirm.html", group=group, email=newcomer.email)
    return register_now(found, newcomer)


def open_or_none(token: str) -> Invitation | None:
    """The invitation of this link, if somebody can still come in by it."""
    read = invitations.read(token)
    return invitations.find_open(read, datetime.now(UTC)) if read and read.is_token else None
