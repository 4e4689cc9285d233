"""The forms of the ways in beside the password."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from near_learn.people import password
from near_learn.people.forms import NEEDED, TOO_LONG
from near_learn.people.person import LONGEST_EMAIL, Person, normal_email


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """To whom a link is to be sent. Whether anybody has this address is not said."""

    email = EmailField(
        lazy_gettext("E-mail address"), [InputRequired(NEEDED), Length(max=LONGEST_EMAIL, message=TOO_LONG)]
    )

    def validate_email(self, field: Field) -> None:
        try:
            normal_email(field.data)
        except ValueError as error:
            message = lazy_gettext("This is not an e-mail address like name@example.org.")
            raise ValidationError(message) from error


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """A password for somebody who came by a link."""

    new = PasswordField(lazy_gettext("New password"), [InputRequired(NEEDED)])
    again = PasswordField(lazy_gettext("New password, once more"), [InputRequired(NEEDED)])

    def __init__(self, person: Person) -> None:
        super().__init__()
        self._person = person

    def validate_new(self, field: Field) -> None:
        problem = password.weakness(field.data, email=self._person.email, name=self._person.name)
        if problem:
            raise ValidationError(problem)

    def validate_again(self, field: Field) -> None:
        if field.data != self.new.data:
            raise ValidationError(lazy_gettext("The two new passwords are not the same."))


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """A code of the app, or a recovery code where one is taken."""

    code = StringField(lazy_gettext("Code"), [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)])


class ProofForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """The password once more, before something that protects the account is taken away."""

    proof = PasswordField(lazy_gettext("Your password"), [InputRequired(NEEDED)])
