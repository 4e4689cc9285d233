"""The forms in which people, groups and organisations are searched, made and changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from near_learn.languages import LANGUAGES
from near_learn.members import place
from near_learn.people import organisation, role
from near_learn.people.forms import NEEDED, TOO_LONG
from near_learn.people.invitation import MOST_PLACES
from near_learn.people.person import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    ORGANISATION,
    REGION,
    normal_email,
    normal_name,
)
from near_learn.people.rights import Rights

LONGEST_SEARCH = 200
LONGEST_LIST = 20_000
LONGEST_INVITATION = timedelta(days=366)

Choices = Iterable[tuple[str, str]]
P = TypeVar("P", bound="PlacedForm")


class SearchForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Which people to list. It is posted, so that a name never stands in an address or a log."""

    text = StringField(lazy_gettext("Name or e-mail address"), [Length(max=LONGEST_SEARCH)])
    role = SelectField(
        lazy_gettext("Role"),
        default="",
        choices=[
            SelectChoice("", lazy_gettext("All roles")),
            *(SelectChoice(each.value, name) for each, name in role.NAMES.items()),
        ],
    )
    region = SelectField(lazy_gettext("Region"), default="")
    organisation = SelectField(lazy_gettext("Organisation"), default="")
    cohort = SelectField(lazy_gettext("Group"), default="")
    page = IntegerField(validators=[Optional()])

    def offer(self, regions: Choices, organisations: Choices, cohorts: Choices) -> None:
        """Sets what there is to choose from."""
        self.region.choices = _with(lazy_gettext("All regions"), regions)
        self.organisation.choices = _with(lazy_gettext("All organisations"), organisations)
        self.cohort.choices = _with(lazy_gettext("All groups"), cohorts)


class PlacedForm(FlaskForm):  # type: ignore[misc]
    """A form about something in a region. Make it with `placed`, which adds the field of the region."""

    def refuse(self, refusals: dict[str, str]) -> bool:
        """Puts what the writer may not do beside its field; whether there was anything."""
        for name, text in refusals.items():
            if name in self:
                self[name].errors = [*self[name].errors, text]
            else:
                self.form_errors.append(text)
        return bool(refusals)


class PersonForm(PlacedForm):
    """A person, new or known."""

    name = StringField(
        lazy_gettext("Name"), [InputRequired(NEEDED), Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    email = EmailField(
        lazy_gettext("E-mail address"), [InputRequired(NEEDED), Length(max=LONGEST_EMAIL, message=TOO_LONG)]
    )
    role = SelectField(lazy_gettext("Role"), [InputRequired(NEEDED)])
    answers_for = SelectField(
        lazy_gettext("A manager answers for"),
        choices=[
            SelectChoice(REGION, lazy_gettext("everybody in the region")),
            SelectChoice(ORGANISATION, lazy_gettext("the people of the organisation")),
        ],
        default=REGION,
    )
    organisation = SelectField(lazy_gettext("Organisation"))
    cohort = SelectField(lazy_gettext("Group"))
    language = SelectField(
        lazy_gettext("Language of the pages"),
        [InputRequired(NEEDED)],
        choices=[SelectChoice(code, name) for code, (name, _) in LANGUAGES.items()],
    )

    def offer(self, rights: Rights, organisations: Choices, cohorts: Choices) -> None:
        """Sets what there is to choose from."""
        self.role.choices = [SelectChoice(each.value, role.NAMES[each]) for each in rights.roles()]
        if not rights.everything:
            # Managers look after professionals: nothing to choose.
            del self.role, self.answers_for
        self.organisation.choices = [SelectChoice(*each) for each in organisations]
        self.cohort.choices = [SelectChoice(*each) for each in cohorts]

    def validate_name(self, field: Field) -> None:
        field.data = _tidy_name(field.data)

    def validate_email(self, field: Field) -> None:
        try:
            field.data = normal_email(field.data)
        except ValueError as error:
            raise ValidationError(
                lazy_gettext("This is not an e-mail address like name@example.org.")
            ) from error


class GroupForm(PlacedForm):
    """A group."""

    name = StringField(
        lazy_gettext("Name"), [InputRequired(NEEDED), Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    organisation = SelectField(lazy_gettext("Organisation"))
    closed = BooleanField(lazy_gettext("Closed: nobody joins by a code or link"))

    def offer(self, organisations: Choices) -> None:
        """Sets the organisations to choose from."""
        self.organisation.choices = [SelectChoice(*each) for each in organisations]

    def validate_name(self, field: Field) -> None:
        field.data = _tidy_name(field.data)


class OrganisationForm(PlacedForm):
    """An organisation."""

    name = StringField(
        lazy_gettext("Name"),
        [InputRequired(NEEDED), Length(max=organisation.LONGEST_NAME, message=TOO_LONG)],
    )

    def validate_name(self, field: Field) -> None:
        field.data = _tidy_name(field.data)


class MembersForm(FlaskForm):  # type: ignore[misc]
    """Who is to be put into a group."""

    emails = TextAreaField(
        lazy_gettext("E-mail addresses"), [InputRequired(NEEDED), Length(max=LONGEST_LIST, message=TOO_LONG)]
    )


class InvitationForm(FlaskForm):  # type: ignore[misc]
    """An invitation: for how many, until when."""

    places = IntegerField(
        lazy_gettext("Number of places"),
        [
            InputRequired(NEEDED),
            NumberRange(1, MOST_PLACES, lazy_gettext("Choose a number from 1 to 10,000.")),
        ],
        default=30,
    )
    until = DateField(lazy_gettext("Last day"), [InputRequired(NEEDED)])

    def on(self, today: date) -> None:
        """Sets the day it is."""
        self.today = today

    def validate_until(self, field: Field) -> None:
        # What is no day at all has been said already.
        if field.data and not self.today <= field.data <= self.today + LONGEST_INVITATION:
            raise ValidationError(lazy_gettext("Choose today or a day within the next year."))


class CourseForm(FlaskForm):  # type: ignore[misc]
    """A course for everybody in a group, and by when."""

    course = SelectField(lazy_gettext("Course"), [InputRequired(NEEDED)])
    deadline = DateField(lazy_gettext("To be completed by"), [Optional()])

    def offer(self, courses: dict[str, str], today: date) -> None:
        """Sets the courses to choose from, by id, and the day it is."""
        self.course.choices = [SelectChoice(id_, title) for id_, title in courses.items()]
        self.today = today

    def validate_deadline(self, field: Field) -> None:
        if field.data and field.data < self.today:
            raise ValidationError(lazy_gettext("This day is over. Choose today or a later day."))


class MergeForm(FlaskForm):  # type: ignore[misc]
    """Into which organisation another one goes."""

    into = SelectField(lazy_gettext("Other organisation"), [InputRequired(NEEDED)])
    sure = BooleanField(lazy_gettext("Yes, move everybody. This cannot be undone."), [InputRequired(NEEDED)])


def placed(kind: type[P], rights: Rights, keep: str = "") -> type[P]:
    """The form KIND with the field of a region in the writer's territory, or KEEP."""
    return type(kind.__name__, (kind,), {"region": place.field(rights, keep)})


def _with(every: object, choices: Choices) -> list[SelectChoice]:
    return [SelectChoice("", every), *(SelectChoice(*each) for each in choices if each[0])]


def _tidy_name(text: str) -> str:
    try:
        return normal_name(text)
    except ValueError as error:
        raise ValidationError(lazy_gettext("A name is one line of letters.")) from error
