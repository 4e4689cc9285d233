"""Choosing a region in a form: from a list while it is short, else by its code or its name."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext, lazy_gettext
from wtforms import Field, Form, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from near_learn.languages import current_language
from near_learn.people import region
from near_learn.people.forms import NEEDED, TOO_LONG
from near_learn.people.letters import folded
from near_learn.people.rights import Rights

LONGEST = 120


def field(rights: Rights, keep: str = "") -> StringField | SelectField:
    """The field for a region in the writer's territory; KEEP is one that may stay, whatever it is."""
    label, root = lazy_gettext("Region"), rights.territory.region
    if not root:
        rules = [InputRequired(NEEDED), Length(max=LONGEST, message=TOO_LONG), _known(keep)]
        return StringField(label, rules, filters=[code_of])
    inside = [
        choice
        for choice in region.choices(current_language(), country=root[:2])
        if rights.territory.covers(choice[0])
    ]
    if keep and keep not in dict(inside):
        inside.append((keep, f"{keep} {region.name(keep, current_language())}"))
    offered = [SelectChoice(*choice) for choice in inside]
    return SelectField(label, [InputRequired(NEEDED)], choices=offered)


def code_of(text: str | None) -> str | None:
    """The code of the region that TEXT names by its code or its name; TEXT itself when it names none."""
    text = text.strip()[:LONGEST] if text else ""
    if not text:
        return None
    first = text.split()[0].upper()
    if region.get(first):
        return first
    meant = region.suggestions(text)
    return meant[0].code if len(meant) == 1 and folded(meant[0].name) == folded(text) else text


def _known(keep: str) -> Callable[[Form, Field], None]:
    """The rule that a field holds the code of a region of NUTS 2024, or KEEP."""

    def check(_form: Form, field: Field) -> None:
        found = region.get(field.data)
        if field.data == keep or (found and found.in_2024):
            return
        meant = [f"{each.code} ({each.name})" for each in region.suggestions(field.data)]
        if meant:
            text = gettext("There is no such region. Do you mean %(regions)s?", regions=", ".join(meant))
        else:
            text = gettext("There is no such region. Give its NUTS code, such as ES220, or its name.")
        raise ValidationError(text)

    return check
