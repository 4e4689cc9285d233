"""The form in which a gathering is announced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from near_learn.events.gathering import LONGEST_TITLE, NAMES
from near_learn.languages import LANGUAGES
from near_learn.people.forms import NEEDED, TOO_LONG

FURTHEST = timedelta(days=366)
LONGEST_LIST = 50_000


class GatheringForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """About which course, what, called how, and when."""

    course = SelectField(lazy_gettext("Course"), [InputRequired(NEEDED)])
    kind = SelectField(
        lazy_gettext("Kind"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(kind.value, name) for kind, name in NAMES.items()],
    )
    title = StringField(
        lazy_gettext("Title"), [InputRequired(NEEDED), Length(max=LONGEST_TITLE, message=TOO_LONG)]
    )
    language = SelectField(
        lazy_gettext("Language of the title"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(code, name) for code, (name, _) in LANGUAGES.items()],
    )
    held_on = DateField(lazy_gettext("Day"), [InputRequired(NEEDED)])

    def offer(self, courses: Mapping[str, str], today: date) -> None:
        """Sets the courses to choose from, by id, and the day it is."""
        self.course.choices = [SelectChoice(id_, title) for id_, title in courses.items()]
        self.today = today

    def validate_title(self, field: Field) -> None:
        field.data = " ".join(field.data.split())
        if not field.data or not field.data.isprintable():
            raise ValidationError(NEEDED)

    def validate_held_on(self, field: Field) -> None:
        # What is no day at all has been said already.
        if field.data and not self.today <= field.data <= self.today + FURTHEST:
            raise ValidationError(lazy_gettext("Choose today or a day within the next year."))


class RollForm(FlaskForm):  # type: ignore[misc]
    """Who was there, one a line. It is posted, so that no name stands in an address."""

    people = TextAreaField(
        lazy_gettext("Names or e-mail addresses"),
        [InputRequired(NEEDED), Length(max=LONGEST_LIST, message=TOO_LONG)],
    )
