"""The forms of the operator's desk."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from near_learn.people import role

LONGEST_SEARCH = 200


class SearchForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Which people to list. It is posted, so that a name never stands in an address or a log."""

    text = StringField(lazy_gettext("Name or e-mail address"), [Length(max=LONGEST_SEARCH)])
    role = SelectField(
        lazy_gettext("Role"),
        choices=[
            SelectChoice("", lazy_gettext("All roles")),
            *(SelectChoice(each.value, name) for each, name in role.NAMES.items()),
        ],
    )
    region = SelectField(lazy_gettext("Region"))
    page = IntegerField(validators=[Optional()])

    def offer(self, regions: list[tuple[str, str]]) -> None:
        """Sets the regions to choose from."""
        every = SelectChoice("", lazy_gettext("All regions"))
        self.region.choices = [every, *(SelectChoice(code, text) for code, text in regions)]
