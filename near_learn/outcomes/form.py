"""The forms of this package: a target, and what people tell about themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field, FloatField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from near_learn.outcomes.ground import FIRST_YEAR, LAST_YEAR
from near_learn.outcomes.participant import ANSWERS, NAMES, About
from near_learn.outcomes.target import LONGEST_WORDS, Kind
from near_learn.outcomes.target import NAMES as KINDS
from near_learn.people.forms import NEEDED, TOO_LONG

MOST_PEOPLE = 10_000_000
ALL = 100  # per cent
MOST_PER_CENT = 10_000


class TargetForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """What, of whom, how much, compared with what, measured how, until when."""

    kind = SelectField(
        lazy_gettext("What is to be reached"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(kind.value, name) for kind, name in KINDS.items()],
    )
    value = FloatField(lazy_gettext("How much"), [InputRequired(NEEDED)])
    course = SelectField(lazy_gettext("Course"), [InputRequired(NEEDED)])
    region = SelectField(lazy_gettext("Region"))
    organisation = SelectField(lazy_gettext("Organisation"))
    cohort = SelectField(lazy_gettext("Cohort"))
    baseline = StringField(
        lazy_gettext("Baseline, with its value"),
        [InputRequired(NEEDED), Length(max=LONGEST_WORDS, message=TOO_LONG)],
    )
    instrument = StringField(
        lazy_gettext("Measured with"), [InputRequired(NEEDED), Length(max=LONGEST_WORDS, message=TOO_LONG)]
    )
    due = DateField(lazy_gettext("To be reached by"), [InputRequired(NEEDED)])

    def offer(self, **choices: Mapping[str, str]) -> None:
        """Sets what can be chosen in each of the fields named, by value."""
        for name, found in choices.items():
            self[name].choices = [SelectChoice(value, text) for value, text in found.items()]

    def validate_value(self, field: Field) -> None:
        most = {Kind.COMPLETIONS: MOST_PEOPLE, Kind.RATE: ALL, Kind.GAIN: MOST_PER_CENT}
        limit = most.get(self.kind.data, MOST_PER_CENT)
        if field.data is None:
            return
        if not isfinite(field.data) or not 0 < field.data <= limit:
            text = lazy_gettext("Write a number above 0 and up to %(limit)s.", limit=limit)
            raise ValidationError(text)
        if self.kind.data == Kind.COMPLETIONS and field.data != int(field.data):
            raise ValidationError(lazy_gettext("Write a whole number of people."))

    def validate_baseline(self, field: Field) -> None:
        _one_line(field)

    def validate_instrument(self, field: Field) -> None:
        _one_line(field)

    def validate_due(self, field: Field) -> None:
        if field.data and not FIRST_YEAR <= field.data.year < LAST_YEAR:
            raise ValidationError(lazy_gettext("This year is a slip of the keyboard."))


def _one_line(field: Field) -> None:
    field.data = " ".join((field.data or "").split())
    if not field.data or not field.data.isprintable():
        raise ValidationError(NEEDED)


def _answers(about: About) -> RadioField:
    choices = [SelectChoice("", lazy_gettext("I'd rather not say")), *_said(ANSWERS[about].items())]
    return RadioField(NAMES[about], choices=choices, default="")


def _said(answers: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in answers]


class AboutForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Four things, none of which has to be told."""

    gender = _answers(About.GENDER)
    age = _answers(About.AGE)
    employment = _answers(About.EMPLOYMENT)
    education = _answers(About.EDUCATION)

    def answers(self) -> dict[About, str]:
        """What was told, "" for what was not."""
        fields = {about: self[about.value] for about in About}
        # A field that was not sent keeps what was told before; who sends nothing tells nothing.
        return {about: field.data if field.raw_data else "" for about, field in fields.items()}
