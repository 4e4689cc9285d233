"""The blueprint of these pages, and what all of them need: whose rights, what there is to choose from."""

from __future__ import annotations

from importlib import import_module
from uuid import UUID

from flask import Blueprint, Flask, abort, current_app
from flask_babel import gettext

from near_learn.config import Settings
from near_learn.content_library import library
from near_learn.languages import current_language
from near_learn.people import cohort as cohorts
from near_learn.people import directory
from near_learn.people.access import role_required, signed_in
from near_learn.people.person import Cohort, Person
from near_learn.people.rights import Rights
from near_learn.people.role import Role

UNPROCESSABLE = 422

responsible = role_required(Role.MANAGER, Role.OPERATOR)
operators = role_required(Role.OPERATOR)

blueprint = Blueprint("members", __name__)

# Each adds its views to the blueprint when it is imported.
VIEWS = ("people", "person_page", "groups", "group_page", "organisations", "join", "register")


def init_app(app: Flask) -> None:
    for name in VIEWS:
        import_module(f"near_learn.members.{name}")
    app.register_blueprint(blueprint)


def rights() -> Rights:
    """What the reader of this page may do."""
    return Rights.of(signed_in())


def person_or_404(id_: UUID) -> Person:
    """The person, if the reader looks after them: who may not see somebody does not learn that they exist."""
    found = directory.one(rights(), str(id_))
    if found is None:
        abort(404)
    return found


def cohort_or_404(id_: str) -> Cohort:
    """The group, if the reader looks after it."""
    found = cohorts.seen_by(rights(), id_)
    if not found:
        abort(404)
    return found[0]


def course_titles() -> dict[str, str]:
    """The courses by id, in the reader's language where they have it."""
    language = current_language()
    return {
        id_: course.title.get(language) or course.title["en"] for id_, course in library().courses.items()
    }


def organisation_choices() -> list[tuple[str, str]]:
    """(id, name) of the organisations that the reader may choose; "" for none where that is allowed."""
    found = [(each.id, each.name) for each in directory.organisations(rights())]
    return found if rights().territory.organisation else [("", gettext("None")), *found]


def cohort_choices() -> list[tuple[str, str]]:
    """(id, name) of the groups that the reader looks after; "" for none."""
    return [("", gettext("None")), *((each.id, each.name) for each in cohorts.seen_by(rights()))]


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
