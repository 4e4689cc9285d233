"""The forms of signing in and of a person's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, PasswordField, ValidationError
from wtforms.validators import InputRequired, Length

from near_learn.people import password
from near_learn.people.person import LONGEST_EMAIL

NEEDED = lazy_gettext("This is needed.")
TOO_LONG = lazy_gettext("This is too long.")


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """E-mail and password. Whether they are right is decided elsewhere, and said in one sentence only."""

    email = EmailField(
        lazy_gettext("E-mail address"), [InputRequired(NEEDED), Length(max=LONGEST_EMAIL, message=TOO_LONG)]
    )
    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(NEEDED), Length(max=password.LONGEST, message=TOO_LONG)]
    )
    next = HiddenField()


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """A new password, which only somebody who knows the present one may set."""

    current = PasswordField(lazy_gettext("Present password"), [InputRequired(NEEDED)])
    new = PasswordField(lazy_gettext("New password"), [InputRequired(NEEDED)])
    again = PasswordField(lazy_gettext("New password, once more"), [InputRequired(NEEDED)])

    def validate_current(self, field: Field) -> None:
        if not password.matches(current_user.password_hash, field.data):
            raise ValidationError(lazy_gettext("This is not your present password."))

    def validate_new(self, field: Field) -> None:
        problem = password.weakness(field.data, email=current_user.email, name=current_user.name)
        if problem:
            raise ValidationError(problem)

    def validate_again(self, field: Field) -> None:
        if field.data != self.new.data:
            raise ValidationError(lazy_gettext("The two new passwords are not the same."))
