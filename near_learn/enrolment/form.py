"""The form with which a list is sent."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField


class UploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """A file, and what may be made of what it names."""

    file = FileField(lazy_gettext("List"), [FileRequired(lazy_gettext("Choose a file."))])
    make_organisations = BooleanField(lazy_gettext("Make organisations that are not known yet"))
