"""The reports' part of the site: its blueprint, who may read it, and what its pages ask of a request."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from babel.numbers import format_decimal, format_percent
from flask import Blueprint, Flask, abort, request
from flask_babel import get_locale

from near_learn.languages import current_language
from near_learn.people.access import role_required, signed_in
from near_learn.people.person import Role
from near_learn.reports import asking
from near_learn.reports.asking import Question
from near_learn.reports.filters import Filters
from near_learn.reports.measures import Measure

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
readers_only = role_required(Role.MANAGER, Role.OPERATOR)

# Each adds its views to the blueprint when it is imported.
VIEWS = ("completion_page", "registration_page", "summary_page", "token_page")


def init_app(app: Flask) -> None:
    for name in VIEWS:
        import_module(f"near_learn.reports.{name}")
    app.register_blueprint(blueprint)


def question() -> Question:
    """This request's question. Raises FilterError."""
    return asking.ask(signed_in(), request.args, current_language())


def here(filters: Filters, measure: Measure, group: str | None) -> dict[str, str]:
    """The parameters of the list behind a figure. An empty group is "not stated"; none is the total."""
    found = {**filters.arguments(), "what": measure.value}
    return found if group is None else {**found, "group": group}


def number(name: str, default: int) -> int:
    """A whole number from the address; 404 for anything else, as there is no such page."""
    value = request.args.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        abort(404)
    return int(value)


@blueprint.app_template_filter("share")
def share(value: float | None) -> str:
    """A share (0 to 1) as per cent with one decimal at most; a dash for None.

    Only all is 100 % and only nothing is 0 %: rounding stops short of both.
    """
    if value is None:
        return "–"
    rounded = round(value, 3)
    if value not in (0, 1):
        rounded = min(max(rounded, 0.001), 0.999)
    return _per_cent(rounded, str(get_locale()))


@blueprint.app_template_filter("whole_share")
def whole_share(value: float) -> str:
    """A share (0 to 1) in whole per cent, for where there is little room; all and nothing as in `share`."""
    rounded = round(value, 2)
    if value not in (0, 1):
        rounded = min(max(rounded, 0.01), 0.99)
    return _per_cent(rounded, str(get_locale()))


# A page writes hundreds of numbers, mostly the same small ones again and again.
@lru_cache(maxsize=10_000)
def _per_cent(value: float, locale: str) -> str:
    return format_percent(value, locale=locale, decimal_quantization=False)


@lru_cache(maxsize=10_000)
def whole_number(value: int, locale: str) -> str:
    """A number with the signs between thousands that the locale has."""
    return format_decimal(value, locale=locale)
