"""The form that sends a package, or says where it is."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length

from near_learn.people.forms import TOO_LONG


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Either a file or an address."""

    file = FileField(lazy_gettext("Package (a zip, or a cmi5.xml)"))
    address = StringField(lazy_gettext("Or its address"), [Length(max=2000, message=TOO_LONG)])

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two, and not both."""
        good = bool(super().validate(extra_validators))
        self.address.data = (self.address.data or "").strip()
        if good and bool(self.file.data) == bool(self.address.data):
            self.file.errors = [gettext("Choose a file, or type an address.")]
            return False
        return good
