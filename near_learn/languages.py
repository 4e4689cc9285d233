"""The eight languages of the interface: which one this visitor reads, and how it writes dates and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from near_learn.application import escaped
from near_learn.config import Settings

# Code of the language, its own name for itself, and the locale that formats its dates and numbers.
LANGUAGES: Mapping[str, tuple[str, str]] = {
    "en": ("English", "en_IE"),
    "es": ("Español", "es_ES"),
    "nl": ("Nederlands", "nl_BE"),
    "cs": ("Čeština", "cs_CZ"),
    "fi": ("Suomi", "fi_FI"),
    "it": ("Italiano", "it_IT"),
    "ro": ("Română", "ro_RO"),
    "el": ("Ελληνικά", "el_GR"),
}

_LOCALES = {code: Locale.parse(locale) for code, (_, locale) in LANGUAGES.items()}

babel = Babel()
# What templates write for the reader. A page has some dozens of each, and pages have many in common.
FORMATS = ("datetimeformat", "timeformat", "numberformat", "percentformat")
MOST = 5000


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    babel.init_app(app, locale_selector=current_locale)
    # A message may stand on several lines of a template; it is looked up as it was extracted, on one.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext, "LANGUAGES": LANGUAGES}
    )
    filters = app.jinja_env.filters
    filters.update({name: _kept(filters[name]) for name in FORMATS})
    filters["dateformat"] = _of_day(filters["dateformat"], ZoneInfo(settings.time_zone))

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"current_language": current_language() or settings.language}


def spoken() -> tuple[str, str]:
    """Language and country of what is being written: of Flask-Babel's `get_locale`, which asks for the
    context three times."""
    try:
        locale = g._get_current_object()._flask_babel.babel_locale or get_locale()
    except (AttributeError, RuntimeError):
        locale = get_locale()
    return (locale.language, locale.territory or "") if locale else ("", "")


@pass_eval_context
def _gettext(context: EvalContext, message: str, **variables: object) -> str:
    """What Jinja's own does (the translation is markup, what is put into it is escaped), in one call instead
    of three: a page has dozens of them."""
    said = _translated(spoken(), message)
    if "%" not in said:
        return said if context.autoescape else str(said)
    return _filled(said, variables) if context.autoescape else str(said) % variables


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, **variables: object) -> str:
    """The same for a number of things."""
    said, values = _counted(spoken(), one, many, num), {"num": num, **variables}
    return _filled(said, values) if context.autoescape else str(said) % values


def _filled(said: Markup, values: Mapping[str, object]) -> Markup:
    """What `said % values` of markup says, in a quarter of the calls."""
    safe = {name: value if type(value) is int else escaped(value) for name, value in values.items()}
    return Markup(str.__mod__(said, safe))  # noqa: S704


@lru_cache(maxsize=MOST)
def _translated(_spoken: tuple[str, str], message: str) -> Markup:
    return Markup(get_translations().ugettext(message))  # noqa: S704


@lru_cache(maxsize=MOST)
def _counted(_spoken: tuple[str, str], one: str, many: str, num: int) -> Markup:
    return Markup(get_translations().ungettext(one, many, num))  # noqa: S704


def _kept(written: Callable[..., str]) -> Callable[..., str]:
    """WRITTEN, for the same values in the same language only once."""

    @lru_cache(maxsize=MOST, typed=True)
    def write(_spoken: tuple[str, str], *values: object) -> str:
        return written(*values)

    def shown(value: object, *how: object) -> str:
        # What is nothing may stand for the present moment, and there are two kinds of 0.
        return write(spoken(), value, *how) if value else written(value, *how)

    return shown


def _of_day(written: Callable[..., str], zone: ZoneInfo) -> Callable[..., str]:
    """The same for days: what is shown of a moment is its day here, which many moments have in common."""
    kept = _kept(written)

    def shown(value: object, *how: object) -> str:
        if isinstance(value, datetime):
            return kept((value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone).date(), *how)
        return kept(value, *how)

    return shown


def current_language() -> str:
    """The language of this request: chosen, else the person's own, else the browser's, else the default."""
    if not has_request_context():
        return "en"
    language: str = g.get("language") or _choose()
    g.language = language
    return language


def current_locale() -> Locale:
    """The locale of the current language, for dates, numbers and catalogues."""
    return _LOCALES[current_language()]


def _choose() -> str:
    chosen = session.get("language") or getattr(current_user, "language", None)
    if chosen in LANGUAGES:
        return str(chosen)
    default: str = _settings().language
    return request.accept_languages.best_match(list(LANGUAGES), default) or default


def _settings() -> Settings:
    from flask import current_app

    settings: Settings = current_app.extensions["settings"]
    return settings
