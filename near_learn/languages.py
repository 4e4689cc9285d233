"""The eight languages of the interface: which one this visitor reads, and how it writes dates and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from babel import Locale
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

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

babel = Babel()
# What templates write for the reader. A page has some dozens of each, and pages have many in common.
FORMATS = ("dateformat", "datetimeformat", "timeformat", "numberformat", "percentformat")
MOST = 5000


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    babel.init_app(app, locale_selector=current_locale)
    # A message may stand on several lines of a template; it is looked up as it was extracted, on one.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext, "LANGUAGES": LANGUAGES}
    )
    for name in FORMATS:
        app.jinja_env.filters[name] = _kept(app.jinja_env.filters[name])

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"current_language": current_language() or settings.language}


def present_locale() -> Locale | None:
    """What Flask-Babel's `get_locale` says, which asks for the context three times."""
    try:
        found: Locale | None = g._get_current_object()._flask_babel.babel_locale
    except (AttributeError, RuntimeError):
        found = None
    return found or get_locale()


@pass_eval_context
def _gettext(context: EvalContext, message: str, **variables: object) -> str:
    """What Jinja's own does (the translation is markup, what is put into it is escaped), in one call instead
    of three: a page has dozens of them."""
    locale = present_locale()
    said = _translated(locale.language if locale else "", message)
    text = said if context.autoescape else str(said)
    return text % variables if "%" in text else text


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, **variables: object) -> str:
    """The same for a number of things."""
    locale = present_locale()
    text = _counted(locale.language if locale else "", one, many, num)
    return (text if context.autoescape else str(text)) % {"num": num, **variables}


@lru_cache(maxsize=MOST)
def _translated(_language: str, message: str) -> Markup:
    return Markup(get_translations().ugettext(message))  # noqa: S704


@lru_cache(maxsize=MOST)
def _counted(_language: str, one: str, many: str, num: int) -> Markup:
    return Markup(get_translations().ungettext(one, many, num))  # noqa: S704


def _kept(written: Callable[..., str]) -> Callable[..., str]:
    """WRITTEN, for the same values in the same language only once."""

    @lru_cache(maxsize=MOST, typed=True)
    def write(_locale: str, *values: object) -> str:
        return written(*values)

    def shown(value: object, *how: object) -> str:
        # What is nothing may stand for the present moment, and there are two kinds of 0.
        return write(str(present_locale()), value, *how) if value else written(value, *how)

    return shown


def current_language() -> str:
    """The language of this request: chosen, else the person's own, else the browser's, else the default."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def current_locale() -> str:
    """The locale of the current language, for dates, numbers and catalogues."""
    return LANGUAGES[current_language()][1]


def _choose() -> str:
    chosen = session.get("language") or (current_user and getattr(current_user, "language", None))
    if chosen in LANGUAGES:
        return str(chosen)
    default: str = _settings().language
    return request.accept_languages.best_match(list(LANGUAGES), default) or default


def _settings() -> Settings:
    from flask import current_app

    settings: Settings = current_app.extensions["settings"]
    return settings
