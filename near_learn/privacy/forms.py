"""The forms of erasing and of the audit log."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from near_learn.people import password
from near_learn.people.person import LONGEST_EMAIL
from near_learn.privacy import actions

NEEDED = lazy_gettext("This is needed.")
TOO_LONG = lazy_gettext("This is too long.")


class EraseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Proof that it is the person who is signed in, and that they mean it."""

    proof = PasswordField(
        lazy_gettext("Your password"), [InputRequired(NEEDED), Length(max=password.LONGEST, message=TOO_LONG)]
    )
    sure = BooleanField(lazy_gettext("Yes, erase. I know that it cannot be undone."), [InputRequired(NEEDED)])

    def validate_proof(self, field: Field) -> None:
        if current_user.password_hash:
            if not password.matches(current_user.password_hash, field.data):
                raise ValidationError(gettext("This is not your password."))
        elif field.data.strip().lower() != current_user.email:
            # Who signs in at another provider only has no password here.
            raise ValidationError(gettext("You have no password here: type your e-mail address."))


class LogForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Which rows of the log to show. It is posted, so that an address never stands in an address or a log."""

    email = EmailField(
        lazy_gettext("E-mail address of a person"), [Optional(), Length(max=LONGEST_EMAIL, message=TOO_LONG)]
    )
    action = SelectField(lazy_gettext("What was done"))
    day = DateField(lazy_gettext("Day"), [Optional()])
    page = IntegerField(validators=[Optional()])

    def offer(self) -> None:
        """Sets the actions to choose from, in the order of their names."""
        named = sorted((str(text), action) for action, text in actions.NAMES.items())
        every = SelectChoice("", lazy_gettext("Everything"))
        self.action.choices = [every, *(SelectChoice(action, text) for text, action in named)]

    def validate_day(self, field: Field) -> None:
        if field.data and not date(2000, 1, 1) <= field.data <= date(9000, 1, 1):
            raise ValidationError(gettext("Choose a day on which this site was there."))


class ReadmitForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Who was erased and may be added again."""

    email = StringField(
        lazy_gettext("E-mail address"), [InputRequired(NEEDED), Length(max=LONGEST_EMAIL, message=TOO_LONG)]
    )
